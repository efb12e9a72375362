import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  compareCredentialVersions,
  formatCredentialVersion,
  parseCredentialVersion,
  type CredentialVersion,
} from '@causeway/model';

const base: CredentialVersion = {
  version: 3,
  changedAt: '2026-11-22T18:40:00Z',
  originatingDsa: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
};

const anyVersion = fc.record(
  {
    version: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    changedAt: fc
      .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => `${date.toISOString().slice(0, 19)}Z`),
    originatingDsa: fc.uuid(),
  },
  { noNullPrototype: true },
);

describe('the order of credential versions is that of conflict resolution', () => {
  const newer: [string, CredentialVersion][] = [
    ['a higher version, whatever the time', { ...base, version: 4, changedAt: '2020-01-01T00:00:00Z' }],
    ['the same version, set later', { ...base, changedAt: '2026-11-22T18:40:01Z' }],
    [
      'the same version and time, on the DC with the higher id',
      { ...base, originatingDsa: 'ffffffff-9dad-11d1-80b4-00c04fd430c8' },
    ],
  ];
  for (const [what, version] of newer) {
    test(`newer is ${what}`, () => {
      assert.ok(compareCredentialVersions(version, base) > 0);
      assert.ok(compareCredentialVersions(base, version) < 0);
    });
  }

  test('a version is as old as itself', () => {
    assert.equal(compareCredentialVersions(base, { ...base }), 0);
  });

  test('any two have an order, and sorting does not depend on where they started', () => {
    fc.assert(
      fc.property(fc.array(anyVersion, { maxLength: 8 }), (versions) => {
        const sorted = versions.toSorted(compareCredentialVersions);
        const again = versions.toReversed().toSorted(compareCredentialVersions);
        assert.deepEqual(sorted.map(formatCredentialVersion), again.map(formatCredentialVersion));
      }),
    );
  });
});

describe('the text of a credential version', () => {
  test('goes both ways', () => {
    assert.equal(formatCredentialVersion(base), '3@2026-11-22T18:40:00Z@6ba7b810-9dad-11d1-80b4-00c04fd430c8');
    fc.assert(
      fc.property(anyVersion, (version) => {
        assert.deepEqual(parseCredentialVersion(formatCredentialVersion(version)), version);
      }),
    );
  });

  test('is refused in any other form', () => {
    const text = formatCredentialVersion(base);
    for (const wrong of ['', text.slice(1), `${text} `, text.replace('Z', ''), text.replace('@', ' '), `x${text}`]) {
      assert.equal(parseCredentialVersion(wrong), undefined, wrong);
    }
  });
});
