import { randomUUID } from 'node:crypto';
import { parseGuid, type Guid } from '@ad-protocols/wire';

/**
 * How far object sync has come on one copy of the domain's database.
 *
 * A read that takes several batches cannot go on where it broke off, so all of its batches but the last repeat the USN
 * it started from; `batch` tells their cursors apart.
 */
export interface ObjectCursor {
  /** Invocation id of the DC whose USNs these are. */
  readonly invocationId: Guid;
  /** Every change with this USN or a lower one has been delivered. 0 while the first full read is under way. */
  readonly usn: bigint;
  /** Batch of an unfinished read: a random name of the read, then a count from 1; undefined for a finished one. */
  readonly batch?: { readonly run: string; readonly number: number } | undefined;
}

/** A name for a read, so that no two reads give the same cursors. */
export function newRun(): string {
  return randomUUID().slice(0, 8);
}

/** `o1:6ba7b810-9dad-11d1-80b4-00c04fd430c8:4018`, and `:1a2b3c4d.2` after it while a read is unfinished. */
export function formatObjectCursor({ invocationId, usn, batch }: ObjectCursor): string {
  return `o1:${invocationId}:${usn}${batch ? `:${batch.run}.${batch.number}` : ''}`;
}

const pattern = /^o1:([0-9a-f-]{36}):(\d{1,20})(?::([0-9a-f]{8})\.(\d{1,9}))?$/;

/** The cursor that {@link formatObjectCursor} wrote; undefined for any other text. */
export function parseObjectCursor(text: string): ObjectCursor | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, invocation = '', usn = '', run, number] = match;
  try {
    const invocationId = parseGuid(invocation);
    return run === undefined
      ? { invocationId, usn: BigInt(usn) }
      : { invocationId, usn: BigInt(usn), batch: { run, number: Number(number) } };
  } catch {
    return undefined;
  }
}

/** The USN to go on from, when the directory's cursor is of this copy of the database; undefined when all has to be read. */
export function usnToGoOn(stored: string | null, invocationId: Guid): bigint | undefined {
  const cursor = stored === null ? undefined : parseObjectCursor(stored);
  return cursor?.invocationId === invocationId && cursor.usn > 0n ? cursor.usn : undefined;
}
