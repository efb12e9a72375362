import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { attributeNames, drsAttributes } from '../src/attributes.ts';
import { decodeGetChangesReply } from '../src/get-changes-reply.ts';
import { decodeOid, encodeOid } from '../src/object-identifier.ts';
import { PrefixTable } from '../src/prefix-table.ts';
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
    it(`numbers ${oid} ${type}, and back`, () => {
      assert.equal(PrefixTable.wellKnown().attributeType(oid), type);
      assert.equal(PrefixTable.wellKnown().oid(type), oid);
    });
  }

  it('marks a last number of 16,384 and more, whose upper part goes into the prefix', () => {
    // 1.2.840.113556.1.4.7000.102.16385 ends in 81 80 01: the prefix keeps the first of the three.
    const table = readTable('2a864886f7140104b6586681');
    assert.equal(table.attributeType('1.2.840.113556.1.4.7000.102.16385'), 0x004d_0000 + 0x8001);
    assert.equal(table.oid(0x004d_8001), '1.2.840.113556.1.4.7000.102.16385');
  });

  // [MS-DRSR] 5.16.4: its examples that are no attributes, and 5.16.3.8.
  const classes: [type: number, oid: string][] = [
    [0x0001_0002, '2.5.6.2'],
    [0x0001_0005, '2.5.6.5'],
    [0x0003_0017, '1.2.840.113556.1.3.23'],
    [0x0008_0001, '2.5.5.1'],
  ];
  for (const [type, oid] of classes) {
    it(`gives ${oid} for 0x${type.toString(16)}`, () => {
      const entries = [
        [1, '5506'],
        [3, '2a864886f7140103'],
        [8, '5505'],
      ] as const;
      assert.equal(PrefixTable.of(entries).oid(type), oid);
      assert.equal(PrefixTable.wellKnown().oid(type), undefined);
    });
  }

  it('gives back the OID of every number that it gives', () => {
    const arc = fc.bigInt(0n, 1n << 130n);
    const oid = fc
      .tuple(fc.nat(2), fc.nat(39), fc.array(arc, { minLength: 1, maxLength: 8 }))
      .map((parts) => parts.flat().join('.'));
    fc.assert(
      fc.property(fc.array(oid, { minLength: 1, maxLength: 20 }), (oids) => {
        const table = PrefixTable.holding(oids);
        for (const oid of oids) assert.equal(table.oid(table.attributeType(oid) ?? 0), oid);
      }),
    );
  });

  it('keeps the schema signature apart from the prefix that has its index', () => {
    const table = PrefixTable.of([
      [0, '5504'],
      [0, `ff${'01'.repeat(20)}`],
    ]);
    assert.equal(table.oid(3), '2.5.4.3');
  });

  it('is refused with two prefixes under one index: a number would be two attributes', () => {
    assert.throws(() => PrefixTable.read(twoUnderNine('5504'), 2), { code: 'ERR_WIRE_MALFORMED' });
    assert.doesNotThrow(() => PrefixTable.read(twoUnderNine('2a864886f7140104'), 2));
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
    assert.deepEqual(encodeOid('2.25.340282366920938463463374607431768211455'), unhex(`6983${'ff'.repeat(17)}7f`));
    for (const text of ['', '1', '3.1', '1.40', '1.2.', '1.-2', 'cn']) assert.throws(() => encodeOid(text), TypeError);
  });

  it('decodes them, and says which are cut short', () => {
    for (const oid of ['0.9.2342', '1.39.0', '2.5.6.2', '2.999.3']) assert.equal(decodeOid(encodeOid(oid)), oid);
    for (const bytes of ['', '2a86', '80']) assert.equal(decodeOid(unhex(bytes)), undefined);
  });
});

/** A table that gives one prefix the index 77. */
function readTable(prefix: string): PrefixTable {
  const bytes = unhex(prefix);
  const writer = new NdrWriter().maxCount(1).u32(77).u32(bytes.length).pointer(true).conformantBytes(bytes);
  return PrefixTable.read(new NdrReader(writer.finish(), 'test'), 1);
}

/** A table on the wire with two prefixes under index 9. */
function twoUnderNine(second: string): NdrReader {
  const writer = new NdrWriter();
  PrefixTable.of([
    [9, '2a864886f7140104'],
    [9, second],
  ]).write(writer);
  return new NdrReader(writer.finish(), 'test');
}
