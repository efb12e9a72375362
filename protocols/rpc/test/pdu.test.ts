import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { nilGuid, parseGuid } from '@ad-protocols/wire';
import { decodeAuthVerifier } from '../src/pdu/auth-verifier.ts';
import { encodeAuth3 } from '../src/pdu/auth3.ts';
import { decodeBindAck } from '../src/pdu/bind-ack.ts';
import { decodeBindNak } from '../src/pdu/bind-nak.ts';
import { encodeBind } from '../src/pdu/bind.ts';
import { decodeFaultStatus } from '../src/pdu/fault.ts';
import { decodeHeader, PTYPE } from '../src/pdu/header.ts';
import { PduSplitter } from '../src/pdu/pdu-splitter.ts';
import { CALL_HEADER_BYTES, encodeRequest } from '../src/pdu/request.ts';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import { decodeResponseHint } from '../src/pdu/response.ts';
import { decodeTowerPort, encodeTower } from '../src/tower.ts';
import { assertEveryTruncationRefused, bindAck, hex, pduOf, RpcSession } from '@ad-protocols/testing';

const interfaceId = { uuid: parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'), version: [4, 0] as const };
const contexts = [{ id: 0, interface: interfaceId, transferSyntax: transferSyntaxIdentifiers.ndr }];
const trailer = { type: 10, level: 6, contextId: 1 };
const contextId = 0;
const noSyntax = { uuid: nilGuid, version: [0, 0] };

test('a bind without a token has the layout of [C706] 12.6.4.3', () => {
  assert.deepEqual(
    encodeBind({ callId: 1, contexts }),
    hex(`05000b03 10000000 4800 0000 01000000 d016 d016 00000000 01000000 0000 0100
      354251e3064bd111ab0400c04fc2dcd2 04000000 045d888aeb1cc9119fe808002b104860 02000000`),
  );
});

test('a bind with a token asks for header signing and ends in trailer and token', () => {
  const bytes = encodeBind({ callId: 1, contexts, auth: { trailer, token: hex('aabbcc') } });
  assert.equal(bytes[3], 0x07);
  assert.deepEqual(bytes.subarray(72), hex('0a06000001000000 aabbcc'));
  const head = decodeHeader(bytes);
  assert.deepEqual(head, { type: PTYPE.bind, flags: 7, fragmentLength: 83, authLength: 3, callId: 1 });
  assert.deepEqual(decodeAuthVerifier(head, bytes)?.token, hex('aabbcc'));
});

test('the last token of a sign-in goes out as in [MS-RPCE] 2.2.2.10', () => {
  assert.deepEqual(
    encodeAuth3(1, { trailer, token: hex('aabb') }),
    hex('05001003 10000000 1e00 0200 01000000 00000000 0a06000001000000 aabb'),
  );
});

test('a request without a signature has the layout of [C706] 12.6.4.9', () => {
  const [only, ...rest] = encodeRequest(
    { callId: 2, contextId, opnum: 3, stub: hex('010203') },
    { fragmentBytesMax: 5840 },
  );
  assert.deepEqual(only, hex('05000003 10000000 1b00 0000 02000000 03000000 0000 0300 010203'));
  assert.deepEqual(rest, []);
});

test('a request of any size is cut into fragments that fit, are aligned and join to the same stub', () => {
  const formats = fc.record({
    fragmentBytesMax: fc.integer({ min: 1432, max: 5840 }),
    auth: fc.constantFrom(undefined, { trailer, signatureBytes: 16 }, { trailer, signatureBytes: 76 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), formats, (length, format) => {
      const stub = Uint8Array.from({ length }, (_, index) => index * 7);
      const fragments = [...encodeRequest({ callId: 9, contextId, opnum: 1, stub }, format)];
      const parts = fragments.map((bytes, index) => {
        const head = decodeHeader(bytes);
        assert.equal(head.fragmentLength, bytes.length);
        assert(bytes.length <= format.fragmentBytesMax);
        assert.equal(head.flags, (index === 0 ? 1 : 0) | (index === fragments.length - 1 ? 2 : 0));
        const verifier = decodeAuthVerifier(head, bytes);
        const end = verifier ? bytes.length - 8 - verifier.token.length : bytes.length;
        if (verifier) assert.equal((end - CALL_HEADER_BYTES) % 16, 0);
        return bytes.subarray(CALL_HEADER_BYTES, end - (verifier?.padLength ?? 0));
      });
      assert.deepEqual(new Uint8Array(Buffer.concat(parts)), stub);
      const left = fragments.map((bytes) => new DataView(bytes.buffer).getUint32(16, true));
      assert.deepEqual(
        left,
        parts.map((_, index) => parts.slice(index).reduce((sum, part) => sum + part.length, 0)),
      );
    }),
    { numRuns: 200 },
  );
});

test('a header with another version, byte order or impossible lengths is refused', () => {
  const good = encodeBind({ callId: 1, contexts });
  const broken: Record<string, [at: number, value: number]> = {
    version: [0, 4],
    'byte order': [4, 0],
    'character set': [4, 0x11],
    'float format': [5, 1],
    'trailer longer than the fragment': [11, 0xff],
  };
  for (const [what, [at, value]] of Object.entries(broken)) {
    const bytes = good.slice();
    bytes[at] = value;
    assert.throws(() => decodeHeader(bytes), { code: 'ERR_WIRE_MALFORMED' }, what);
  }
  for (const length of [0, 1, 15]) {
    const bytes = good.slice();
    new DataView(bytes.buffer).setUint16(8, length, true);
    assert.throws(() => decodeHeader(bytes), { code: 'ERR_WIRE_MALFORMED' }, `length ${length}`);
  }
  assertEveryTruncationRefused(good.slice(0, 16), decodeHeader);
});

test('a bind_ack gives the fragment size and the answer, whatever the secondary address', () => {
  const bind = Buffer.from(encodeBind({ callId: 1, contexts }));
  assert.deepEqual(decodeBindAck(bindAck(bind, { fragmentBytesMax: 4280, result: 2, reason: 1 })), {
    fragmentBytesMax: 4280,
    results: [{ result: 2, reason: 1, transferSyntax: noSyntax }],
  });
  const withoutAddress = hex(`05000c03 10000000 3800 0000 01000000 d016 d016 00000000 0000 0000 02000000
    0000 0000 045d888aeb1cc9119fe808002b104860 02000000 0300 0100 00000000000000000000000000000000 00000000`);
  assert.deepEqual(decodeBindAck(withoutAddress).results, [
    { result: 0, reason: 0, transferSyntax: transferSyntaxIdentifiers.ndr },
    { result: 3, reason: 1, transferSyntax: noSyntax },
  ]);
  assertEveryTruncationRefused(withoutAddress, decodeBindAck);
});

test('a bind_ack that claims more than is there is refused', () => {
  const bytes = bindAck(Buffer.from(encodeBind({ callId: 1, contexts })));
  const longAddress = Buffer.from(bytes);
  longAddress.writeUInt16LE(0xffff, 24);
  assert.throws(() => decodeBindAck(longAddress), { code: 'ERR_WIRE_TRUNCATED' });
  const manyResults = Buffer.from(bytes);
  manyResults[32] = 0xff;
  assert.throws(() => decodeBindAck(manyResults), { code: 'ERR_WIRE_TRUNCATED' });
});

test('a bind_nak is told in words, with a number for reasons nobody knows', () => {
  assert.deepEqual(decodeBindNak(pduOf(13, 3, 1, Buffer.from([8, 0]))), {
    reason: 8,
    text: 'authentication type not recognized',
  });
  assert.deepEqual(decodeBindNak(pduOf(13, 3, 1, Buffer.from([77, 0]))), { reason: 77, text: 'reason 77' });
  assertEveryTruncationRefused(pduOf(13, 3, 1, Buffer.from([8, 0])), decodeBindNak);
});

test('a fault and a response cut within their fixed fields are refused', () => {
  const session = new RpcSession();
  assertEveryTruncationRefused(session.fault(1, 5).subarray(0, 28), decodeFaultStatus);
  assertEveryTruncationRefused(session.fragment(1, new Uint8Array(0)), (cut) => decodeResponseHint(cut, contextId));
});

test('PDUs are found again wherever the stream is cut once', () => {
  const session = new RpcSession();
  const stream = Buffer.concat(
    [1, 2, 3].map((callId) => session.fragment(callId, new Uint8Array(callId * 11).fill(callId))),
  );
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const splitter = new PduSplitter(100);
    const seen = [stream.subarray(0, cut), stream.subarray(cut)].flatMap((chunk) =>
      [...splitter.push(new Uint8Array(chunk))].map(({ header: head, bytes }) => [
        head.callId,
        bytes.length,
        bytes.at(-1),
      ]),
    );
    assert.deepEqual(
      seen,
      [
        [1, 35, 1],
        [2, 46, 2],
        [3, 57, 3],
      ],
      `cut at ${cut}`,
    );
  }
});

test('PDUs are found again however the stream is cut', () => {
  const session = new RpcSession();
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 }),
      (stubs, sizes) => {
        const stream = new Uint8Array(Buffer.concat(stubs.map((stub, index) => session.fragment(index, stub))));
        const splitter = new PduSplitter(100);
        const found: Uint8Array[] = [];
        let offset = 0;
        for (let turn = 0; offset < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          for (const { bytes } of splitter.push(stream.slice(offset, offset + size))) found.push(bytes.slice(24));
          offset += size;
        }
        assert.deepEqual(found, stubs);
      },
    ),
  );
});

