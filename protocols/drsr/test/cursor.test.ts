import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGuid, type Guid } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import {
  attributeNames,
  formatReplicationCursor,
  parseReplicationCursor,
  type ReplicationCursor,
} from '@ad-protocols/drsr';

const guid: fc.Arbitrary<Guid> = fc.uuid().map(parseGuid);
const usn = fc.bigInt(0n, (1n << 64n) - 1n);
const plain = { noNullPrototype: true } as const;
const cursor: fc.Arbitrary<ReplicationCursor> = fc.record(
  {
    namingContext: guid,
    attributes: fc.subarray([...attributeNames], { minLength: 1 }),
    sourceInvocationId: guid,
    usnVector: fc.record({ objectUpdate: usn, reserved: usn, propertyUpdate: usn }, plain),
    upToDateVector: fc.array(fc.record({ dsa: guid, usn }, plain), { maxLength: 5 }),
  },
  plain,
);

const example: ReplicationCursor = {
  namingContext: parseGuid('0d5c0745-4731-4a5d-96ed-c0af6acfec62'),
  attributes: ['isDeleted', 'unicodePwd'],
  sourceInvocationId: parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197'),
  usnVector: { objectUpdate: 6046n, reserved: 0n, propertyUpdate: 18_446_744_073_709_551_615n },
  upToDateVector: [{ dsa: parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197'), usn: 6046n }],
};
const text =
  'drsr1;nc=0d5c0745-4731-4a5d-96ed-c0af6acfec62;attributes=isDeleted,unicodePwd;' +
  'source=b5fea475-33a1-4880-8312-de1b2d20f197;usn=6046,0,18446744073709551615;' +
  'utd=b5fea475-33a1-4880-8312-de1b2d20f197:6046';

describe('a replication cursor', () => {
  it('is one line of ASCII text that names all it holds', () => {
    assert.equal(formatReplicationCursor(example), text);
    assert.deepEqual(parseReplicationCursor(text), example);
  });

  it('comes back from its text exactly, all 64 bits of every number', () => {
    fc.assert(
      fc.property(cursor, (cursor) => {
        const line = formatReplicationCursor(cursor);
        assert.match(line, /^[\x21-\x7e]+$/);
        assert.deepEqual(parseReplicationCursor(line), cursor);
      }),
    );
  });

  it('is not made of a text that was cut short', () => {
    // Digits cut off at the very end leave a well-formed text of another number: no format can tell.
    const lastNumber = text.lastIndexOf(':') + 1;
    for (let length = 0; length <= lastNumber; length += 1) {
      const cut = text.slice(0, length);
      assert.equal(cut.endsWith('utd=') ? undefined : parseReplicationCursor(cut), undefined, cut);
    }
  });

  const others: [why: string, text: string][] = [
    ['of another version', text.replace('drsr1', 'drsr2')],
    ['with a number above 64 bits', text.replace('18446744073709551615', '18446744073709551616')],
    ['with a negative number', text.replace('6046,', '-1,')],
    ['with a number that starts with zero', text.replace('6046,', '06046,')],
    ['with what is no name of an attribute', text.replace('unicodePwd', '1cn')],
    ['with an attribute without a name', text.replace(',unicodePwd', ',')],
    ['with a GUID in capitals', text.replace('0d5c', '0D5C')],
    ['with text before it', ` ${text}`],
    ['with a line end', `${text}\n`],
    ['with a list that ends in a comma', `${text},`],
    ['empty', ''],
  ];
  for (const [why, other] of others) {
    it(`is not made of a text ${why}`, () => assert.equal(parseReplicationCursor(other), undefined));
  }
});
