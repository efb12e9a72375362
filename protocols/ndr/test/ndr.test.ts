import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { MalformedError, parseGuid, TruncatedError } from '@ad-protocols/wire';
import * as fc from 'fast-check';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unspaced = (text: string): string => text.replaceAll(' ', '');
const read = (text: string, syntax?: TransferSyntax): NdrReader =>
  new NdrReader(Buffer.from(unspaced(text), 'hex'), 'test', syntax);

type Primitive = { kind: 'u8' | 'u16' | 'u32' | 'i32'; value: number } | { kind: 'u64' | 'i64'; value: bigint };

const primitive: fc.Arbitrary<Primitive> = fc.oneof(
  fc.nat(0xff).map((value) => ({ kind: 'u8' as const, value })),
  fc.nat(0xffff).map((value) => ({ kind: 'u16' as const, value })),
  fc.nat(0xffff_ffff).map((value) => ({ kind: 'u32' as const, value })),
  fc.integer().map((value) => ({ kind: 'i32' as const, value })),
  fc.bigInt(0n, 0xffff_ffff_ffff_ffffn).map((value) => ({ kind: 'u64' as const, value })),
  fc.bigInt(-(1n << 63n), (1n << 63n) - 1n).map((value) => ({ kind: 'i64' as const, value })),
);
const sizes = { u8: 1, u16: 2, u32: 4, i32: 4, u64: 8, i64: 8 };

function write(writer: NdrWriter, item: Primitive): void {
  switch (item.kind) {
    case 'u64':
    case 'i64':
      writer[item.kind](item.value);
      return;
    case 'u8':
    case 'u16':
    case 'u32':
    case 'i32':
      writer[item.kind](item.value);
  }
}

describe('Primitives of NDR 2.0 and NDR64', () => {
  it('align to their own size with zeros between', () => {
    assert.equal(
      hex(new NdrWriter().u8(1).u16(2).u8(3).u32(4).u8(5).u64(6n).finish()),
      unspaced('01000200 03000000 04000000 05000000 0600000000000000'),
    );
  });

  it('read back what was written, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(primitive), fc.constantFrom('ndr', 'ndr64'), (items, syntax) => {
        const writer = new NdrWriter(syntax);
        for (const item of items) write(writer, item);
        const reader = new NdrReader(writer.finish(), 'test', syntax);
        for (const item of items) {
          const value: number | bigint = reader[item.kind]();
          assert.equal(value, item.value);
          assert.equal(reader.offset % sizes[item.kind], 0);
        }
        assert.equal(reader.remaining, 0);
      }),
    );
  });

  it('keep the 16 bytes of a GUID in wire order, aligned to 4', () => {
    const guid = parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2');
    const wire = new NdrWriter().u8(9).guid(guid).finish();
    assert.equal(hex(wire), unspaced('09000000 354251e3064bd111ab0400c04fc2dcd2'));
    const reader = new NdrReader(wire, 'test');
    reader.u8();
    assert.equal(reader.guid(), guid);
  });
});

describe('NDR 2.0 pointers and arrays', () => {
  it('give every referent its own id and none to a null pointer', () => {
    assert.equal(
      hex(new NdrWriter().pointer(true).pointer(false).pointer(true).finish()),
      unspaced('00000200 00000000 04000200'),
    );
    const reader = read('00000200 00000000 01000000');
    assert.deepEqual([reader.pointer(), reader.pointer(), reader.pointer()], [true, false, true]);
  });

  it('align the count of an array to 4 even when its elements align to 8', () => {
    const reader = read('00000000 02000000 0100000000000000 0200000000000000');
    reader.u32();
    assert.equal(reader.maxCount(8), 2);
    assert.deepEqual([reader.u64(), reader.u64()], [1n, 2n]);
    const padded = read('02000000 ffffffff 0100000000000000 0200000000000000');
    assert.equal(padded.maxCount(8), 2);
    assert.deepEqual([padded.u64(), padded.u64()], [1n, 2n]);
  });

  it('refuse a count that the bytes left cannot hold, before anything is allocated', () => {
    assert.throws(() => read('ffffffff 00').maxCount(1), MalformedError);
    assert.throws(() => read('03000000 0000').conformantBytes(), MalformedError);
    assert.throws(() => read('02000000 0000').maxCount(1, 1), MalformedError);
  });

  it('refuse a varying array that starts late, is longer than its conformance, or is stated twice with two lengths', () => {
    assert.throws(() => read('01000000 01000000').actualCount(1, 0), MalformedError);
    assert.throws(() => read('00000000 02000000 0000').actualCount(1, 0), MalformedError);
    assert.throws(() => read('00').sameCount(1, 2), MalformedError);
  });

  it('carry a wide string with its terminator, characters outside the BMP included', () => {
    const wire = new NdrWriter().wideString('Ä🔑').finish();
    assert.equal(hex(wire), unspaced('04000000 00000000 04000000 c400 3dd811dd 0000'));
    assert.equal(new NdrReader(wire, 'test').wideString(), 'Ä🔑');
    assert.throws(() => read('01000000 00000000 01000000 4100').wideString(), MalformedError);
    assert.throws(() => read('00000000 00000000 00000000').wideString(), MalformedError);
  });

  it('name a string cut short at every offset', () => {
    const wire = new NdrWriter().wideString('corp').finish();
    for (let length = 0; length < wire.length; length += 1) {
      assert.throws(
        () => new NdrReader(wire.subarray(0, length), 'test').wideString(),
        (error) => error instanceof TruncatedError || error instanceof MalformedError,
      );
    }
  });
});

