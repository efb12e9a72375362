import assert from 'node:assert/strict';
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto';
import { test } from 'node:test';
import type { SealBinding } from '@causeway/model';
import { CredentialOpener, generateTenantKeyPair, type TenantKeyPair } from '@causeway/seal/open';
import { CredentialSealer } from '@causeway/seal/seal';
import * as fc from 'fast-check';

const binding: SealBinding = {
  tenant: 'contoso',
  anchor: 'AAECAwQFBgcICQoLDA0ODw==',
  version: { version: 3, changedAt: '2026-11-22T18:40:00Z', originatingDsa: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
};
const plaintext = new TextEncoder().encode('what is sealed');
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function sealOne(keyPair: TenantKeyPair): Promise<Uint8Array> {
  const batch = await (await CredentialSealer.create(keyPair)).startBatch();
  return await batch.seal(binding, plaintext);
}

test('what is sealed opens with the same binding, for anything of any length', async () => {
  const keyPair = generateTenantKeyPair();
  const sealer = await CredentialSealer.create({ publicKey: keyPair.publicKey });
  const opener = await CredentialOpener.create({ privateKey: keyPair.privateKey });
  const batch = await sealer.startBatch();
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string(), fc.uint8Array({ maxLength: 300 }), async (tenant, anchor, secret) => {
      const bound = { ...binding, tenant, anchor };
      const sealed = await batch.seal(bound, secret);
      assert.equal(sealed.length, 69 + secret.length);
      assert.deepEqual(await opener.open(bound, sealed), secret);
    }),
  );
});

test('sealer, opener, batch and key pair all give the same key id: the start of the SHA-256 of the public key', async () => {
  const keyPair = generateTenantKeyPair();
  const sealer = await CredentialSealer.create(keyPair);
  const opener = await CredentialOpener.create(keyPair);
  const expected = createHash('sha256').update(keyPair.publicKey).digest('hex').slice(0, 16);
  const batch = await sealer.startBatch();
  assert.deepEqual([keyPair.keyId, sealer.keyId, opener.keyId, batch.keyId], Array(4).fill(expected));
  assert.deepEqual(opener.publicKey, keyPair.publicKey);
});

test('the bytes have the documented layout, share the encapsulated key in a batch, and nothing else', async () => {
  const keyPair = generateTenantKeyPair();
  const sealer = await CredentialSealer.create(keyPair);
  const [batch, other] = [await sealer.startBatch(), await sealer.startBatch()];
  const [first, second, third] = await Promise.all([
    batch.seal(binding, plaintext),
    batch.seal(binding, plaintext),
    other.seal(binding, plaintext),
  ]);
  assert.equal(first[0], 1);
  assert.equal(toHex(first.subarray(1, 9)), keyPair.keyId);
  assert.deepEqual(first.subarray(0, 41), second.subarray(0, 41));
  assert.notDeepEqual(first.subarray(41, 53), second.subarray(41, 53), 'the nonce');
  assert.notDeepEqual(first.subarray(53), second.subarray(53), 'the ciphertext');
  assert.notDeepEqual(first.subarray(9, 41), third.subarray(9, 41), 'the encapsulated key of another batch');
  assert.equal(first.length, 53 + plaintext.length + 16);
});

