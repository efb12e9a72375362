import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  application,
  applicationTag,
  bitString,
  boolean,
  contextTag,
  DerReader,
  encodeBer,
  explicit,
  generalString,
  integer,
  kerberosTime,
  objectIdentifier,
  octets,
  sequence,
  tags,
} from '@ad-protocols/asn1';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import * as fc from 'fast-check';

const read = (bytes: Uint8Array): DerReader => new DerReader(bytes, 'vector');

const readSome = (reader: DerReader): void => {
  reader.optional(0, (inner) => inner.integer());
  reader.optional(1, (inner) => inner.sequence().skipExtensions());
  reader.optional(2, (inner) => inner.kerberosTime());
  reader.optional(3, (inner) => inner.objectIdentifier());
  reader.skipExtensions();
};

describe('what is written in DER', () => {
  // ITU-T X.690 sections 8.3, 8.6, 8.19 and 11.7; the identifiers are those of SPNEGO and Kerberos (RFC 4178, RFC 4121).
  const vectors: [string, Parameters<typeof encodeBer>[0], string][] = [
    ['-1', integer(-1), '0201ff'],
    ['-128', integer(-128), '020180'],
    ['-129', integer(-129), '0202ff7f'],
    ['-135, the weakest of RC4', integer(-135), '0202ff79'],
    ['2^32-1', integer(0xffff_ffff), '020500ffffffff'],
    ['2^63-1', integer(2n ** 63n - 1n), '02087fffffffffffffff'],
    ['-2^63', integer(-(2n ** 63n)), '02088000000000000000'],
    ['SPNEGO', objectIdentifier('1.3.6.1.5.5.2'), '06062b0601050502'],
    ['Kerberos', objectIdentifier('1.2.840.113554.1.2.2'), '06092a864886f712010202'],
    ['NTLM', objectIdentifier('1.3.6.1.4.1.311.2.2.10'), '060a2b06010401823702020a'],
    ['a first arc of 2', objectIdentifier('2.999.3'), '0603883703'],
    ['a realm', generalString('EXAMPLE'), '1b074558414d504c45'],
    ['a time', kerberosTime(Date.UTC(1994, 5, 10, 6, 3, 17, 999)), '180f31393934303631303036303331375a'],
    ['flags', bitString(hex('40810010')), '03050040810010'],
    ['18 bits', bitString(hex('0a3b40'), 6), '0304060a3b40'],
    ['true', boolean(true), '0101ff'],
    ['a field', explicit(3, integer(5)), 'a303020105'],
    ['an AS-REQ', application(10, sequence([])), '6a023000'],
  ];
  for (const [name, element, bytes] of vectors)
    it(`${name} is ${bytes}`, () => {
      assert.deepEqual(encodeBer(element), hex(bytes));
    });
});

