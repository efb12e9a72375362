import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatReplicationCursor } from '@ad-protocols/drsr';
import { parseGuid } from '@ad-protocols/wire';
import {
  beginning,
  formatCredentialCursor,
  parseCredentialCursor,
  placeToGoOn,
} from '../../src/passwords/credential-cursor.ts';
import { placeOf, StreamPlace } from '../../src/passwords/stream-place.ts';

const invocationId = parseGuid('60744ccf-605a-4e92-b405-6181c914209f');

suite('cursors of password hash sync', () => {
  const keyId = 'b56f35dd78f703ed';
  const place = 'drsr1;usn=1,0,1;utd=a:1,b:2';
  const rows = [
    { cursor: { keyId, place }, text: `c1:${keyId}:${place}` },
    { cursor: { keyId, place, part: { run: '1a2b3c4d', number: 12 } }, text: `c1:${keyId}:${place}#1a2b3c4d.12` },
    { cursor: { keyId, place: beginning, part: { run: '1a2b3c4d', number: 1 } }, text: `c1:${keyId}:#1a2b3c4d.1` },
  ];
  for (const { cursor, text } of rows) {
    test(`${text} comes back as it was written`, () => {
      assert.equal(formatCredentialCursor(cursor), text);
      assert.deepEqual(parseCredentialCursor(text), cursor);
    });
  }

  test('anything else is no cursor', () => {
    for (const text of [
      '',
      'c1:',
      'c1:b56f35dd78f703ed:',
      'c1:B56F35DD78F703ED:x',
      'c2:b56f35dd78f703ed:x',
      'c1:b56f35dd78f703ed:x#1a2b3c4d',
      'c1:b56f35dd78f703ed:x#1a2b3c4d.1.2',
      `c1:b56f35dd78f703ed:x#1a2b3c4d.${'9'.repeat(10)}`,
      'drsr1;',
      '#'.repeat(100_000),
    ]) {
      assert.equal(parseCredentialCursor(text), undefined, text.slice(0, 80));
    }
  });
});

suite('the place of a stream', () => {
  const keyId = 'b56f35dd78f703ed';
  const at = (place: string): string => formatCredentialCursor({ keyId, place });

  test('batches within a page lead to where it began, each to another cursor, and the last to its end', () => {
    const stream = new StreamPlace(keyId, at('a'));
    const parts = [stream.part(), stream.part()];
    assert.deepEqual(
      parts.map(({ to }) => placeOf(to)),
      ['a', 'a'],
    );
    assert.notEqual(parts[0]?.to, parts[1]?.to);
    assert.deepEqual(stream.end('b'), { to: at('b'), anew: false });
    assert.equal(placeOf(stream.part().to), 'b');
  });

  test('a stream that begins anew says so once, and claims nothing of what was read before', () => {
    const stream = new StreamPlace(keyId, at('a'));
    stream.restart();
    const first = stream.part();
    assert.deepEqual([first.anew, placeOf(first.to)], [true, beginning]);
    assert.equal(stream.part().anew, false);
  });

  test('until a page is acknowledged the directory may be at any place since the last acknowledgement', () => {
    const stream = new StreamPlace(keyId, at('a'));
    stream.end('b');
    assert.deepEqual(stream.possible('c'), ['a', 'b', 'c']);
    stream.acknowledge(at('b'));
    assert.deepEqual(stream.possible('c'), ['b', 'c']);
  });

  test('no cursor and a cursor of another release have no place', () => {
    assert.deepEqual([placeOf(null), placeOf('something else')], [beginning, beginning]);
  });
});

suite('going on from the cursor that the directory holds', () => {
  const other = parseGuid('ba1cf274-2a8b-4ae1-a65a-cd798ec81c98');

  test('password hash sync goes on for the same key and domain, and with attributes that were read before', () => {
    const keyId = 'b56f35dd78f703ed';
    const place =
      `drsr1;nc=${other};attributes=pwdLastSet,unicodePwd;source=${invocationId};` +
      `usn=4038,0,4038;utd=${invocationId}:4038`;
    const stored = formatCredentialCursor({ keyId, place });
    const now = { keyId, domainGuid: other, attributes: ['unicodePwd'] as const };
    assert.equal(placeToGoOn(stored, now)?.usnVector.propertyUpdate, 4038n);
    assert.equal(placeToGoOn(stored, { ...now, keyId: '0011223344556677' }), undefined);
    assert.equal(placeToGoOn(stored, { ...now, domainGuid: invocationId }), undefined);
    assert.equal(placeToGoOn(stored, { ...now, attributes: ['unicodePwd', 'sAMAccountName'] }), undefined);
    assert.equal(placeToGoOn(`c1:${keyId}:damaged`, now), undefined);
    assert.equal(placeToGoOn(null, now), undefined);
    const part = { run: '1a2b3c4d', number: 3 };
    assert.equal(placeToGoOn(formatCredentialCursor({ keyId, place, part }), now)?.usnVector.propertyUpdate, 4038n);
    assert.equal(placeToGoOn(formatCredentialCursor({ keyId, place: beginning, part }), now), undefined);
  });

  test('a domain controller that is gone stays in the vector, with whatever USN it is said to have', () => {
    const keyId = 'b56f35dd78f703ed';
    const place =
      `drsr1;nc=${other};attributes=unicodePwd;source=${invocationId};usn=7,0,7;` +
      `utd=${invocationId}:7,00000000-0000-4000-8000-000000000001:0`;
    const now = { keyId, domainGuid: other, attributes: ['unicodePwd'] as const };
    const goOn = placeToGoOn(formatCredentialCursor({ keyId, place }), now);
    assert.deepEqual(goOn?.upToDateVector.at(-1), { dsa: '00000000-0000-4000-8000-000000000001', usn: 0n });
    assert.equal(goOn && formatReplicationCursor(goOn), place);
  });
});
