import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kerberosEnctypes, type KerberosKey } from '@ad-protocols/kerberos';
import { hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { aes256Sha1 } from '../../src/crypto/aes-sha1.ts';
import { KerberosContext } from '../../src/gss/kerberos-context.ts';
import { testKey } from './acceptor.ts';

/** Both sides of a context. */
function pair(key: KerberosKey, acceptorSubkey = true): { initiator: KerberosContext; acceptor: KerberosContext } {
  const common = { key, acceptorSubkey };
  return {
    initiator: new KerberosContext({ ...common, role: 'initiator', sendSequence: 0xffff_fffe, receiveSequence: 9 }),
    acceptor: new KerberosContext({ ...common, role: 'acceptor', sendSequence: 9, receiveSequence: 0xffff_fffe }),
  };
}

const message = Uint8Array.from({ length: 100 }, (_, index) => index);
// Of a length at which no single bit of the rotation count turns the token all the way round.
const part = { start: 24, end: 91 };

function flip(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.with(index, (bytes[index] ?? 0) ^ (1 << (index % 8)));
}

for (const [name, enctype] of Object.entries(kerberosEnctypes)) {
  const key = testKey(enctype, 3);

  test(`${name}: messages of both directions are sealed in place and opened, in order`, () => {
    const { initiator, acceptor } = pair(key);
    for (const [from, to] of [
      [initiator, acceptor],
      [acceptor, initiator],
      [initiator, acceptor],
      [initiator, acceptor],
    ] as const) {
      const sealed = new Uint8Array(message);
      const signature = from.seal(sealed, part);
      assert.equal(signature.length, from.sealSignatureBytes);
      assert.deepEqual(sealed.subarray(0, part.start), message.subarray(0, part.start));
      assert.deepEqual(sealed.subarray(part.end), message.subarray(part.end));
      assert.notDeepEqual(sealed, message);
      assert.equal(to.open(sealed, part, signature), true);
      assert.deepEqual(sealed, message);
    }
  });

  test(`${name}: any range of any message can be sealed`, () => {
    const { initiator, acceptor } = pair(key);
    const cases = fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.nat({ max: 80 }), fc.nat({ max: 80 }));
    fc.assert(
      fc.property(cases, ([bytes, left, right]) => {
        const start = Math.min(left, right, bytes.length);
        const range = { start, end: Math.min(Math.max(left, right), bytes.length) };
        const sealed = new Uint8Array(bytes);
        const signature = initiator.seal(sealed, range);
        assert.equal(signature.length, initiator.sealSignatureBytes);
        assert.equal(acceptor.open(sealed, range, signature), true);
        assert.deepEqual(sealed, bytes);
      }),
    );
  });

  test(`${name}: messages are signed and wrapped`, () => {
    const { initiator, acceptor } = pair(key);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const signature = initiator.sign(bytes);
        assert.equal(signature.length, initiator.signSignatureBytes);
        assert.equal(acceptor.verify(bytes, signature), true);
        assert.deepEqual(new Uint8Array(initiator.unwrap(acceptor.wrap(bytes))), bytes);
      }),
    );
  });

  test(`${name}: a bit changed anywhere in a sealed message is noticed`, () => {
    const { initiator } = pair(key);
    const sealed = new Uint8Array(message);
    const signature = initiator.seal(sealed, part);
    for (let index = 0; index < signature.length; index += 1) {
      assert.equal(pair(key).acceptor.open(new Uint8Array(sealed), part, flip(signature, index)), false, `${index}`);
    }
    for (let index = 0; index < sealed.length; index += 1) {
      assert.equal(pair(key).acceptor.open(flip(sealed, index), part, signature), false, `message ${index}`);
    }
  });

  test(`${name}: a message with a wrong signature is not given out`, () => {
    const { initiator, acceptor } = pair(key);
    const sealed = new Uint8Array(message);
    const signature = initiator.seal(sealed, part);
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    assert.equal(acceptor.open(sealed, part, signature), false);
    assert.equal(Buffer.from(sealed).includes(Buffer.from(message.subarray(part.start, part.start + 8))), false);
  });

  test(`${name}: nothing goes in or out once the context is wiped`, () => {
    const { initiator, acceptor } = pair(key);
    const other = pair(key).initiator;
    const sealed = new Uint8Array(message);
    const [token, mic, signature] = [initiator.wrap(message), initiator.sign(message), other.seal(sealed, part)];
    acceptor.wipe();
    acceptor.wipe();
    const ended = { code: 'ERR_GSS_NO_CONTEXT' };
    assert.throws(() => acceptor.seal(new Uint8Array(message), part), ended);
    assert.throws(() => acceptor.sign(message), ended);
    assert.throws(() => acceptor.wrap(message), ended);
    assert.throws(() => acceptor.unwrap(token), ended);
    assert.equal(acceptor.verify(message, mic), false);
    assert.equal(acceptor.open(sealed, part, signature), false);
  });

  test(`${name}: a bit changed anywhere in a signed or wrapped message is noticed`, () => {
    const { initiator } = pair(key);
    const signature = initiator.sign(message);
    for (let index = 0; index < signature.length; index += 1) {
      assert.equal(pair(key).acceptor.verify(message, flip(signature, index)), false, `${index}`);
    }
    for (let index = 0; index < message.length; index += 1) {
      assert.equal(pair(key).acceptor.verify(flip(message, index), signature), false, `message ${index}`);
    }
    const token = pair(key).initiator.wrap(message);
    for (let index = 0; index < token.length; index += 1) {
      assert.throws(
        () => pair(key).acceptor.unwrap(flip(token, index)),
        { code: /^ERR_(GSS_SIGNATURE|WIRE_)/ },
        `${index}`,
      );
    }
  });

  test(`${name}: tokens cut short are refused wherever they are cut`, () => {
    const sealed = new Uint8Array(message);
    const sealSignature = pair(key).initiator.seal(sealed, part);
    const { acceptor } = pair(key);
    for (let length = 0; length < sealSignature.length; length += 1) {
      assert.equal(acceptor.open(new Uint8Array(sealed), part, sealSignature.slice(0, length)), false);
    }
    const signature = pair(key).initiator.sign(message);
    for (let length = 0; length < signature.length; length += 1) {
      assert.equal(acceptor.verify(message, signature.slice(0, length)), false);
    }
    const token = pair(key).initiator.wrap(message);
    for (let length = 0; length < token.length; length += 1) {
      assert.throws(() => acceptor.unwrap(token.slice(0, length)), { code: /^ERR_(GSS_SIGNATURE|WIRE_)/ });
    }
  });

  test(`${name}: garbage is refused`, () => {
    const { acceptor } = pair(key);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (garbage) => {
        assert.equal(acceptor.verify(message, garbage), false);
        assert.equal(acceptor.open(new Uint8Array(message), part, garbage), false);
        assert.throws(() => acceptor.unwrap(garbage), { code: /^ERR_(GSS_SIGNATURE|WIRE_)/ });
      }),
    );
  });

  test(`${name}: a message repeated, left out, swapped or sent back is refused`, () => {
    const { initiator, acceptor } = pair(key);
    const first = initiator.sign(message);
    const second = initiator.sign(message);
    assert.equal(acceptor.verify(message, second), false, 'one left out');
    assert.equal(acceptor.verify(message, first), true);
    assert.equal(acceptor.verify(message, first), false, 'repeated');
    assert.equal(pair(key).initiator.verify(message, first), false, 'sent back');
    const wrapped = initiator.wrap(message);
    assert.throws(() => acceptor.unwrap(wrapped), { code: 'ERR_GSS_SIGNATURE' }, 'one left out');
    const other = pair(testKey(enctype, 4));
    assert.equal(other.acceptor.verify(message, first), false, 'another key');
  });
}

