import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import { attributeNames, drsAttributes } from '../src/attributes.ts';
import { encodeOid, PrefixTable } from '../src/prefix-table.ts';
import { decodeGetChangesReply } from '../src/get-changes-reply.ts';
import { fixture, unhex } from './fixture.ts';

describe('the prefix table', () => {
  // [MS-DRSR] 5.16.4: example of countryName; attribute numbers of [MS-ADA1..3] in the well-known table.
  const wellKnown: [oid: string, type: number][] = [
    ['2.5.4.6', 0x0000_0006],
    ['1.2.840.113556.1.2.1', 131_073],
    ['1.2.840.113556.1.4.90', 0x0009_005a],
    ['1.2.840.113556.1.4.662', 0x0009_0296],
  ];
  for (const [oid, type] of wellKnown) {
    it(`numbers ${oid} ${type}`, () => assert.equal(PrefixTable.wellKnown().attributeType(oid), type));
  }

  it('marks a last number of 16,384 and more, whose upper part goes into the prefix', () => {
    // 1.2.840.113556.1.4.7000.102.16385 ends in 81 80 01: the prefix keeps the first of the three.
    const table = readTable('2a864886f7140104b6586681');
    assert.equal(table.attributeType('1.2.840.113556.1.4.7000.102.16385'), 0x004d_0000 + 0x8001);
  });

  it('gives no number for an OID whose prefix it lacks', () => {
    assert.equal(PrefixTable.wellKnown().attributeType('1.3.6.1.4.1'), undefined);
  });

  it('numbers by the indexes of the message, which a server may choose', () => {
    assert.equal(readTable('2a864886f7140104').attributeType('1.2.840.113556.1.4.90'), 0x004d_005a);
  });

  it('holds every attribute that can be asked for, and so does the table of a Samba server', () => {
    const served = decodeGetChangesReply(fixture('first-page')).prefixTable;
    for (const name of attributeNames) {
      const { oid } = drsAttributes[name];
      assert.notEqual(PrefixTable.wellKnown().attributeType(oid), undefined, name);
      assert.notEqual(served.attributeType(oid), undefined, name);
    }
  });

  it('is read as it was written, and named when cut short at every offset', () => {
    const table = PrefixTable.wellKnown();
    const writer = new NdrWriter();
    table.write(writer);
    const wire = writer.finish();
    const back = PrefixTable.read(new NdrReader(wire, 'test'), table.count);
    assert.equal(back.attributeType('1.2.840.113556.1.4.90'), 0x0009_005a);
    for (let length = 0; length < wire.length; length += 1) {
      assert.throws(
        () => PrefixTable.read(new NdrReader(wire.subarray(0, length), 'test'), table.count),
        (error) => error instanceof TruncatedError || error instanceof MalformedError,
      );
    }
  });

  it('encodes object identifiers as BER does', () => {
    assert.deepEqual(encodeOid('2.5.6.2'), unhex('550602'));
    assert.deepEqual(encodeOid('1.2.840.113556.1.4.90'), unhex('2a864886f71401045a'));
    assert.deepEqual(encodeOid('2.999.3'), unhex('883703'));
    for (const text of ['', '1', '3.1', '1.2.', '1.-2', 'cn']) assert.throws(() => encodeOid(text), TypeError);
  });
});

/** A table that gives one prefix the index 77. */
function readTable(prefix: string): PrefixTable {
  const bytes = unhex(prefix);
  const writer = new NdrWriter().maxCount(1).u32(77).u32(bytes.length).pointer(true).conformantBytes(bytes);
  return PrefixTable.read(new NdrReader(writer.finish(), 'test'), 1);
}
