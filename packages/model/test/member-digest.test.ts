import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memberDigestBytes, toggleMember } from '@causeway/model';

const anchors = Array.from({ length: 50 }, (_, index) => Buffer.alloc(16, index).toString('base64'));

function digestOf(members: readonly string[]): string {
  const digest = new Uint8Array(memberDigestBytes);
  for (const member of members) toggleMember(digest, member);
  return Buffer.from(digest).toString('hex');
}

describe('the digest of members', () => {
  test('of none is zero', () => assert.equal(digestOf([]), '00'.repeat(16)));
  test('of one is the beginning of its SHA-256', () => {
    // SHA-256 of the text AAAAAAAAAAAAAAAAAAAAAA==, as the sha256sum program computes it.
    assert.equal(digestOf(['AAAAAAAAAAAAAAAAAAAAAA==']), '2a76bda1b6807f089cef78d109061cd9');
  });
  test('does not depend on the order', () => assert.equal(digestOf(anchors), digestOf(anchors.toReversed())));
  test('is as before when a member has come and gone', () => {
    assert.equal(digestOf([...anchors, anchors[7] ?? '']), digestOf(anchors.toSpliced(7, 1)));
  });
  test('is another for other members', () => assert.notEqual(digestOf(anchors), digestOf(anchors.slice(1))));
});
