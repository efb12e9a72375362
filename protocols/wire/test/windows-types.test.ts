import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  allocateSecret,
  copySecret,
  decodeGuid,
  decodeSid,
  decodeUtf16,
  dstimeToUnixMs,
  encodeGuid,
  encodeSid,
  encodeUtf16,
  filetimeToUnixMs,
  MalformedError,
  nilGuid,
  parseGuid,
  ridOf,
  TruncatedError,
  unixMsToFiletime,
  type Sid,
} from '@ad-protocols/wire';

describe('GUID', () => {
  // The interface of MS-DRSR as its specification prints it, and as it is on the wire.
  const text = 'e3514235-4b06-11d1-ab04-00c04fc2dcd2';
  const wire = '354251e3064bd111ab0400c04fc2dcd2';

  test('has its first three groups little-endian on the wire', () => {
    assert.equal(Buffer.from(encodeGuid(parseGuid(text))).toString('hex'), wire);
    assert.equal(decodeGuid(Buffer.from(wire, 'hex')), text);
    assert.equal(decodeGuid(new Uint8Array(16)), nilGuid);
  });

  test('is read in capitals and braces, and refused in any other form', () => {
    assert.equal(parseGuid(`{${text.toUpperCase()}}`), text);
    for (const wrong of ['', text.slice(1), `${text}0`, text.replaceAll('-', ''), `g${text.slice(1)}`]) {
      assert.throws(() => parseGuid(wrong), TypeError);
    }
    for (const [length, code] of [
      [15, 'ERR_WIRE_TRUNCATED'],
      [17, 'ERR_WIRE_MALFORMED'],
    ] as const)
      assert.throws(() => decodeGuid(new Uint8Array(length)), { code });
  });

  test('goes to the wire and back for any 16 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        assert.deepEqual(encodeGuid(decodeGuid(bytes)), bytes);
      }),
    );
  });
});

/** BUILTIN\Administrators, [MS-DTYP] 2.4.2.4, in its packet form. */
const administrators = Buffer.from('01020000000000052000000020020000', 'hex');

/** The same with one byte changed. */
function changed(index: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(administrators);
  bytes[index] = value;
  return bytes;
}

describe('SID', () => {
  test('is read and written in its packet form', () => {
    assert.equal(decodeSid(administrators), 'S-1-5-32-544');
    assert.deepEqual(Buffer.from(encodeSid('S-1-5-32-544' as Sid)), administrators);
    assert.equal(ridOf(decodeSid(administrators)), 544);
  });

  test('cut at any byte is refused', () => {
    for (let cut = 0; cut < administrators.length; cut += 1) {
      assert.throws(() => decodeSid(administrators.subarray(0, cut)), TruncatedError);
    }
  });

  test('with another revision, too many parts or something left over is refused', () => {
    assert.throws(() => decodeSid(changed(0, 2)), MalformedError);
    assert.throws(() => decodeSid(changed(1, 16)), MalformedError);
    assert.throws(() => decodeSid(Buffer.concat([administrators, Buffer.alloc(1)])), MalformedError);
    assert.throws(() => encodeSid('S-2-5-32' as Sid), TypeError);
    assert.throws(() => encodeSid(`S-1-5${'-1'.repeat(16)}` as Sid), TypeError);
    assert.throws(() => ridOf('S-1-5' as Sid), TypeError);
    for (const wrong of ['S-1-5-4294967296', 'S-1-0x1000000000000-1', 'S-1-0x123-1', 'S-1-5-', 'S-1-5--1', 's-1-5-1']) {
      assert.throws(() => encodeSid(wrong as Sid), TypeError, wrong);
    }
  });

  test('has a large authority in hexadecimal digits, as [MS-DTYP] 2.4.2.1 writes it', () => {
    const wire = Uint8Array.of(1, 1, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0);
    assert.equal(decodeSid(wire), 'S-1-0x010203040506-7');
    assert.deepEqual(encodeSid('S-1-0x010203040506-7' as Sid), wire);
    assert.equal(ridOf('S-1-0x010203040506-7' as Sid), 7);
    const largestDecimal = Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255);
    assert.equal(decodeSid(largestDecimal), 'S-1-4294967295');
    assert.deepEqual(encodeSid('S-1-4294967295' as Sid), largestDecimal);
  });

  test('goes to the wire and back whatever its numbers', () => {
    const authority = fc.uint8Array({ minLength: 6, maxLength: 6 });
    const parts = fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { maxLength: 15 });
    fc.assert(
      fc.property(authority, parts, (head, tail) => {
        const wire = Uint8Array.from([1, tail.length, ...head, ...tail.flatMap((part) => [...part])]);
        assert.deepEqual(encodeSid(decodeSid(wire)), wire);
      }),
    );
  });
});