describe('what is read from DER', () => {
  it('comes back as it was written', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const arcs = fc
      .tuple(fc.integer({ min: 0, max: 39 }), fc.array(fc.maxSafeNat(), { maxLength: 8 }))
      .map(([second, more]) => ['1', second, ...more].join('.'));
    const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
    fc.assert(
      fc.property(
        fc.record({
          number: int64,
          oid: arcs,
          time: seconds,
          text: fc.string({ unit: 'grapheme' }),
          bytes: fc.uint8Array(),
        }),
        ({ number, oid, time, text, bytes }) => {
          const encoded = encodeBer(
            application(
              1,
              sequence([
                explicit(0, integer(number)),
                explicit(1, objectIdentifier(oid)),
                explicit(3, kerberosTime(time * 1000)),
                explicit(4, generalString(text)),
                explicit(5, octets(bytes)),
                explicit(6, bitString(bytes)),
                explicit(30, sequence([integer(1), integer(2)])),
              ]),
            ),
          );
          const whole = read(encoded);
          const fields = whole.application(1).sequence();
          whole.end();
          assert.equal(
            fields.explicit(0, (inner) => inner.bigInteger()),
            number,
          );
          assert.equal(
            fields.explicit(1, (inner) => inner.objectIdentifier()),
            oid,
          );
          assert.equal(
            fields.optional(2, (inner) => inner.boolean()),
            undefined,
          );
          assert.equal(
            fields.optional(3, (inner) => inner.kerberosTime()),
            time * 1000,
          );
          assert.equal(
            fields.explicit(4, (inner) => inner.generalString()),
            text,
          );
          assert.deepEqual(
            fields.explicit(5, (inner) => inner.octetString()),
            bytes,
          );
          assert.deepEqual(
            fields.explicit(6, (inner) => inner.bitString()),
            { bytes, unusedBits: 0 },
          );
          assert.deepEqual(
            fields.explicit(30, (inner) => inner.sequenceOf((each) => each.integer())),
            [1, 2],
          );
          fields.end();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps an element as it came', () => {
    const reader = read(hex('6103020105 3000'));
    assert.deepEqual(reader.encoded(), hex('6103020105'));
    assert.equal(reader.nextTag, tags.sequence);
    assert.deepEqual(reader.encoded(), hex('3000'));
    assert.equal(reader.nextTag, undefined);
    assert.throws(() => reader.encoded(), TruncatedError);
  });

  it('passes over fields of a later version only where it is told to', () => {
    const bytes = hex('3008 a003020101 a9 01 00');
    const fields = read(bytes).sequence();
    fields.explicit(0, (inner) => inner.integer());
    assert.throws(() => {
      fields.end();
    }, MalformedError);
    fields.skipExtensions();
    fields.end();
  });

  it('is refused when it is cut short anywhere', () => {
    const bytes = encodeBer(application(1, sequence([explicit(0, generalString('a'.repeat(200))), integer(-5)])));
    assertEveryTruncationRefused(bytes, (cut) => {
      const fields = read(cut).application(1).sequence();
      fields.explicit(0, (inner) => inner.generalString());
      fields.integer();
      fields.end();
    });
  });
});

describe('what DER forbids is refused', () => {
  const malformed: [string, string, (reader: DerReader) => unknown][] = [
    ['a length in the long form that fits the short one', '04810161', (r) => r.octetString()],
    ['a length with a leading zero', `04820080${'00'.repeat(128)}`, (r) => r.octetString()],
    ['an indefinite length', '30800000', (r) => r.sequence()],
    ['a length of five bytes', '04850000000001', (r) => r.octetString()],
    ['another tag', '0401ff', (r) => r.integer()],
    ['a number without bytes', '0200', (r) => r.integer()],
    ['a number with a leading 00', '0202007f', (r) => r.integer()],
    ['a number with a leading FF', '0202ff80', (r) => r.integer()],
    ['a number of nine bytes', '0209008000000000000000', (r) => r.bigInteger()],
    ['a number out of range', '020500ffffffff', (r) => r.integer()],
    ['a negative number where there is none', '0201ff', (r) => r.integer(0)],
    ['a negative ENUMERATED', '0a01ff', (r) => r.enumerated()],
    ['a BOOLEAN of 1', '010101', (r) => r.boolean()],
    ['a BOOLEAN without bytes', '0100', (r) => r.boolean()],
    ['a BOOLEAN of two bytes', '0102ffff', (r) => r.boolean()],
    ['a BIT STRING without its first byte', '0300', (r) => r.bitString()],
    ['a BIT STRING with unused bits and no byte', '030101', (r) => r.bitString()],
    ['a BIT STRING with eight unused bits', '03020800', (r) => r.bitString()],
    ['a BIT STRING with an unused bit set', '03020101', (r) => r.bitString()],
    ['text that is not UTF-8', '1b02c328', (r) => r.generalString()],
    ['a time with a fraction', '181131393934303631303036303331372e355a', (r) => r.kerberosTime()],
    ['a time without a zone', '180e3139393430363130303630333137', (r) => r.kerberosTime()],
    ['the 31st of June', '180f31393934303633313036303331375a', (r) => r.kerberosTime()],
    ['the hour 24', '180f31393934303631303234303030305a', (r) => r.kerberosTime()],
    ['an arc with a leading zero', '06032a8001', (r) => r.objectIdentifier()],
    ['an arc of more than 2^53', '06092affffffffffffff7f', (r) => r.objectIdentifier()],
    ['two elements in a field', 'a006020101020102', (r) => r.explicit(0, (inner) => inner.integer())],
    ['fields out of order', 'a103020101', (r) => r.explicit(0, (inner) => inner.integer())],
  ];
  for (const [name, bytes, decode] of malformed)
    it(name, () => {
      assert.throws(() => decode(read(hex(bytes))), MalformedError);
    });

  it('an object identifier that ends inside an arc', () => {
    for (const bytes of ['0600', '06022a86'])
      assert.throws(() => read(hex(bytes)).objectIdentifier(), TruncatedError, bytes);
  });

  it('a length far beyond the end', () => {
    assert.throws(() => read(hex('0484ffffffff00')).octetString(), TruncatedError);
  });

  it('any bytes give a value or a named error', () => {
    const tag = fc.constantFrom<number>(...Object.values(tags), contextTag(0), contextTag(1), applicationTag(1));
    const noise = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), tag, fc.integer({ min: 0, max: 8 })));
    fc.assert(
      fc.property(noise, (bytes) => {
        try {
          readSome(read(Uint8Array.from(bytes)));
        } catch (error) {
          assert.ok(error instanceof TruncatedError || error instanceof MalformedError, String(error));
        }
      }),
    );
  });
});
