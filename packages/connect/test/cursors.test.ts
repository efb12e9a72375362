import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseGuid } from '@causeway/wire';
import { formatCredentialCursor, parseCredentialCursor } from '../src/credential-cursor.ts';
import { formatObjectCursor, newRun, parseObjectCursor } from '../src/object-cursor.ts';

const invocationId = parseGuid('60744ccf-605a-4e92-b405-6181c914209f');

function firstCursorOf(run: string): string {
  return formatObjectCursor({ invocationId, usn: 7n, batch: { run, number: 1 } });
}

suite('cursors of object sync', () => {
  test('a finished read comes back as it was written', () => {
    const text = 'o1:60744ccf-605a-4e92-b405-6181c914209f:18446744073709551615';
    assert.deepEqual(parseObjectCursor(text), { invocationId, usn: 18_446_744_073_709_551_615n });
    assert.equal(formatObjectCursor({ invocationId, usn: 18_446_744_073_709_551_615n }), text);
  });

  test('a batch of an unfinished read comes back as it was written', () => {
    const cursor = { invocationId, usn: 0n, batch: { run: '1a2b3c4d', number: 12 } };
    assert.equal(formatObjectCursor(cursor), 'o1:60744ccf-605a-4e92-b405-6181c914209f:0:1a2b3c4d.12');
    assert.deepEqual(parseObjectCursor(formatObjectCursor(cursor)), cursor);
  });

  test('two reads give different cursors', () => {
    assert.notEqual(firstCursorOf(newRun()), firstCursorOf(newRun()));
  });

  test('anything else is no cursor', () => {
    for (const text of [
      '',
      'o1:',
      'o2:60744ccf-605a-4e92-b405-6181c914209f:1',
      'o1:60744ccf-605a-4e92-b405-6181c914209:1',
      'o1:------------------------------------:1',
      'o1:60744ccf-605a-4e92-b405-6181c914209f:-1',
      'o1:60744ccf-605a-4e92-b405-6181c914209f:1:zz.1',
      'o1:60744ccf-605a-4e92-b405-6181c914209f:1 ',
    ]) {
      assert.equal(parseObjectCursor(text), undefined, text);
    }
  });
});

suite('cursors of password hash sync', () => {
  test('key and place come back as they were written, whatever the place contains', () => {
    const cursor = { keyId: 'b56f35dd78f703ed', replication: 'drsr1;usn=1,0,1;utd=a:1,b:2' };
    assert.equal(formatCredentialCursor(cursor), 'c1:b56f35dd78f703ed:drsr1;usn=1,0,1;utd=a:1,b:2');
    assert.deepEqual(parseCredentialCursor(formatCredentialCursor(cursor)), cursor);
  });

  test('anything else is no cursor', () => {
    for (const text of [
      '',
      'c1:',
      'c1:b56f35dd78f703ed:',
      'c1:B56F35DD78F703ED:x',
      'c2:b56f35dd78f703ed:x',
      'drsr1;',
    ]) {
      assert.equal(parseCredentialCursor(text), undefined, text);
    }
  });
});
