import { randomBytes } from 'node:crypto';
import type { CredentialBatch, ObjectBatch } from '@causeway/contract';
import { memberDigestBytes, toggleMember, type CredentialVersion, type Group, type User } from '@causeway/model';
import { computeKeyId } from '../../src/rules/key.ts';

export const publicKey = new Uint8Array(32).fill(7);
export const keyId = computeKeyId(publicKey);
export const otherPublicKey = new Uint8Array(32).fill(9);
export const otherKeyId = computeKeyId(otherPublicKey);

/** The connector that samples come from. */
export const corp = 'corp.contoso.test';

/** The anchor of the object with this number. */
export function anchorOf(number: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number, 12);
  return bytes.toString('base64');
}

export function versionOf(version: number, second = 0): CredentialVersion {
  return {
    version,
    changedAt: `2026-11-22T18:40:${String(second).padStart(2, '0')}Z`,
    originatingDsa: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  };
}

/** Bytes with the layout of a sealed credential; what is sealed is random. */
export function sealedTo(key: string, length = 300): Uint8Array {
  const sealed = new Uint8Array(randomBytes(length));
  sealed[0] = 1;
  sealed.set(Buffer.from(key, 'hex'), 1);
  return sealed;
}

export function userOf(number: number, changes: Partial<User> = {}): User {
  return {
    accountName: `user${number}`,
    userPrincipalName: `user${number}@corp.contoso.test`,
    displayName: `Zoë Müller ${number}`,
    givenName: 'Zoë',
    surname: 'Müller',
    mail: `user${number}@contoso.test`,
    department: 'Research',
    accountEnabled: true,
    ...changes,
  };
}

export function groupOf(number: number, changes: Partial<Group> = {}): Group {
  return { accountName: `group${number}`, displayName: `Group ${number}`, securityEnabled: true, ...changes };
}

/** An entry of a batch of objects. */
export function userEntry(number: number, changes: Partial<User> = {}, source = corp): ObjectBatch['users'][number] {
  return { anchor: anchorOf(number), source, user: userOf(number, changes) };
}

export function groupEntry(number: number, changes: Partial<Group> = {}): ObjectBatch['groups'][number] {
  return { anchor: anchorOf(number), source: corp, group: groupOf(number, changes) };
}

export function membersEntry(group: number, add: Iterable<number>, remove: Iterable<number> = []) {
  return { group: anchorOf(group), add: Array.from(add, anchorOf), remove: Array.from(remove, anchorOf) };
}

/** A batch of objects with what is given of them. */
export function batchOf(from: string | null, to: string, entries: Partial<ObjectBatch>): ObjectBatch {
  return { from, to, users: [], groups: [], members: [], deletions: [], ...entries };
}

/** A batch of the users with these numbers. */
export function objectBatch(from: string | null, to: string, numbers: Iterable<number>): ObjectBatch {
  return batchOf(from, to, { users: Array.from(numbers, (number) => userEntry(number)) });
}

/** The digest of the members with these numbers, as the contract defines it. */
export function digestOf(numbers: Iterable<number>): string {
  const digest = new Uint8Array(memberDigestBytes);
  for (const number of numbers) toggleMember(digest, anchorOf(number));
  return Buffer.from(digest).toString('hex');
}

export function credentialBatch(
  from: string | null,
  to: string,
  numbers: Iterable<number>,
  { version = versionOf(1), key = keyId } = {},
): CredentialBatch {
  return {
    from,
    to,
    keyId: key,
    credentials: Array.from(numbers, (number) => ({ anchor: anchorOf(number), version, sealed: sealedTo(key) })),
  };
}

export function* range(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number += 1) yield number;
}
