import { encodeCredential, type Credential } from '@causeway/credential';
import type { Change } from '@causeway/contract';
import type { CredentialVersion, User } from '@causeway/model';
import { parseGuid } from '@ad-protocols/wire';
import type { ManagedUser } from '../src/managed-user.ts';

/** Base64 of the bytes 0 to 15, which as a GUID is 03020100-0504-0706-0809-0a0b0c0d0e0f. */
export const anchor = 'AAECAwQFBgcICQoLDA0ODw==';

export const user: User = {
  accountName: 'alice',
  userPrincipalName: 'alice@corp.contoso.test',
  displayName: 'Alice Ärlig',
  surname: 'Ärlig',
  accountEnabled: true,
};

export function version(number: number): CredentialVersion {
  return {
    version: number,
    changedAt: `2026-11-22T10:00:${String(number).padStart(2, '0')}Z`,
    originatingDsa: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  };
}

export function changeOf({
  version: number,
  mustChangePassword = false,
  ...parts
}: Partial<Change> & { version?: number; mustChangePassword?: boolean } = {}): Change {
  const credential =
    number === undefined ? null : { version: version(number), sealed: new Uint8Array(70), mustChangePassword };
  return {
    sequence: 1,
    anchor,
    previousAnchor: null,
    source: 'corp.contoso.test',
    deleted: false,
    user,
    credential,
    ...parts,
  };
}

/** Alice in the managed domain, as she was made from {@link user} and, unless undefined, credential version 1. */
export function managedUser(parts: Partial<ManagedUser> = {}): ManagedUser {
  return {
    guid: parseGuid('11111111-2222-3333-4444-555555555555'),
    dn: 'CN=alice,OU=AADDC Users,DC=aadds,DC=contoso,DC=test',
    commonName: 'alice',
    accountName: 'alice',
    userPrincipalName: 'alice@corp.contoso.test',
    userAccountControl: 0x1_0200,
    locked: false,
    systemAccount: false,
    anchorIdentities: ['Causeway:03020100-0504-0706-0809-0a0b0c0d0e0f'],
    otherIdentities: [],
    credentialVersion: version(1),
    followed: { displayName: 'Alice Ärlig', surname: 'Ärlig' },
    ...parts,
  };
}

/** A credential with recognizable bytes: NT hash 0x11…, AES-256 0x22…, AES-128 0x33…. */
export function credentialOf(parts: Partial<Credential> = {}): Credential {
  return {
    ntHash: new Uint8Array(16).fill(0x11),
    kerberos: {
      salt: 'CORP.CONTOSO.TESTalice',
      iterationCount: 4096,
      aes256: new Uint8Array(32).fill(0x22),
      aes128: new Uint8Array(16).fill(0x33),
    },
    passwordLastSet: 134_398_473_611_869_430n,
    ...parts,
  };
}

export function plaintextOf(parts: Partial<Credential> = {}): Uint8Array {
  return encodeCredential(credentialOf(parts));
}