test('wiping overwrites the session key, which is a copy', () => {
  const key = testKey(18, 3);
  const { initiator } = pair(key);
  initiator.wipe();
  assert.deepEqual(initiator.sessionKey, new Uint8Array(32));
  assert.deepEqual(key, testKey(18, 3));
});

test('signatures have the sizes that the specifications give', () => {
  // [MS-KILE] 3.4.5.4.1: header 16, EC 16, RRC 28 with a checksum of 12 bytes; RFC 4121 4.2.6.1; RFC 4757 7.2, 7.3.
  const sizes = [17, 18, 19, 20, 23].map((enctype) => {
    const { initiator } = pair(testKey(enctype, 3));
    return [initiator.sealSignatureBytes, initiator.signSignatureBytes];
  });
  assert.deepEqual(sizes, [
    [76, 28],
    [76, 28],
    [80, 32],
    [88, 40],
    [45, 37],
  ]);
});

test('the header of a sealed message is that of RFC 4121 and [MS-KILE]', () => {
  const headers = [17, 18, 19, 20].map((enctype) => {
    const { acceptor } = pair(testKey(enctype, 3));
    return Buffer.from(acceptor.seal(new Uint8Array(message), part).subarray(0, 16)).toString('hex');
  });
  // Wrap, sent by the acceptor (1) ‖ sealed (2) ‖ acceptor's subkey (4), filler, EC 16, RRC 16 and the checksum's length.
  const rotations = ['001c', '001c', '0020', '0028'];
  assert.deepEqual(
    headers,
    rotations.map((rotation) => `050407ff0010${rotation}0000000000000009`),
  );
  const { initiator } = pair(testKey(18, 3), false);
  assert.equal(
    Buffer.from(initiator.sign(message).subarray(0, 16)).toString('hex'),
    '040400ffffffffff00000000fffffffe',
  );
  assert.equal(
    Buffer.from(initiator.wrap(message).subarray(0, 16)).toString('hex'),
    '050402ff0000000000000000ffffffff',
  );
});