describe('times', () => {
  test('FILETIME and DSTIME count from 1601', () => {
    // [MS-DTYP] FILETIME; 116444736000000000 is 1970-01-01T00:00:00Z.
    assert.equal(filetimeToUnixMs(116_444_736_000_000_000n), 0);
    assert.equal(unixMsToFiletime(0), 116_444_736_000_000_000n);
    assert.equal(filetimeToUnixMs(unixMsToFiletime(1_779_000_000_123)), 1_779_000_000_123);
    assert.equal(dstimeToUnixMs(11_644_473_600n), 0);
  });

  test('FILETIME reaches its ends: zero, never, and what is finer than a millisecond', () => {
    assert.equal(new Date(filetimeToUnixMs(0n)).toISOString(), '1601-01-01T00:00:00.000Z');
    assert.equal(filetimeToUnixMs(0x7fff_ffff_ffff_ffffn), 910_692_730_085_477);
    assert.equal(filetimeToUnixMs(116_444_736_000_019_999n), 1);
    assert.equal(unixMsToFiletime(-11_644_473_600_000), 0n);
    assert.equal(unixMsToFiletime(1.9), 116_444_736_000_010_000n);
  });
});

describe('UTF-16', () => {
  test('goes both ways for every script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(decodeUtf16(encodeUtf16(text)), text);
        assert.deepEqual(Buffer.from(encodeUtf16(text)), Buffer.from(text, 'utf16le'));
      }),
    );
  });

  test('keeps lone surrogates, pairs and a byte order mark as they are, both ways', () => {
    assert.deepEqual([...encodeUtf16('\ud800')], [0x00, 0xd8]);
    assert.equal(decodeUtf16(Uint8Array.of(0xff, 0xfe)), '\ufeff');
    assert.equal(decodeUtf16(Uint8Array.of(0x00, 0xdc, 0x00, 0xd8, 0x41, 0x00)), '\udc00\ud800A');
    assert.equal(decodeUtf16(Uint8Array.of(0x3d, 0xd8, 0x00, 0xde)), '\u{1f600}');
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 });
    fc.assert(
      fc.property(units, fc.boolean(), (values, shifted) => {
        const bytes = new Uint8Array(Uint16Array.from(values).buffer);
        // Also where the bytes do not begin at an even address.
        const view = shifted ? Uint8Array.from([0, ...bytes]).subarray(1) : bytes;
        assert.deepEqual(encodeUtf16(decodeUtf16(view)), bytes);
      }),
    );
  });

  test('marks half a character at the end', () => {
    assert.equal(decodeUtf16(Uint8Array.of(0x41, 0x00, 0x42)), 'A\ufffd');
  });
});

describe('memory for secrets', () => {
  test("is not the engine's own, however small, and a copy is a copy", () => {
    const secret = allocateSecret(16).fill(7);
    const copy = copySecret(secret);
    secret.fill(0);
    assert.deepEqual(
      [...copy],
      Array.from({ length: 16 }, () => 7),
    );
    assert.equal(copy.buffer.byteLength, 16);
    assert.equal(copySecret(Buffer.from('abc')).constructor, Uint8Array);
  });
});
