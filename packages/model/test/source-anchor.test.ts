import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorOfObjectId } from '@causeway/model';

test('the anchor of an object without a source is the wire form of its object id', () => {
  const wire = Buffer.from('10b8a76bad9dd11180b400c04fd430c8', 'hex').toString('base64');
  assert.equal(anchorOfObjectId('6ba7b810-9dad-11d1-80b4-00c04fd430c8'), wire);
});