/** The body rotated to the right by `count` bytes more, as another implementation may send it. */
function rotate(token: Uint8Array, count: number): Uint8Array {
  const body = token.subarray(16);
  const by = count % body.length;
  const rotated = new Uint8Array(token);
  new DataView(rotated.buffer).setUint16(6, count);
  rotated.set(body.subarray(body.length - by), 16);
  rotated.set(body.subarray(0, body.length - by), 16 + by);
  return rotated;
}

test('a token is unwrapped whatever its rotation', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 0xffff }), (bytes, count) => {
      const { initiator, acceptor } = pair(testKey(18, 3));
      assert.deepEqual(acceptor.unwrap(rotate(initiator.wrap(bytes), count)), bytes);
    }),
  );
});

/** A Wrap token of the initiator of {@link pair} that is only signed, with any EC and flags. @see RFC 4121 §4.2.4 */
function signedToken(bytes: Uint8Array, extraCount = '000c', flags = '04'): Uint8Array {
  const tail = '00000000fffffffe';
  const covered = Buffer.concat([bytes, hex(`0504${flags}ff00000000${tail}`)]);
  const checksum = aes256Sha1.checksum(testKey(18, 3).value, 24, covered);
  return new Uint8Array(Buffer.concat([hex(`0504${flags}ff${extraCount}0000${tail}`), bytes, checksum]));
}

test('a token that is only signed is unwrapped too, with any rotation', () => {
  for (const count of [0, 12, 28, 5000]) {
    assert.deepEqual(pair(testKey(18, 3)).acceptor.unwrap(rotate(signedToken(message), count)), message);
  }
});

test('a token with a wrong extra count, checksum or flag is refused', () => {
  const tokens = {
    'extra count': signedToken(message, '000b'),
    'sent by acceptor': signedToken(message, '000c', '05'),
    'initiator subkey': signedToken(message, '000c', '00'),
    checksum: flip(signedToken(message), 16 + message.length + 3),
    data: flip(signedToken(message), 20),
  };
  for (const [what, token] of Object.entries(tokens)) {
    assert.throws(() => pair(testKey(18, 3)).acceptor.unwrap(token), { code: 'ERR_GSS_SIGNATURE' }, what);
  }
});

/** A sealed Wrap token whose inner header says another extra count than the outer one. */
function sealedToken(outer: string, inner: string): Uint8Array {
  const tail = '00000000fffffffe';
  const text = Buffer.concat([message, new Uint8Array(16), hex(`050406ff${inner}0000${tail}`)]);
  const encrypted = aes256Sha1.encrypt(testKey(18, 3).value, 24, text);
  return new Uint8Array(Buffer.concat([hex(`050406ff${outer}0000${tail}`), encrypted]));
}

test('filler is cut off by the extra count, which must be the one that was encrypted', () => {
  const { acceptor } = pair(testKey(18, 3));
  assert.deepEqual(acceptor.unwrap(sealedToken('0010', '0010')), message);
  for (const [outer, inner] of [
    ['0020', '0010'],
    ['0000', '0010'],
    ['ffff', 'ffff'],
  ] as const) {
    const fresh = pair(testKey(18, 3)).acceptor;
    assert.throws(() => fresh.unwrap(sealedToken(outer, inner)), { code: 'ERR_GSS_SIGNATURE' }, `${outer} ${inner}`);
  }
});