describe('NDR64', () => {
  it('has pointers and counts of 8 bytes, aligned to 8', () => {
    const wire = new NdrWriter('ndr64').u8(1).pointer(true).u8(2).maxCount(3).actualCount(3).pointer(false).finish();
    assert.equal(
      hex(wire),
      unspaced(`0100000000000000 0000020000000000 0200000000000000 0300000000000000
        0000000000000000 0300000000000000 0000000000000000`).replaceAll('\n', ''),
    );
    const reader = new NdrReader(wire, 'test', 'ndr64');
    reader.u8();
    assert.equal(reader.pointer(), true);
    reader.u8();
    assert.equal(reader.actualCount(reader.maxCount(1), 1), 3);
    assert.equal(reader.pointer(), false);
    assert.equal(reader.remaining, 0);
  });

  it('has enumerations of 4 bytes, which NDR 2.0 has in 2', () => {
    assert.equal(hex(new NdrWriter('ndr64').enumeration(3).u8(1).finish()), '0300000001');
    assert.equal(hex(new NdrWriter().enumeration(3).u8(1).finish()), '030001');
    assert.equal(read('03000000 04000000', 'ndr64').enumeration(), 3);
    const narrow = read('0300 0400');
    assert.deepEqual([narrow.enumeration(), narrow.enumeration()], [3, 4]);
  });

  // [MS-RPCE] Example of Structure with Trailing Gap in NDR64 (4.8): { long; short } takes 8 bytes.
  it('pads a structure behind its last field, which NDR 2.0 does not', () => {
    for (const [syntax, expected] of [
      ['ndr64', '01000000 0200 0000 03'],
      ['ndr', '01000000 0200 03'],
    ] as const) {
      const writer = new NdrWriter(syntax).startOfStructure(4).u32(1).u16(2);
      assert.equal(hex(writer.endOfStructure(4).u8(3).finish()), unspaced(expected));
    }
    const reader = read('01000000 0200 0000 03', 'ndr64');
    reader.u32();
    reader.u16();
    reader.endOfStructure(4);
    assert.equal(reader.u8(), 3);
  });

  it('aligns a structure that holds a pointer to 8, which NDR 2.0 aligns to 4', () => {
    for (const [syntax, expected] of [
      ['ndr64', '01000000 00000000 02000000 00000000 0000000000000000'],
      ['ndr', '01000000 02000000 00000000'],
    ] as const) {
      const writer = new NdrWriter(syntax).u32(1).startOfStructure(4, 8).u32(2).pointer(false);
      assert.equal(hex(writer.finish()), unspaced(expected));
    }
  });

  it('carries the same string as NDR 2.0 with wider counts', () => {
    const wire = new NdrWriter('ndr64').wideString('ok').finish();
    assert.equal(hex(wire), unspaced('0300000000000000 0000000000000000 0300000000000000 6f006b000000'));
    assert.equal(new NdrReader(wire, 'test', 'ndr64').wideString(), 'ok');
  });

  it('refuses counts that only the upper half makes absurd, and a late start that only the upper half says', () => {
    assert.throws(() => read('00000000 01000000', 'ndr64').maxCount(1), MalformedError);
    assert.throws(() => read('ffffffff ffffffff', 'ndr64').maxCount(0), MalformedError);
    assert.throws(() => read('01000000 00000080 41', 'ndr64').conformantBytes(), MalformedError);
    assert.throws(() => read('00000000 01000000 0000000000000000', 'ndr64').actualCount(1, 0), MalformedError);
  });

  it('does not take a count of NDR 2.0 for its own', () => {
    // Count (4) ‖ 4 bytes: in NDR64 the bytes are the upper half of the count.
    assert.throws(() => read('04000000 41424344', 'ndr64').conformantBytes(), MalformedError);
    // A count at an offset of 4 instead of 8: the gap is passed over, and what is read is out of place.
    const reader = read('01000000 02000000 00000000 4142', 'ndr64');
    reader.u32();
    assert.throws(() => reader.conformantBytes(), TruncatedError);
  });

  it('takes a pointer of which only the upper half is set for one with a referent', () => {
    assert.equal(read('00000000 01000000', 'ndr64').pointer(), true);
  });
});
