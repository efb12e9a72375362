import { randomUUID } from 'node:crypto';
import { parseReplicationCursor, type AttributeName, type ReplicationCursor } from '@ad-protocols/drsr';
import type { KeyId } from '@causeway/model';
import type { Guid } from '@ad-protocols/wire';

/** The place of a reader who has read nothing yet. */
export const beginning = '';

/** How far password hash sync has come, and for which key. */
export interface CredentialCursor {
  /** The key that everything up to here was sealed to; another key makes the cursor worthless. */
  readonly keyId: KeyId;
  /** The place in the DC's replication, in the words of the drsr package, or {@link beginning}. */
  readonly place: string;
  /**
   * Tells the batches of one page from each other. They share the place where the page starts, so that whoever goes on from
   * one of them reads the page again; the last one has the place where the page ends, and no part.
   */
  readonly part?: { readonly run: string; readonly number: number } | undefined;
}

/** Names one session, so that the parts of two never have the same cursor. */
export function newRun(): string {
  return randomUUID().slice(0, 8);
}

/** `c1:` key id `:` place, and `#1a2b3c4d.2` after it in the middle of a page. */
export function formatCredentialCursor({ keyId, place, part }: CredentialCursor): string {
  return `c1:${keyId}:${place}${part ? `#${part.run}.${part.number}` : ''}`;
}

/** The cursor that {@link formatCredentialCursor} wrote; undefined for any other text. */
export function parseCredentialCursor(text: string): CredentialCursor | undefined {
  const match = /^c1:([0-9a-f]{16}):([^#]*)(?:#([0-9a-f]{8})\.(\d{1,9}))?$/s.exec(text);
  if (!match) return undefined;
  const [, keyId = '', place = '', run, number] = match;
  if (run !== undefined) return { keyId, place, part: { run, number: Number(number) } };
  return place === beginning ? undefined : { keyId, place };
}

/**
 * The place to go on from, when the directory's cursor is for this key and this domain and was made with these attributes;
 * undefined when everything has to be read again.
 */
export function placeToGoOn(
  stored: string | null,
  now: { keyId: KeyId; domainGuid: Guid; attributes: readonly AttributeName[] },
): ReplicationCursor | undefined {
  const cursor = stored === null ? undefined : parseCredentialCursor(stored);
  if (cursor?.keyId !== now.keyId) return undefined;
  const place = parseReplicationCursor(cursor.place);
  if (place?.namingContext !== now.domainGuid) return undefined;
  return now.attributes.every((name) => place.attributes.includes(name)) ? place : undefined;
}
