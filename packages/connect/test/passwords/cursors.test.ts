import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseGuid } from '@ad-protocols/wire';
import { formatCredentialCursor, parseCredentialCursor, placeToGoOn } from '../../src/passwords/credential-cursor.ts';
import { formatObjectCursor, newRun, parseObjectCursor, usnToGoOn } from '../../src/objects/object-cursor.ts';

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

suite('going on from the cursor that the directory holds', () => {
  const other = parseGuid('ba1cf274-2a8b-4ae1-a65a-cd798ec81c98');

  test('object sync goes on within the same copy of the database, from the last finished read', () => {
    const at = (usn: bigint, batch?: { run: string; number: number }): string =>
      formatObjectCursor({ invocationId, usn, batch });
    assert.equal(usnToGoOn(at(4038n), invocationId), 4038n);
    assert.equal(usnToGoOn(at(4038n, { run: '1a2b3c4d', number: 2 }), invocationId), 4038n);
    assert.equal(usnToGoOn(at(0n, { run: '1a2b3c4d', number: 2 }), invocationId), undefined);
    assert.equal(usnToGoOn(at(4038n), other), undefined);
    assert.equal(usnToGoOn('something else', invocationId), undefined);
    assert.equal(usnToGoOn(null, invocationId), undefined);
  });

  test('password hash sync goes on for the same key and domain, and with attributes that were read before', () => {
    const keyId = 'b56f35dd78f703ed';
    const replication =
      `drsr1;nc=${other};attributes=pwdLastSet,unicodePwd;source=${invocationId};` +
      `usn=4038,0,4038;utd=${invocationId}:4038`;
    const stored = formatCredentialCursor({ keyId, replication });
    const now = { keyId, domainGuid: other, attributes: ['unicodePwd'] as const };
    assert.equal(placeToGoOn(stored, now)?.usnVector.propertyUpdate, 4038n);
    assert.equal(placeToGoOn(stored, { ...now, keyId: '0011223344556677' }), undefined);
    assert.equal(placeToGoOn(stored, { ...now, domainGuid: invocationId }), undefined);
    assert.equal(placeToGoOn(stored, { ...now, attributes: ['unicodePwd', 'sAMAccountName'] }), undefined);
    assert.equal(placeToGoOn(`c1:${keyId}:damaged`, now), undefined);
    assert.equal(placeToGoOn(null, now), undefined);
  });
});
