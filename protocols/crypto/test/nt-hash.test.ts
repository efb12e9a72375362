import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ntHash } from '@ad-protocols/crypto';

const vectors: readonly (readonly [source: string, password: string, hash: string])[] = [
  ['[MS-NLMP] 4.2.2.1.2, NTOWFv1', 'Password', 'a4f49c406510bdcab6824ee7c30fd852'],
  ["DSInternals' NTHashTester", 'Pa$$w0rd', '92937945b518814341de3f726500d4ff'],
  ['MD4 of nothing, RFC 1320 A.5', '', '31d6cfe0d16ae931b73c59d7e0c089c0'],
];

for (const [source, password, hash] of vectors) {
  test(`the NT hash of a published password is the published one: ${source}`, () => {
    assert.equal(Buffer.from(ntHash(password)).toString('hex'), hash);
  });
}
