import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encodeLdif } from '../src/ldif.ts';
import { formatCommonName, textAttribute, wipeOperations, type Operation } from '../src/operation.ts';

const text = (operations: readonly Operation[]) => Buffer.from(encodeLdif(operations)).toString();
const base64 = (value: string | Uint8Array) => Buffer.from(value).toString('base64');

test('additions, modifications, renamings and deletions follow one another, names and values in base64', () => {
  const ldif = text([
    { kind: 'add', dn: 'CN=é', attributes: [textAttribute('objectClass', 'user'), textAttribute('sn', 'a', 'b')] },
    { kind: 'modify', dn: 'CN=x', replace: [textAttribute('sn', 'ä'), textAttribute('mail')] },
    { kind: 'rename', dn: 'CN=x', rdn: 'CN=y' },
    { kind: 'delete', dn: 'CN=y' },
  ]);
  assert.equal(
    ldif,
    `dn:: ${base64('CN=é')}\nchangetype: add\nobjectClass:: ${base64('user')}\nsn:: ${base64('a')}\nsn:: ${base64('b')}\n\n` +
      `dn:: ${base64('CN=x')}\nchangetype: modify\nreplace: sn\nsn:: ${base64('ä')}\n-\nreplace: mail\n-\n\n` +
      `dn:: ${base64('CN=x')}\nchangetype: modrdn\nnewrdn:: ${base64('CN=y')}\ndeleteoldrdn: 1\n\n` +
      `dn:: ${base64('CN=y')}\nchangetype: delete\n\n`,
  );
});

test('values of every length are in the base64 that Node writes', () => {
  for (let length = 0; length < 70; length += 1) {
    const value = randomBytes(length);
    const ldif = text([{ kind: 'modify', dn: 'CN=x', replace: [{ name: 'a', values: [value] }] }]);
    assert.equal(/^a:: (.*)$/m.exec(ldif)?.[1], base64(value));
  }
});

test('after wiping, no value of an operation is left', () => {
  const secret = randomBytes(16);
  const operations: Operation[] = [
    { kind: 'add', dn: 'CN=x', attributes: [{ name: 'unicodePwd', values: [secret] }] },
    { kind: 'rename', dn: 'CN=x', rdn: 'CN=y' },
    { kind: 'delete', dn: 'CN=x' },
  ];
  wipeOperations(operations);
  assert.deepEqual(secret, Buffer.alloc(16));
});

test('a common name is escaped where it would separate names', () => {
  const expected: Record<string, string> = {
    alice: 'CN=alice',
    'a,b+c"d\\e<f>g;h=i': 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\=i',
    '#a': 'CN=\\#a',
    ' a ': 'CN=\\ a\\ ',
    'a#b': 'CN=a#b',
    jürgen: 'CN=jürgen',
  };
  for (const [value, formatted] of Object.entries(expected)) assert.equal(formatCommonName(value), formatted);
});