/** HKDF-Expand and HKDF-Extract with HPKE's labels, RFC 9180 §4, by node's HMAC alone. */
function labeledExtract(suiteId: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer {
  return createHmac('sha256', salt)
    .update(Buffer.concat([Buffer.from('HPKE-v1'), suiteId, Buffer.from(label), ikm]))
    .digest();
}
function labeledExpand(suiteId: Buffer, secret: Buffer, label: string, context: Buffer): Buffer {
  const labeled = Buffer.concat([Buffer.from([0, 32]), Buffer.from('HPKE-v1'), suiteId, Buffer.from(label), context]);
  return createHmac('sha256', secret)
    .update(labeled)
    .update(Buffer.from([1]))
    .digest();
}

test('a sealed credential opens by RFC 9180 alone, without any code of ours or of the library', async () => {
  const { publicKey, privateKey, keyId } = generateTenantKeyPair();
  const sealed = Buffer.from(await sealOne({ publicKey, privateKey, keyId }));
  const enc = sealed.subarray(9, 41);
  const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), enc]);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), privateKey]);
  const shared = diffieHellman({
    privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  });

  const none = Buffer.alloc(0);
  const kemId = Buffer.from('4b454d0020', 'hex');
  const extracted = labeledExtract(kemId, none, 'eae_prk', shared);
  const secret = labeledExpand(kemId, extracted, 'shared_secret', Buffer.concat([enc, publicKey]));
  const hpkeId = Buffer.from('48504b45002000010002', 'hex');
  const pskIdHash = labeledExtract(hpkeId, none, 'psk_id_hash', none);
  const infoHash = labeledExtract(hpkeId, none, 'info_hash', Buffer.from('causeway sealed credential 1'));
  const schedule = Buffer.concat([Buffer.from([0]), pskIdHash, infoHash]);
  const exporterSecret = labeledExpand(hpkeId, labeledExtract(hpkeId, secret, 'secret', none), 'exp', schedule);

  const version = '3@2026-11-22T18:40:00Z@6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  const bound = Buffer.from(`[1,"${keyId}","contoso","AAECAwQFBgcICQoLDA0ODw==","${version}"]`);
  const decipher = createDecipheriv(
    'aes-256-gcm',
    labeledExpand(hpkeId, exporterSecret, 'sec', bound),
    sealed.subarray(41, 53),
  );
  decipher.setAAD(bound).setAuthTag(sealed.subarray(-16));
  const opened = Buffer.concat([decipher.update(sealed.subarray(53, -16)), decipher.final()]);
  assert.equal(toHex(opened), toHex(plaintext));
});

test('a sealed credential with any one bit changed does not open, at every position', async () => {
  const keyPair = generateTenantKeyPair();
  const opener = await CredentialOpener.create(keyPair);
  const good = await sealOne(keyPair);
  for (let offset = 0; offset < good.length; offset += 1) {
    const bad = good.with(offset, (good[offset] ?? 0) ^ (1 << (offset & 7)));
    const code = offset === 0 ? 'ERR_SEAL_FORMAT' : offset < 9 ? 'ERR_SEAL_WRONG_KEY' : 'ERR_SEAL_NOT_AUTHENTIC';
    await assert.rejects(opener.open(binding, bad), { code }, `byte ${offset}`);
  }
  // X25519 ignores the highest bit of a public key, and HPKE binds all of it nevertheless.
  const highestBit = good.with(40, (good[40] ?? 0) ^ 0x80);
  await assert.rejects(opener.open(binding, highestBit), { code: 'ERR_SEAL_NOT_AUTHENTIC' });
});

test('a sealed credential cut anywhere, or with bytes added, does not open', async () => {
  const keyPair = generateTenantKeyPair();
  const opener = await CredentialOpener.create(keyPair);
  const good = await sealOne(keyPair);
  for (let length = 0; length < good.length; length += 1) {
    const code = length < 69 ? 'ERR_SEAL_FORMAT' : 'ERR_SEAL_NOT_AUTHENTIC';
    await assert.rejects(opener.open(binding, good.subarray(0, length)), { code }, `${length} bytes`);
  }
  await assert.rejects(opener.open(binding, Uint8Array.from([...good, 0])), { code: 'ERR_SEAL_NOT_AUTHENTIC' });
});

const { version } = binding;
const otherBindings: readonly (readonly [what: string, other: SealBinding])[] = [
  ['swapped to another user', { ...binding, anchor: 'DwECAwQFBgcICQoLDA0ODw==' }],
  ['carried to another tenant', { ...binding, tenant: 'fabrikam' }],
  ['replayed as a newer version', { ...binding, version: { ...version, version: 4 } }],
  ['replayed as an older version', { ...binding, version: { ...version, version: 2 } }],
  ['given another time', { ...binding, version: { ...version, changedAt: '2026-11-22T18:40:01Z' } }],
  [
    'given another origin',
    { ...binding, version: { ...version, originatingDsa: '6ba7b811-9dad-11d1-80b4-00c04fd430c8' } },
  ],
  ['bound with the border between tenant and user moved', { ...binding, tenant: 'contoso","AAECAwQ', anchor: '' }],
];

