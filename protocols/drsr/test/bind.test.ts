import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import { decodeBindReply, encodeBindRequest } from '../src/bind.ts';
import { introduce } from '../src/drs-binding.ts';
import { DrsError, DrsStatusError } from '../src/errors.ts';
import { clientExtensionFlags, extensionFlags } from '../src/extensions.ts';
import { fixture, unhex } from './fixture.ts';

/** Results of a bind with the given flags and epoch, 32 bytes of extensions. */
function bindReply(flags: number, epoch: number, status = 0): Uint8Array {
  const stub = Buffer.alloc(68, 0);
  stub.writeUInt32LE(0x20000, 0);
  stub.writeUInt32LE(28, 4);
  stub.writeUInt32LE(28, 8);
  stub.writeUInt32LE(flags, 12);
  stub.writeUInt32LE(epoch, 36);
  stub.fill(0xaa, 40, 60);
  stub.writeUInt32LE(status, 60);
  return stub.subarray(0, 64);
}

describe('IDL_DRSBind', () => {
  it('states all that a server may want to see but compression and keys of the security provider', () => {
    assert.equal(clientExtensionFlags, 0x2fff_dfef);
    for (const flag of [extensionFlags.nonDomainNamingContexts, extensionFlags.strongEncryption]) {
      assert.equal(clientExtensionFlags & flag, flag);
    }
  });

  it('lays the request out as the interface says', () => {
    const expected = unhex(`
      00000200 1a204de2d64fd111a3da0000f875ae0d 04000200 34000000 34000000
      efdfff2f 00000000000000000000000000000000 00000000 07000000 00000000 00000000000000000000000000000000 00000000`);
    assert.deepEqual(encodeBindRequest({ flags: clientExtensionFlags, replicationEpoch: 7 }), expected);
  });

  it('reads what a Samba domain controller answers', () => {
    const reply = decodeBindReply(fixture('bind-reply'));
    assert.equal(reply.status, 0);
    assert.equal(reply.handle.length, 20);
    assert.equal(reply.extensions.flags, 0x2fff_ff6f);
    assert.equal(reply.extensions.replicationEpoch, 0);
  });

  it('names a reply cut short at every offset, and one that goes on', () => {
    const stub = fixture('bind-reply');
    for (let length = 0; length < stub.length; length += 1) {
      assert.throws(
        () => decodeBindReply(stub.subarray(0, length)),
        (error) => error instanceof TruncatedError || error instanceof MalformedError,
      );
    }
    assert.throws(() => decodeBindReply(Buffer.concat([stub, Buffer.alloc(4)])), MalformedError);
  });

  it('binds again with the epoch of a server whose domain was renamed, after letting go of the first handle', async () => {
    const calls: [opnum: number, epoch: number][] = [];
    const reply = await introduce(
      async (opnum, stub) => {
        calls.push([opnum, opnum === 0 ? Buffer.from(stub).readUInt32LE(32 + 24) : 0]);
        return opnum === 0 ? bindReply(clientExtensionFlags, 5) : new Uint8Array(24);
      },
      { host: 'dc' },
    );
    assert.deepEqual(calls, [
      [0, 0],
      [1, 0],
      [0, 5],
    ]);
    assert.equal(reply.extensions.replicationEpoch, 5);
  });

  it('names the host of a server that cannot encrypt secrets strongly', async () => {
    const weak = clientExtensionFlags & ~extensionFlags.strongEncryption;
    await assert.rejects(
      introduce(async () => bindReply(weak, 0), { host: 'old-dc' }),
      (error) =>
        error instanceof DrsError && error.code === 'ERR_DRSR_SOURCE_TOO_OLD' && error.message.includes('old-dc'),
    );
  });

  it('says which rights to grant when the bind is denied', async () => {
    await assert.rejects(
      introduce(async () => bindReply(0, 0, 8453), { host: 'dc' }),
      (error) =>
        error instanceof DrsStatusError &&
        error.code === 'ERR_DRSR_ACCESS_DENIED' &&
        error.statusName === 'ERROR_DS_DRA_ACCESS_DENIED' &&
        error.nextStep.includes('Replicating Directory Changes All'),
    );
  });
});
