import { parseReplicationCursor, type AttributeName, type ReplicationCursor } from '@ad-protocols/drsr';
import type { KeyId } from '@causeway/model';
import type { Guid } from '@ad-protocols/wire';

/** How far password hash sync has come, and for which key. */
export interface CredentialCursor {
  /** The key that everything up to here was sealed to; another key makes the cursor worthless. */
  readonly keyId: KeyId;
  /** The place in the DC's replication, in the words of the drsr package. */
  readonly replication: string;
}

/** `c1:` key id `:` place. */
export function formatCredentialCursor({ keyId, replication }: CredentialCursor): string {
  return `c1:${keyId}:${replication}`;
}

/** The cursor that {@link formatCredentialCursor} wrote; undefined for any other text. */
export function parseCredentialCursor(text: string): CredentialCursor | undefined {
  const match = /^c1:([0-9a-f]{16}):(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, keyId = '', replication = ''] = match;
  return { keyId, replication };
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
  const place = parseReplicationCursor(cursor.replication);
  if (place?.namingContext !== now.domainGuid) return undefined;
  return now.attributes.every((name) => place.attributes.includes(name)) ? place : undefined;
}
