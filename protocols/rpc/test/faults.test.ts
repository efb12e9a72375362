import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcFaultError, RpcLogonError } from '../src/index.ts';
import type { RpcAnswer, RpcCall } from '@ad-protocols/testing';
import { echo, withServer, wrongPassword } from './peer/with-server.ts';

/** Answers operation 9 with a fault and the others with their own stub. */
function faultTo9(status: number, withTrailer = false): (call: RpcCall) => RpcAnswer {
  return (call) => (call.opnum === 9 ? [call.session.fault(call.callId, status, withTrailer)] : echo(call));
}

test('a fault fails its call and leaves the connection usable', async () => {
  await withServer({ onCall: faultTo9(0x1c010002) }, async (open) => {
    const connection = await open();
    const failing = connection.call(9, new Uint8Array(4));
    const following = connection.call(1, Uint8Array.of(1));
    await assert.rejects(failing, (error) => {
      assert(error instanceof RpcFaultError);
      assert.equal(error.code, 'ERR_RPC_FAULT');
      assert.equal(error.status, 0x1c010002);
      assert.equal(error.statusName, 'nca_s_op_rng_error');
      return true;
    });
    assert.deepEqual(await following, Uint8Array.of(1));
  });
});

test('a fault with a status unknown to us is told by its number', async () => {
  await withServer({ onCall: ({ session, callId }) => [session.fault(callId, 0xdeadbeef)] }, async (open) => {
    const connection = await open();
    await assert.rejects(connection.call(1, new Uint8Array(0)), { status: 0xdeadbeef, statusName: '0xdeadbeef' });
  });
});

test('a fault with a trailer fails its call and ends the connection', async () => {
  await withServer({ onCall: faultTo9(0x6f7, true) }, async (open) => {
    const connection = await open();
    await assert.rejects(connection.call(9, new Uint8Array(0)), { code: 'ERR_RPC_FAULT', status: 0x6f7 });
    await assert.rejects(connection.call(1, new Uint8Array(0)), { code: 'ERR_RPC_FAULT', status: 0x6f7 });
  });
});

test('a wrong password is told apart from a missing right', async () => {
  await withServer({ onCall: faultTo9(5) }, async (open) => {
    const wrong = await open({ security: wrongPassword });
    await assert.rejects(wrong.call(0, new Uint8Array(0)), (error) => {
      assert(error instanceof RpcLogonError);
      assert.equal(error.code, 'ERR_RPC_LOGON_REFUSED');
      assert.match(error.message, /CORP\\sync/);
      assert.doesNotMatch(error.message + error.nextStep, /Horse/);
      return true;
    });
    const right = await open();
    await right.call(1, new Uint8Array(0));
    await assert.rejects(right.call(9, new Uint8Array(0)), {
      code: 'ERR_RPC_FAULT',
      statusName: 'ERROR_ACCESS_DENIED',
    });
  });
});
