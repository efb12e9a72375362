import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeAuthenticateMessage } from '../src/authenticate-message.ts';
import { avValue, decodeAvPairs, encodeAvPairs, MSV_AV_FLAGS } from '../src/av-pairs.ts';
import { decodeChallengeMessage } from '../src/challenge-message.ts';
import { flagsNeeded } from '../src/flags.ts';
import { encodeNegotiateMessage } from '../src/negotiate-message.ts';
import { answerChallenge } from '../src/ntlm-client.ts';
import { assertEveryTruncationRefused, decodeAuthenticate, hex } from '@ad-protocols/testing';

// [MS-NLMP] NTLMv2 Authentication, Messages (4.2.4.3).
const challenge = hex(`
  4e544c4d53535000 02000000 0c000c00 38000000 33828ae2 0123456789abcdef 0000000000000000 24002400 44000000
  060070170000000f 530065007200760065007200
  02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000`);
const authenticate = hex(`
  4e544c4d53535000 03000000 18001800 6c000000 54005400 84000000 0c000c00 48000000 08000800 54000000
  10001000 5c000000 10001000 d8000000 358288e2 0501280a0000000f
  44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
  86c35097ac9cec102554764a57cccc19 aaaaaaaaaaaaaaaa
  68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
  02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000
  c5dad2544fc979909 4ce1ce90bc9d03e`);
const credentials = { domain: 'Domain', user: 'User', password: 'Password' };
const surroundings = {
  workstation: 'COMPUTER',
  now: 0n,
  clientChallenge: hex('aaaaaaaaaaaaaaaa'),
  exportedSessionKey: hex('55555555555555555555555555555555'),
};

/** The specification's challenge with other flags. */
function challengeWithFlags(flags: number): Uint8Array {
  const bytes = challenge.slice();
  new DataView(bytes.buffer).setUint32(20, flags, true);
  return bytes;
}

/** The specification's challenge with one more attribute in front. */
function challengeWithAttribute(attribute: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([challenge.subarray(0, 0x44), attribute, challenge.subarray(0x44)]);
  bytes.writeUInt16LE(0x24 + attribute.length, 40);
  return new Uint8Array(bytes);
}
const answerToFlags = (flags: number): unknown =>
  answerChallenge(
    { negotiate: encodeNegotiateMessage(), challenge: challengeWithFlags(flags) },
    credentials,
    surroundings,
  );
const timestamp = hex('07000800 0011223344556601');

test('the challenge of [MS-NLMP] 4.2.4.3 is understood', () => {
  const message = decodeChallengeMessage(challenge);
  assert.equal(message.flags >>> 0, 0xe28a8233);
  assert.deepEqual(message.serverChallenge, hex('0123456789abcdef'));
  assert.deepEqual(
    message.targetInfo.map(({ id, value }) => [id, Buffer.from(value).toString('utf16le')]),
    [
      [2, 'Domain'],
      [1, 'Server'],
    ],
  );
});

/** Where the offsets of the payload's fields stand. */
const OFFSETS = [16, 24, 32, 40, 48, 56];

/** A third message as it would be without the integrity code, which the specification's example does not have. */
function withoutMic(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array([...message.subarray(0, 72), ...message.subarray(88)]);
  const view = new DataView(bytes.buffer);
  for (const at of OFFSETS) view.setUint32(at, view.getUint32(at, true) - 16, true);
  return bytes;
}

test('the parts of 4.2.4.3 are put together as the specification shows them, byte for byte', () => {
  const message = encodeAuthenticateMessage({
    flags: 0xe2888235,
    domain: 'Domain',
    user: 'User',
    workstation: 'COMPUTER',
    lmResponse: authenticate.subarray(0x6c, 0x84),
    ntResponse: authenticate.subarray(0x84, 0xd8),
    encryptedSessionKey: authenticate.subarray(0xd8),
    version: hex('0501280a0000000f'),
  });
  assert.deepEqual(message.subarray(72, 88), new Uint8Array(16));
  assert.deepEqual(withoutMic(message), authenticate);
});

