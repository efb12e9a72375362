import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { MalformedError, Reader, TruncatedError, Writer } from '@ad-protocols/wire';

/** Every kind of field, with how it is written and read. */
const fields: readonly {
  name: string;
  length: number;
  write: (writer: Writer) => Writer;
  read: (reader: Reader) => unknown;
  value: unknown;
}[] = [
  { name: 'u8', length: 1, write: (to) => to.u8(0xfe), read: (from) => from.u8(), value: 0xfe },
  { name: 'u16', length: 2, write: (to) => to.u16(0xfedc), read: (from) => from.u16(), value: 0xfedc },
  { name: 'u16be', length: 2, write: (to) => to.u16be(0xfedc), read: (from) => from.u16be(), value: 0xfedc },
  { name: 'u32', length: 4, write: (to) => to.u32(0xfedcba98), read: (from) => from.u32(), value: 0xfedcba98 },
  { name: 'u32be', length: 4, write: (to) => to.u32be(0xfedcba98), read: (from) => from.u32be(), value: 0xfedcba98 },
  { name: 'i32', length: 4, write: (to) => to.i32(-2), read: (from) => from.i32(), value: -2 },
  { name: 'u64', length: 8, write: (to) => to.u64(2n ** 64n - 2n), read: (from) => from.u64(), value: 2n ** 64n - 2n },
  { name: 'i64', length: 8, write: (to) => to.i64(-2n), read: (from) => from.i64(), value: -2n },
];

describe('a reader', () => {
  for (const { name, length, write, read, value } of fields) {
    test(`reads what ${name} wrote, in ${length} bytes, and says where it ended too early`, () => {
      const bytes = write(new Writer(1)).finish();
      assert.equal(bytes.length, length);
      assert.equal(read(new Reader(bytes, 'field')), value);
      for (let cut = 0; cut < length; cut += 1) {
        assert.throws(
          () => read(new Reader(bytes.subarray(0, cut), 'field')),
          (error) => error instanceof TruncatedError && error.offset === 0 && error.structure === 'field',
        );
      }
    });
  }

  test('reads little-endian and big-endian as they are', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    assert.equal(new Reader(bytes, 'field').u32(), 0x04030201);
    assert.equal(new Reader(bytes, 'field').u32be(), 0x01020304);
  });

  test('refuses lengths and offsets that are no lengths', () => {
    for (const length of [-1, 1.5, Number.NaN, 2 ** 60]) {
      assert.throws(() => new Reader(new Uint8Array(8), 'field').bytes(length), /field/);
      assert.throws(() => new Reader(new Uint8Array(8), 'field').seek(length), /field/);
    }
    assert.throws(() => new Reader(new Uint8Array(8), 'field').bytes(9), TruncatedError);
  });

  test('aligns from the start of the input, and not past its end', () => {
    const reader = new Reader(new Uint8Array(9), 'field');
    reader.align(8);
    assert.equal(reader.offset, 0);
    reader.u8();
    reader.align(8);
    assert.equal(reader.offset, 8);
    reader.u8();
    assert.throws(() => reader.align(4), TruncatedError);
  });

  test('gives views, and knows what is left', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const reader = new Reader(bytes, 'field');
    const view = reader.bytes(2);
    bytes[0] = 9;
    assert.equal(view[0], 9);
    assert.equal(reader.remaining, 1);
    assert.ok(reader.malformed('odd') instanceof MalformedError);
  });
});

describe('a writer', () => {
  test('writes any sequence of pieces as they came, however it had to grow', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.integer({ min: 1, max: 64 }), (pieces, capacity) => {
        const writer = new Writer(capacity);
        for (const piece of pieces) writer.bytes(piece);
        assert.deepEqual(Buffer.from(writer.finish()), Buffer.concat(pieces));
        assert.equal(writer.length, 0);
      }),
    );
  });

  test('pads to a multiple and fills in what was left open', () => {
    const bytes = new Writer(1).u8(1).align(4).u16(0).u16(0).patchU16(4, 0x0203).patchU32(0, 7).finish();
    assert.deepEqual([...bytes], [7, 0, 0, 0, 3, 2, 0, 0]);
  });
});

test('nothing moves a reader backwards', () => {
  for (const length of [-1, 0.5, Number.NaN, 2 ** 53]) {
    const reader = new Reader(new Uint8Array(8), 'test');
    reader.skip(4);
    assert.throws(() => reader.skip(length), { code: 'ERR_WIRE_MALFORMED' }, String(length));
    assert.equal(reader.offset, 4);
  }
});
