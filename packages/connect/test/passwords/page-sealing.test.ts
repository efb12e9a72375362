import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeCredential } from '@causeway/credential';
import { encodeSupplementalCredentials } from '@ad-protocols/credentials';
import { CredentialOpener, generateTenantKeyPair } from '@causeway/seal/open';
import { CredentialSealer } from '@causeway/seal/seal';
import type { CarriedCredential } from '../../src/passwords/credential-decision.ts';
import { wipeSecrets } from '@ad-protocols/drsr';
import { sealPage, type Sealed } from '../../src/passwords/page-sealing.ts';
import { dsa, replicatedObject, userAttributes } from './replicated-object.ts';

const tenant = 'contoso';
const anchor = 'dPIcugoqSuG2pc15jsgcmA==';
const version = { version: 3, changedAt: '2026-11-22T18:52:35Z', originatingDsa: dsa };
const kerberos = {
  salt: 'CORP.CONTOSO.TESTalice',
  iterationCount: 4096,
  aes256: new Uint8Array(32).fill(0x32),
  aes128: new Uint8Array(16).fill(0x16),
};

function carried(changes: Partial<CarriedCredential> = {}): CarriedCredential {
  return {
    version,
    ntHash: new Uint8Array(16).fill(0x4e),
    supplementalCredentials: encodeSupplementalCredentials({ kerberos }),
    passwordLastSet: 134398471554387180n,
    ...changes,
  };
}

async function tenantKeys() {
  const { publicKey, privateKey } = generateTenantKeyPair();
  return {
    sealer: await CredentialSealer.create({ publicKey }),
    opener: await CredentialOpener.create({ privateKey }),
  };
}

/** The sealed entry of a result. */
function entryOf(result: Sealed | undefined) {
  assert.ok(result && 'entry' in result);
  return result.entry;
}

suite('sealing a page of credentials', () => {
  test('opens as the NT hash, the AES keys with their salt, and the time the password was set', async () => {
    const { sealer, opener } = await tenantKeys();
    const results = await sealPage([{ anchor, credential: carried() }], { sealer, tenant, syncNtlm: true });
    const { sealed, ...rest } = entryOf(results[0]);
    assert.deepEqual(rest, { anchor, version });
    const opened = decodeCredential(await opener.open({ tenant, anchor, version }, sealed));
    assert.deepEqual(opened, { ntHash: new Uint8Array(16).fill(0x4e), kerberos, passwordLastSet: 134398471554387180n });
  });

  test('leaves the NT hash out where the configuration says so', async () => {
    const { sealer, opener } = await tenantKeys();
    const results = await sealPage([{ anchor, credential: carried() }], { sealer, tenant, syncNtlm: false });
    const { sealed } = entryOf(results[0]);
    const opened = decodeCredential(await opener.open({ tenant, anchor, version }, sealed));
    assert.deepEqual(opened, { ntHash: undefined, kerberos, passwordLastSet: 134398471554387180n });
  });

  test('carries an NT hash alone when the forest keeps no Kerberos keys for the user', async () => {
    const { sealer, opener } = await tenantKeys();
    const credential = carried({ supplementalCredentials: undefined });
    const results = await sealPage([{ anchor, credential }], { sealer, tenant, syncNtlm: true });
    const opened = decodeCredential(await opener.open({ tenant, anchor, version }, entryOf(results[0]).sealed));
    assert.equal(opened.kerberos, undefined);
  });

  test('marks a temporary password, and no other', async () => {
    const { sealer } = await tenantKeys();
    const page = [0n, 134398471554387180n].map((passwordLastSet) => ({
      anchor,
      credential: carried({ passwordLastSet }),
    }));
    const results = await sealPage(page, { sealer, tenant, syncNtlm: true });
    assert.deepEqual(
      results.map((result) => entryOf(result).mustChangePassword),
      [true, undefined],
    );
  });

  test('says which user it cannot carry, and carries the others', async () => {
    const { sealer } = await tenantKeys();
    const broken = { anchor, credential: carried({ supplementalCredentials: new Uint8Array(20).fill(1) }) };
    const keyless = { anchor, credential: carried({ supplementalCredentials: undefined }) };
    const page = [broken, { anchor, credential: carried() }, keyless];
    const [first, second, third] = await sealPage(page, { sealer, tenant, syncNtlm: false });
    assert.deepEqual(first, { problem: 'has supplementalCredentials that cannot be decoded' });
    assert.equal(entryOf(second).anchor, anchor);
    assert.deepEqual(third, { problem: 'has no Kerberos keys' });
  });

  test('a page of nobody is an empty batch', async () => {
    const { sealer } = await tenantKeys();
    assert.deepEqual(await sealPage([], { sealer, tenant, syncNtlm: true }), []);
  });
});

test('wiping leaves no secret byte in a page and touches nothing else', () => {
  const object = replicatedObject({
    ...userAttributes,
    unicodePwd: new Uint8Array(16).fill(9),
    supplementalCredentials: new Uint8Array(40).fill(9),
  });
  wipeSecrets([object]);
  const bytes = (name: 'unicodePwd' | 'supplementalCredentials' | 'sAMAccountName') =>
    object.attributes.get(name)?.values[0];
  assert.deepEqual(bytes('unicodePwd'), new Uint8Array(16));
  assert.deepEqual(bytes('supplementalCredentials'), new Uint8Array(40));
  assert.notDeepEqual(bytes('sAMAccountName'), new Uint8Array(10));
});
