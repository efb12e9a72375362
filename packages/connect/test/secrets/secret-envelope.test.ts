import assert from 'node:assert/strict';
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { isSealedSecret, openSecret, sealSecret } from '../../src/secrets/secret-envelope.ts';

const key = { machineKey: new Uint8Array(32).fill(7), machineId: '0123456789abcdef0123456789abcdef' };
const nonce = new Uint8Array(12).fill(9);
const secret = Buffer.from('correct horse');
const sealed = Buffer.from(sealSecret(secret, 'account-password', key, nonce));

describe('the envelope of a secret', () => {
  it('is AES-256-GCM under a key derived from machine key, machine id and purpose', () => {
    const line = /^causeway-secret:1:([A-Za-z0-9+/=]+)\n$/.exec(sealed.toString());
    const bytes = Buffer.from(line?.[1] ?? '', 'base64');
    assert.deepEqual(new Uint8Array(bytes.subarray(0, 12)), nonce);
    const info = 'causeway-secret:1:account-password';
    const derived = new Uint8Array(hkdfSync('sha256', key.machineKey, key.machineId, info, 32));
    const decipher = createDecipheriv('aes-256-gcm', derived, nonce).setAAD(Buffer.from('account-password'));
    decipher.setAuthTag(bytes.subarray(-16));
    assert.deepEqual(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]), secret);
  });

  it('opens to what was sealed, whatever its length and bytes', () => {
    for (const length of [0, 1, 15, 16, 17, 4096]) {
      const plain = randomBytes(length);
      const envelope = Buffer.from(sealSecret(plain, 'agent-key', key, randomBytes(12)));
      assert.ok(isSealedSecret(envelope));
      assert.deepEqual(Buffer.from(openSecret(envelope, 'agent-key', key) ?? []), plain);
    }
  });

  const another = [
    ['machine key', 'account-password', { ...key, machineKey: new Uint8Array(32).fill(8) }],
    ['machine', 'account-password', { ...key, machineId: 'fedcba9876543210fedcba9876543210' }],
    ['purpose', 'agent-key', key],
  ] as const;
  for (const [what, purpose, material] of another) {
    it(`does not open with another ${what}`, () => {
      assert.equal(openSecret(sealed, purpose, material), undefined);
    });
  }

  it('does not open when any character is another, is missing or is too many', () => {
    const text = sealed.toString().trimEnd();
    for (let index = 0; index < text.length; index += 1) {
      const damaged = text.slice(0, index) + (text[index] === 'A' ? 'h' : 'A') + text.slice(index + 1);
      assert.equal(openSecret(Buffer.from(damaged), 'account-password', key), undefined);
      assert.equal(openSecret(Buffer.from(text.slice(0, index)), 'account-password', key), undefined);
    }
    assert.equal(openSecret(Buffer.from(`${text}\n\n`), 'account-password', key), undefined);
  });

  it('is told from a secret in clear, and garbage opens to nothing', () => {
    for (const clear of ['', 'pass', 'causeway-secre', '-----BEGIN PRIVATE KEY-----']) {
      assert.equal(isSealedSecret(Buffer.from(clear)), false);
    }
    for (const text of [
      'causeway-secret:2:AAAA',
      'causeway-secret:1:',
      'causeway-secret:1:????',
      `causeway-secret:1:${'A'.repeat(1e6)}`,
    ]) {
      assert.equal(isSealedSecret(Buffer.from(text)), true);
      assert.equal(openSecret(Buffer.from(text), 'agent-key', key), undefined);
    }
    for (let round = 0; round < 500; round += 1) {
      assert.equal(openSecret(randomBytes(round), 'agent-key', key), undefined);
    }
  });
});
