import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { parseGuid } from '@ad-protocols/wire';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import { CALL_HEADER_BYTES, encodeRequest } from '../src/pdu/request.ts';
import { decodeVerificationTrailer, encodeVerificationTrailer } from '../src/pdu/verification-trailer.ts';
import { RequestVerification } from '../src/request-verification.ts';

const interfaceId = { uuid: parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'), version: [4, 0] as const };
const signature = '8ae3137102f43671';
const bitmask = '0100 0400 01000000';
const presentation = '2800 354251e3064bd111ab0400c04fc2dcd2 04000000 045d888aeb1cc9119fe808002b104860 02000000';
const header = '1000 00 000000 10000000 07000000 0200 0300';
const trailer = {
  supportsHeaderSigning: true,
  presentationContext: { interface: interfaceId, transferSyntax: transferSyntaxIdentifiers.ndr },
  header: { callId: 7, contextId: 2, opnum: 3 },
};

test('a verification trailer has the layout of [MS-RPCE] 2.2.2.13', () => {
  const bytes = encodeVerificationTrailer(trailer);
  assert.deepEqual(bytes, hex(`${signature} ${bitmask} 0200 ${presentation} 0340 ${header}`));
  assert.deepEqual(decodeVerificationTrailer(bytes), trailer);
  assertEveryTruncationRefused(bytes, decodeVerificationTrailer);
});

test('each command can be the only one', () => {
  for (const [what, value] of Object.entries(trailer)) {
    assert.deepEqual(decodeVerificationTrailer(encodeVerificationTrailer({ [what]: value })), { [what]: value });
  }
});

test('a command of no known kind is skipped unless it must be processed', () => {
  assert.deepEqual(decodeVerificationTrailer(hex(`${signature} 0900 0400 ffffffff 0140 0400 01000000`)), {
    supportsHeaderSigning: true,
  });
  assert.throws(() => decodeVerificationTrailer(hex(`${signature} 09c0 0400 ffffffff`)), {
    code: 'ERR_WIRE_MALFORMED',
  });
});

const broken: Record<string, string> = {
  'another signature': `8ae3137102f43672 0140 0400 01000000`,
  'a length that is no multiple of 4': `${signature} 0140 0500 0100000000`,
  'a bit mask of 8 bytes': `${signature} 0140 0800 0100000000000000`,
  'a presentation context of 4 bytes': `${signature} 0240 0400 00000000`,
  'a header of 12 bytes': `${signature} 0340 0c00 000000001000000007000000`,
  'the header of a response': `${signature} 0340 1000 02000000 10000000 07000000 0200 0300`,
  'a big-endian header': `${signature} 0340 1000 00000000 00000000 07000000 0200 0300`,
};
for (const [what, digits] of Object.entries(broken)) {
  test(`a verification trailer with ${what} is refused`, () => {
    assert.throws(() => decodeVerificationTrailer(hex(digits)), { code: 'ERR_WIRE_MALFORMED' });
  });
}

test('bytes of any kind are refused by name, or read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      try {
        decodeVerificationTrailer(new Uint8Array(Buffer.concat([hex(signature), bytes])));
      } catch (error) {
        assert.match(String((error as { code?: unknown }).code), /^ERR_WIRE_(TRUNCATED|MALFORMED)$/);
      }
    }),
  );
});

test('a trailer begins at a multiple of 4 and is whole in the last fragment, whatever the length of the stub', () => {
  const verificationTrailer = encodeVerificationTrailer(trailer);
  const auth = { trailer: { type: 16, level: 6, contextId: 1 }, signatureBytes: 76 };
  for (let length = 1200; length < 1500; length += 1) {
    const request = { callId: 1, contextId: 0, opnum: 0, stub: new Uint8Array(length).fill(0xee), verificationTrailer };
    const fragments = [...encodeRequest(request, { fragmentBytesMax: 1432, auth })].map((bytes) => Buffer.from(bytes));
    const last = fragments.at(-1) ?? Buffer.alloc(0);
    const at = last.indexOf(hex(signature));
    assert(at >= CALL_HEADER_BYTES && at % 4 === 0, `stub of ${length}`);
    assert.deepEqual(new Uint8Array(last.subarray(at, at + verificationTrailer.length)), verificationTrailer);
    for (const fragment of fragments) assert(fragment.length <= 1432 && fragment.length > CALL_HEADER_BYTES + 84);
    const stubBytes = fragments.reduce((sum, bytes) => sum + bytes.filter((byte) => byte === 0xee).length, 0);
    assert.equal(stubBytes, length);
  }
});

const context = { id: 0, interface: interfaceId, transferSyntax: 'ndr' } as const;

test('with header signing the first request of each presentation context is verified, and no other', () => {
  const verification = new RequestVerification(true);
  const next = (id: number): unknown => {
    const bytes = verification.next({ callId: 1, opnum: 0, context: { ...context, id } });
    return bytes && Object.keys(decodeVerificationTrailer(bytes));
  };
  assert.deepEqual(next(0), ['supportsHeaderSigning', 'presentationContext']);
  assert.equal(next(0), undefined);
  assert.deepEqual(next(1), ['presentationContext']);
  assert.equal(next(1), undefined);
});

test('without header signing every request repeats its header', () => {
  const verification = new RequestVerification(false);
  verification.next({ callId: 1, opnum: 0, context });
  const bytes = verification.next({ callId: 2, opnum: 9, context });
  assert.deepEqual(bytes && decodeVerificationTrailer(bytes), { header: { callId: 2, contextId: 0, opnum: 9 } });
});
