import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindAck, type RpcServerOptions } from '@ad-protocols/testing';
import { nilGuid, parseGuid } from '@ad-protocols/wire';
import { featureNegotiationSyntax, featuresOf, noFeatures } from '../src/pdu/feature-negotiation.ts';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import { type PresentationResult } from '../src/pdu/presentation-context.ts';
import { acceptedContexts, offerFeatures, proposeContexts } from '../src/presentation.ts';
import { echo, interfaceId, withServer } from './peer/with-server.ts';

const first = { uuid: parseGuid('00000000-0000-0000-0000-000000000001'), version: [1, 0] as const };
const second = { uuid: parseGuid('00000000-0000-0000-0000-000000000002'), version: [2, 0] as const };
const noSyntax = { uuid: nilGuid, version: [0, 0] as const };

const yes = (name: 'ndr' | 'ndr64'): PresentationResult => ({
  result: 0,
  reason: 0,
  transferSyntax: transferSyntaxIdentifiers[name],
});
const negotiated = (reason: number): PresentationResult => ({ result: 3, reason, transferSyntax: noSyntax });
const no = (reason: number): PresentationResult => ({ result: 2, reason, transferSyntax: noSyntax });

test('each interface is proposed once for each transfer syntax, and the features last', () => {
  const wanted = { interfaces: [first, second], transferSyntaxes: ['ndr64', 'ndr'] as const };
  const proposed = offerFeatures(proposeContexts(wanted, 7));
  assert.deepEqual(
    proposed.map((context) => [context.id, context.interface, context.transferSyntax]),
    [
      [7, first, transferSyntaxIdentifiers.ndr64],
      [8, first, transferSyntaxIdentifiers.ndr],
      [9, second, transferSyntaxIdentifiers.ndr64],
      [10, second, transferSyntaxIdentifiers.ndr],
      [11, second, featureNegotiationSyntax],
    ],
  );
  assert.throws(() => proposeContexts({ interfaces: [first], transferSyntaxes: [] }, 0), RangeError);
  const tooMany = { interfaces: Array.from({ length: 128 }, () => first), transferSyntaxes: ['ndr64', 'ndr'] as const };
  assert.throws(() => proposeContexts(tooMany, 0), RangeError);
});

test('the first accepted transfer syntax in the order of preference is taken', () => {
  const wanted = { interfaces: [first, second], transferSyntaxes: ['ndr64', 'ndr'] as const };
  assert.deepEqual(acceptedContexts('dc:1', wanted, 0, [no(2), yes('ndr'), yes('ndr64'), yes('ndr')]), [
    { id: 1, interface: first, transferSyntax: 'ndr' },
    { id: 2, interface: second, transferSyntax: 'ndr64' },
  ]);
});

const refusals: Record<string, [code: string | undefined, results: PresentationResult[]]> = {
  'the first interface unknown': ['ERR_RPC_NOT_REGISTERED', [no(1), yes('ndr')]],
  'the second interface unknown': ['ERR_RPC_NOT_REGISTERED', [yes('ndr'), no(1)]],
  'the first interface refused': ['ERR_RPC_BIND_REFUSED', [no(2), yes('ndr')]],
  'no answers': ['ERR_RPC_BIND_REFUSED', []],
  'too few answers': ['ERR_RPC_BIND_REFUSED', [yes('ndr')]],
  'another transfer syntax': ['ERR_RPC_PROTOCOL', [yes('ndr64'), yes('ndr')]],
};
for (const [what, [code, results]] of Object.entries(refusals)) {
  test(`${what} gives ${code}`, () => {
    const wanted = { interfaces: [first, second], transferSyntaxes: ['ndr'] as const };
    assert.throws(() => acceptedContexts('dc:1', wanted, 0, results), { code });
  });
}

test('the features are those of the answer to their negotiation, and none of any other answer', () => {
  assert.deepEqual(featuresOf(negotiated(0)), noFeatures);
  assert.deepEqual(featuresOf(negotiated(1)), { ...noFeatures, securityContextMultiplexing: true });
  assert.deepEqual(featuresOf(negotiated(0xfffe)), { ...noFeatures, keepConnectionOnOrphan: true });
  assert.deepEqual(featuresOf(undefined), noFeatures);
  assert.deepEqual(featuresOf(no(3)), noFeatures);
  assert.deepEqual(featuresOf({ ...yes('ndr'), reason: 3 }), noFeatures);
});

test('calls name the presentation context of their interface', async () => {
  const seen: [contextId: number, opnum: number][] = [];
  const onCall: RpcServerOptions['onCall'] = (call) => (seen.push([call.contextId, call.opnum]), echo(call));
  await withServer({ onCall }, async (open) => {
    const connection = await open({ moreInterfaces: [first] });
    await connection.call(1, new Uint8Array(4));
    await connection.call(2, new Uint8Array(4), { interface: first });
    await assert.rejects(connection.call(3, new Uint8Array(4), { interface: second }), TypeError);
    await connection.alterContext(second);
    await connection.call(4, new Uint8Array(4), { interface: second });
    await connection.call(5, new Uint8Array(4), { interface: interfaceId });
  });
  assert.deepEqual(seen, [
    [0, 1],
    [1, 2],
    [2, 4],
    [0, 5],
  ]);
});

/** Accepts the first context alone, as Samba does. */
function acceptFirst(bind: Buffer): Buffer {
  const ack = bindAck(bind);
  const results = 36;
  if ((bind[24] ?? 0) > 2) ack.writeUInt32LE(0x0002_0002, results + 24);
  return ack;
}

test('an interface that a server leaves out of a bind with several is asked for by itself', async () => {
  await withServer({ onCall: echo, onBind: (bind) => [acceptFirst(bind)] }, async (open) => {
    const connection = await open({ moreInterfaces: [first] });
    assert.equal((await connection.call(2, new Uint8Array(4), { interface: first })).length, 4);
  });
});

const unknownInterface: RpcServerOptions['onAlterContext'] = (pdu) => [bindAck(pdu, { result: 2, reason: 1 })];

test('an interface that a server does not have leaves the connection usable', async () => {
  await withServer({ onCall: echo, onAlterContext: unknownInterface }, async (open) => {
    const connection = await open();
    await assert.rejects(connection.alterContext(first), { code: 'ERR_RPC_NOT_REGISTERED' });
    assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
  });
});

test('NDR64 is used where the server chooses it', async () => {
  await withServer({ onCall: echo, transferSyntax: '33057171babe3749' }, async (open) => {
    const connection = await open({ transferSyntaxes: ['ndr64', 'ndr'] });
    assert.equal(connection.transferSyntax, 'ndr64');
    assert.equal(connection.transferSyntaxOf(interfaceId), 'ndr64');
    assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
  });
});
