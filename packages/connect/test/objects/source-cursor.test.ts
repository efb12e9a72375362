import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGuid } from '@ad-protocols/wire';
import { formatSourceCursor, hasRolledBack, parseSourceCursor } from '../../src/objects/source-cursor.ts';

const invocationId = parseGuid('6f9619ff-8b86-d011-b42d-00c04fc964ff');
const another = parseGuid('11111111-2222-3333-4444-555555555555');

describe('the cursor of a domain', () => {
  it('comes back from its text as it was', () => {
    for (const length of [1, 2, 3, 64, 5000]) {
      const cursor = { cookie: new Uint8Array(length).fill(7), invocationId, usn: 2n ** 63n };
      assert.deepEqual(parseSourceCursor(formatSourceCursor(cursor)), cursor);
    }
  });

  const garbage = [
    ['nothing', ''],
    ['a cursor of an older release', 'o1:abc'],
    ['no cookie', `d1:${invocationId}:1:`],
    ['a GUID that is none', 'd1:------------------------------------:1:AA=='],
    ['a USN that is no number', `d1:${invocationId}:x:AA==`],
    ['a USN of absurd length', `d1:${invocationId}:${'9'.repeat(10_000)}:AA==`],
    ['a cookie that is not base64', `d1:${invocationId}:1:%%%%`],
    ['more lines', `d1:${invocationId}:1:AA==\nd1:`],
  ] as const;
  for (const [what, text] of garbage) {
    it(`is none where the text is ${what}`, () => assert.equal(parseSourceCursor(text), undefined));
  }
});

describe('a domain controller that has gone back to an older state', () => {
  const cursor = { cookie: new Uint8Array(1), invocationId, usn: 100n };
  const rows = [
    ['further than the cursor', { invocationId, usn: 101n }, false],
    ['where the cursor is', { invocationId, usn: 100n }, false],
    ['behind the cursor', { invocationId, usn: 99n }, true],
    ['another one, whose numbers mean something else', { invocationId: another, usn: 1n }, false],
  ] as const;
  for (const [what, dc, expected] of rows) {
    it(`is ${expected ? 'noticed' : 'not seen'} in one that is ${what}`, () =>
      assert.equal(hasRolledBack(cursor, dc), expected));
  }
});