for (const [what, other] of otherBindings) {
  test(`a sealed credential ${what} does not open, and the error names the user and no secret`, async () => {
    const keyPair = generateTenantKeyPair();
    const opener = await CredentialOpener.create(keyPair);
    const sealed = await sealOne(keyPair);
    await assert.rejects(opener.open(other, sealed), (error: Error & { code?: string; nextStep?: string }) => {
      assert.equal(error.code, 'ERR_SEAL_NOT_AUTHENTIC');
      assert.ok(error.message.includes(other.anchor) && error.nextStep);
      return true;
    });
  });
}

test("a credential sealed to another tenant's key is refused by its key id, and both ids are named", async () => {
  const [mine, theirs] = [generateTenantKeyPair(), generateTenantKeyPair()];
  const opener = await CredentialOpener.create(mine);
  await assert.rejects(opener.open(binding, await sealOne(theirs)), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'ERR_SEAL_WRONG_KEY');
    assert.ok(error.message.includes(mine.keyId) && error.message.includes(theirs.keyId));
    return true;
  });
});

test('a credential sealed to another key that claims to be sealed to this one does not open', async () => {
  const [mine, theirs] = [generateTenantKeyPair(), generateTenantKeyPair()];
  const opener = await CredentialOpener.create(mine);
  const forged = await sealOne(theirs);
  forged.set(Buffer.from(mine.keyId, 'hex'), 1);
  await assert.rejects(opener.open(binding, forged), { code: 'ERR_SEAL_NOT_AUTHENTIC' });
});

test('keys that are no keys are refused where they are given', async () => {
  for (const length of [0, 31, 33]) {
    await assert.rejects(CredentialSealer.create({ publicKey: new Uint8Array(length) }), { code: 'ERR_SEAL_KEY' });
    await assert.rejects(CredentialOpener.create({ privateKey: new Uint8Array(length) }), { code: 'ERR_SEAL_KEY' });
  }
  // A point of low order: every secret agreed on with it is zero.
  await assert.rejects(CredentialSealer.create({ publicKey: new Uint8Array(32) }), { code: 'ERR_SEAL_KEY' });
});

test('an encapsulated key of low order does not open', async () => {
  const keyPair = generateTenantKeyPair();
  const opener = await CredentialOpener.create(keyPair);
  const bad = await sealOne(keyPair);
  bad.fill(0, 9, 41);
  await assert.rejects(opener.open(binding, bad), { code: 'ERR_SEAL_NOT_AUTHENTIC' });
});

test('an opener opens credentials of more batches than it keeps contexts for, in any order', async () => {
  const keyPair = generateTenantKeyPair();
  const sealer = await CredentialSealer.create(keyPair);
  const opener = await CredentialOpener.create(keyPair);
  const sealed = await Promise.all(
    Array.from({ length: 40 }, async () => await (await sealer.startBatch()).seal(binding, plaintext)),
  );
  for (const bytes of [...sealed, ...sealed.toReversed()]) {
    assert.deepEqual(await opener.open(binding, bytes), plaintext);
  }
});

test('sealing and opening leave keys and plaintext of the caller as they were', async () => {
  const keyPair = generateTenantKeyPair();
  const before = { publicKey: toHex(keyPair.publicKey), privateKey: toHex(keyPair.privateKey) };
  const secret = plaintext.slice();
  const sealer = await CredentialSealer.create(keyPair);
  const opener = await CredentialOpener.create(keyPair);
  const sealed = await (await sealer.startBatch()).seal(binding, secret);
  const sealedBefore = toHex(sealed);
  await opener.open(binding, sealed);
  assert.deepEqual(secret, plaintext);
  assert.equal(toHex(sealed), sealedBefore);
  assert.deepEqual({ publicKey: toHex(keyPair.publicKey), privateKey: toHex(keyPair.privateKey) }, before);
});
