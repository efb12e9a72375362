import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeNegTokenInit, decodeNegTokenResp, encodeNegTokenInit, encodeNegTokenResp } from '@ad-protocols/gss';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { encodeMechTypeList } from '../src/spnego/mechanism-list.ts';

const ntlm = '1.3.6.1.4.1.311.2.2.10';

// What Windows Server says first in SMB: NEGOEX, Kerberos by both numbers, user-to-user Kerberos, NTLM, and the hint.
const serverHello = hex(`
  60 76 06 06 2b0601050502 a0 6c 30 6a
    a0 3c 30 3a 06 0a 2b06010401823702021e 06 09 2a864882f712010202 06 09 2a864886f712010202
      06 0a 2a864886f71201020203 06 0a 2b06010401823702020a
    a3 2a 30 28 a0 26 1b 24 6e6f745f646566696e65645f696e5f52464334313738 40 706c656173655f69676e6f7265`);
// What Samba 4.17 answers where it takes the second mechanism, and at the end of a sign-in over NTLM.
const sambaChooses = hex('a1 15 30 13 a0 03 0a 01 03 a1 0c 06 0a 2b06010401823702020a');
const sambaEnds = hex('a1 1b 30 19 a0 03 0a 01 00 a3 12 04 10 01000000 c7365db864660bf0 00000000');

test("a Windows server's first word is read, and written byte for byte", () => {
  const message = decodeNegTokenInit(serverHello);
  assert.deepEqual(message.mechTypes, [
    '1.3.6.1.4.1.311.2.2.30',
    '1.2.840.48018.1.2.2',
    '1.2.840.113554.1.2.2',
    '1.2.840.113554.1.2.2.3',
    ntlm,
  ]);
  assert.equal(message.hintName, 'not_defined_in_RFC4178@please_ignore');
  assert.equal(message.mechToken, undefined);
  assert.deepEqual(encodeNegTokenInit(message), serverHello);
});

test("Samba's answers are read, and written byte for byte", () => {
  const choice = decodeNegTokenResp(sambaChooses);
  assert.deepEqual([choice.negState, choice.supportedMech], ['request-mic', ntlm]);
  const end = decodeNegTokenResp(sambaEnds);
  assert.equal(end.negState, 'accept-completed');
  assert.deepEqual(end.mechListMic, hex('01000000 c7365db864660bf0 00000000'));
  assert.deepEqual(encodeNegTokenResp(choice), sambaChooses);
  assert.deepEqual(encodeNegTokenResp(end), sambaEnds);
});

test('the list is signed as the SEQUENCE without the tag of its field', () => {
  assert.deepEqual(encodeMechTypeList([ntlm]), hex('30 0c 06 0a 2b06010401823702020a'));
});

test('a signature in the first message has number 3, and number 4 beside a hint', () => {
  const mechListMic = hex('aabb');
  const plain = encodeNegTokenInit({ mechTypes: [], mechListMic });
  assert.deepEqual(plain, hex('60 16 06 06 2b0601050502 a0 0c 30 0a a0 02 30 00 a3 04 04 02 aabb'));
  assert.deepEqual(decodeNegTokenInit(plain).mechListMic, mechListMic);
  const hinted = decodeNegTokenInit(encodeNegTokenInit({ mechTypes: [], hintName: 'x', mechListMic }));
  assert.deepEqual([hinted.hintName, hinted.mechListMic], ['x', mechListMic]);
});

test('flags, an address in the hint, and fields of later versions are passed over', () => {
  const init = hex(`60 2b 06 06 2b0601050502 a0 21 30 1f a0 02 30 00 a1 04 03 02 0106
    a3 0b 30 09 a0 03 1b 01 fc a1 02 04 00 a4 02 04 00 a5 02 05 00`);
  assert.equal(decodeNegTokenInit(init).hintName, 'ü');
  assert.equal(decodeNegTokenResp(hex('a1 0b 30 09 a0 03 0a 01 01 a4 02 05 00')).negState, 'accept-incomplete');
});

test('a message cut anywhere is refused', () => {
  assertEveryTruncationRefused(serverHello, decodeNegTokenInit);
  assertEveryTruncationRefused(sambaChooses, decodeNegTokenResp);
  assertEveryTruncationRefused(sambaEnds, decodeNegTokenResp);
});

const malformed: readonly (readonly [what: string, decode: (bytes: Uint8Array) => unknown, bytes: string])[] = [
  ['a first message of another mechanism', decodeNegTokenInit, '60 0f 06 09 2a864886f712010202 a0 02 30 00'],
  ['a first message without framing', decodeNegTokenInit, 'a0 02 30 00'],
  ['a later message in place of the first', decodeNegTokenInit, '60 0c 06 06 2b0601050502 a1 02 30 00'],
  ['a first message with something behind it', decodeNegTokenInit, '60 0c 06 06 2b0601050502 a0 02 30 00 00'],
  ['a first message with something inside behind it', decodeNegTokenInit, '60 0e 06 06 2b0601050502 a0 02 30 00 05 00'],
  ['flags that are none', decodeNegTokenInit, '60 10 06 06 2b0601050502 a0 06 30 04 a1 02 04 00'],
  ['a list of something else', decodeNegTokenInit, '60 12 06 06 2b0601050502 a0 08 30 06 a0 04 30 02 04 00'],
  ['a first message in place of a later one', decodeNegTokenResp, 'a0 02 30 00'],
  ['a state that does not exist', decodeNegTokenResp, 'a1 07 30 05 a0 03 0a 01 04'],
  ['a state below the first', decodeNegTokenResp, 'a1 07 30 05 a0 03 0a 01 ff'],
  ['a state that is no ENUMERATED', decodeNegTokenResp, 'a1 07 30 05 a0 03 02 01 00'],
  ['two elements where one belongs', decodeNegTokenResp, 'a1 04 30 00 30 00'],
  ['something behind a later message', decodeNegTokenResp, 'a1 02 30 00 00'],
  ['a length of more bytes than needed', decodeNegTokenResp, 'a1 81 02 30 00'],
  ['an indefinite length', decodeNegTokenResp, 'a1 80 30 00 00 00'],
];

for (const [what, decode, bytes] of malformed) {
  test(`refused: ${what}`, () => {
    assert.throws(() => decode(hex(bytes)), { code: 'ERR_WIRE_MALFORMED' });
  });
}

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined });
const oid = fc.array(fc.nat(0x7fff_ffff), { maxLength: 5 }).map((arcs) => ['1', '3', ...arcs].join('.'));

test('any messages come back from their bytes', () => {
  const init = fc.record({ mechTypes: fc.array(oid, { maxLength: 6 }), mechToken: bytes, mechListMic: bytes });
  fc.assert(
    fc.property(init, (message) => {
      const { mechTypes, mechToken, mechListMic } = decodeNegTokenInit(encodeNegTokenInit(message));
      assert.deepEqual({ mechTypes, mechToken, mechListMic }, { ...message });
    }),
  );
  const resp = fc.record({
    negState: fc.constantFrom('accept-completed', 'accept-incomplete', 'reject', 'request-mic', undefined),
    supportedMech: fc.option(oid, { nil: undefined }),
    responseToken: bytes,
    mechListMic: bytes,
  });
  fc.assert(
    fc.property(resp, (message) => {
      assert.deepEqual(decodeNegTokenResp(encodeNegTokenResp(message)), { ...message });
    }),
  );
});