// Somebody on the way may have taken the time out, so that no code would show what else was altered.
for (const [name, received, time] of [
  ['tells its time', challengeWithAttribute(timestamp), '0011223344556601'],
  ['does not tell its time', challenge, '2a00000000000000'],
] as const) {
  test(`a server that ${name} gets an integrity code over all three messages, and no LM response`, () => {
    const messages = { negotiate: encodeNegotiateMessage(), challenge: received };
    const message = answerChallenge(messages, credentials, { ...surroundings, now: 42n });
    const { ntResponse, lmResponse, domain, user, workstation } = decodeAuthenticate(message);
    assert.deepEqual([domain, user, workstation], ['Domain', 'User', 'COMPUTER']);
    assert.deepEqual(lmResponse, new Uint8Array(24));
    assert.deepEqual(ntResponse.subarray(24, 32), hex(time));
    const attributes = decodeAvPairs(ntResponse.subarray(44));
    assert.deepEqual(avValue(attributes, MSV_AV_FLAGS), hex('02000000'));

    const mic = message.slice(72, 88);
    const covered = message.slice();
    covered.fill(0, 72, 88);
    const expected = createHmac('md5', surroundings.exportedSessionKey);
    expected.update(messages.negotiate).update(messages.challenge).update(covered);
    assert.deepEqual(mic, new Uint8Array(expected.digest()));
  });
}

test("the server's own flags are kept beside the one for the integrity code", () => {
  const attributes = new Uint8Array([...timestamp, ...hex('06000400 01000000')]);
  const messages = { negotiate: encodeNegotiateMessage(), challenge: challengeWithAttribute(attributes) };
  const { ntResponse } = decodeAuthenticate(answerChallenge(messages, credentials, surroundings));
  const sent = decodeAvPairs(ntResponse.subarray(44)).filter(({ id }) => id === MSV_AV_FLAGS);
  assert.deepEqual(sent, [{ id: MSV_AV_FLAGS, value: hex('03000000') }]);
});

test('a server that lacks any one thing that packet privacy needs is refused', () => {
  answerToFlags(flagsNeeded);
  for (let bit = 1; bit > 0 && bit <= flagsNeeded; bit *= 2) {
    if ((flagsNeeded & bit) === 0) continue;
    assert.throws(
      () => answerToFlags(flagsNeeded & ~bit),
      { code: 'ERR_NTLM_TOO_WEAK' },
      `without flag 0x${bit.toString(16)}`,
    );
  }
});

test('a server that does not name itself and its domain is refused', () => {
  const nameless = challenge.slice();
  nameless[0x44] = 0x03;
  assert.throws(
    () => answerChallenge({ negotiate: encodeNegotiateMessage(), challenge: nameless }, credentials, surroundings),
    { code: 'ERR_NTLM_TOO_WEAK' },
  );
});

test('a challenge cut anywhere is refused', () => {
  assertEveryTruncationRefused(challenge, decodeChallengeMessage);
});

test('bytes that are not an NTLM challenge are refused', () => {
  const otherSignature = challenge.slice();
  otherSignature[0] = 0x4f;
  assert.throws(() => decodeChallengeMessage(otherSignature), { code: 'ERR_WIRE_MALFORMED' });
  assert.throws(() => decodeChallengeMessage(authenticate), { code: 'ERR_WIRE_MALFORMED' });
});

test('target information that points outside the message is refused', () => {
  for (const offset of [challenge.length, challenge.length + 1, 0xffff_ffff]) {
    const bytes = challenge.slice();
    new DataView(bytes.buffer).setUint32(44, offset, true);
    assert.throws(() => decodeChallengeMessage(bytes), { code: 'ERR_WIRE_TRUNCATED' });
  }
});

test('attributes survive encoding and decoding', () => {
  const pair = fc.record(
    { id: fc.integer({ min: 11, max: 0xffff }), value: fc.uint8Array({ maxLength: 300 }) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
      assert.deepEqual(decodeAvPairs(encodeAvPairs(pairs)), pairs);
    }),
  );
});

test('a list of attributes without an end is refused', () => {
  assertEveryTruncationRefused(encodeAvPairs([{ id: 1, value: hex('4100') }]), decodeAvPairs);
});

test('absurdly long target information is refused', () => {
  const bytes = new Uint8Array(0x44 + 0xffff);
  bytes.set(challenge);
  new DataView(bytes.buffer).setUint16(40, 0x8001, true);
  assert.throws(() => decodeChallengeMessage(bytes), { code: 'ERR_WIRE_MALFORMED' });
});

test('an attribute that does not have the length of its kind is refused', () => {
  for (const attribute of [
    '06000200 0000',
    '07000400 00112233',
    '0a000f00 000000000000000000000000000000',
    '00000100 00',
  ]) {
    assert.throws(() => decodeAvPairs(hex(`${attribute} 00000000`)), { code: 'ERR_WIRE_MALFORMED' }, attribute);
  }
});

test('any bytes in place of a challenge give a named error or a message, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (tail) => {
      const bytes = new Uint8Array([...challenge.subarray(0, 12), ...tail]);
      try {
        decodeChallengeMessage(bytes);
      } catch (error) {
        assert.match(String((error as { code?: unknown }).code), /^ERR_WIRE_/);
      }
    }),
  );
});