test('a fragment larger than agreed is refused before it is gathered', () => {
  const session = new RpcSession();
  const bytes = new Uint8Array(session.fragment(1, new Uint8Array(100)));
  for (const firstChunk of [8, 16, bytes.length]) {
    const splitter = new PduSplitter(100);
    assert.throws(
      () => [bytes.slice(0, firstChunk), bytes.slice(firstChunk)].flatMap((chunk) => [...splitter.push(chunk)]),
      {
        code: 'ERR_WIRE_MALFORMED',
      },
    );
  }
});

test('a tower for TCP has the layout of [C706] appendix L, and its port is found', () => {
  const tower = encodeTower(interfaceId);
  assert.deepEqual(
    tower,
    hex(`0500 1300 0d 354251e3064bd111ab0400c04fc2dcd2 0400 0200 0000 1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000
      0100 0b 0200 0000 0100 07 0200 0000 0100 09 0400 00000000`),
  );
  const answered = tower.slice();
  answered.set([0xc0, 0x01], tower.length - 11);
  assert.equal(decodeTowerPort(answered), 49153);
});

test('a tower over named pipes has no port', () => {
  assert.equal(decodeTowerPort(hex('0100 0100 0f 0300 5c7000')), undefined);
});

test('a tower cut anywhere before its port is refused', () => {
  const tower = encodeTower(interfaceId);
  assertEveryTruncationRefused(tower.slice(0, -9), decodeTowerPort);
});
