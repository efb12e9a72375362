import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const source = new URL('../src/', import.meta.url);

/** Every file of this package that a file leads to by its imports. */
function reachableFrom(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(new URL(file, source), 'utf8');
  for (const [, imported = ''] of text.matchAll(/from '\.\/([\w-]+\.ts)'/g)) reachableFrom(imported, seen);
  return seen;
}

test('the door that seals never leads to the one that opens, nor the other way round', () => {
  assert.ok(!reachableFrom('seal.ts').has('open.ts'));
  assert.ok(!reachableFrom('open.ts').has('seal.ts'));
});

test('every file belongs to a door, and what decrypts belongs only to the one that opens', () => {
  const sealing = reachableFrom('seal.ts');
  const files = new Set([...sealing, ...reachableFrom('open.ts')]);
  assert.deepEqual([...files].sort(), readdirSync(source).sort());
  for (const file of sealing) {
    assert.doesNotMatch(
      readFileSync(new URL(file, source), 'utf8'),
      /Decipher|createRecipientContext|privateKey/,
      file,
    );
  }
});
