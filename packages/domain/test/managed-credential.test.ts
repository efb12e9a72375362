import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSupplementalCredentials } from '@ad-protocols/credentials';
import { MalformedError } from '@ad-protocols/wire';
import { rebuildCredential, wipeManagedCredential } from '../src/managed-credential.ts';
import { credentialOf, plaintextOf } from './fixtures.ts';

test('hash, keys, salt, iteration count and time come out as they went in', () => {
  const rebuilt = rebuildCredential(plaintextOf());
  const { ntHash, kerberos, passwordLastSet } = credentialOf();
  assert.deepEqual(rebuilt.unicodePwd, ntHash);
  assert.equal(rebuilt.passwordLastSet, passwordLastSet);
  assert.ok(rebuilt.supplementalCredentials);
  assert.deepEqual(decodeSupplementalCredentials(rebuilt.supplementalCredentials), {
    kerberos,
    packages: ['Kerberos-Newer-Keys', 'Kerberos'],
  });
});

test('what the credential does not have is not made up', () => {
  assert.equal(rebuildCredential(plaintextOf({ ntHash: undefined })).unicodePwd, undefined);
  assert.equal(rebuildCredential(plaintextOf({ kerberos: undefined })).supplementalCredentials, undefined);
});

test('a plaintext of a later format is refused', () => {
  const plaintext = plaintextOf();
  plaintext[0] = 9;
  assert.throws(() => rebuildCredential(plaintext), MalformedError);
});

test('after wiping, neither hash nor keys are left', () => {
  const rebuilt = rebuildCredential(plaintextOf());
  wipeManagedCredential(rebuilt);
  assert.deepEqual(rebuilt.unicodePwd, new Uint8Array(16));
  assert.ok(rebuilt.supplementalCredentials?.every((byte) => byte === 0));
});
