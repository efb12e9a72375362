import { parseGuid, type Guid } from '@ad-protocols/wire';

/**
 * How far the import of a domain has come: the cookie of DirSync, which any DC of the domain takes, and what tells whether the DC
 * that gave it has gone back to an older state since.
 */
export interface SourceCursor {
  readonly cookie: Uint8Array;
  /** Invocation id of the DC that gave the cookie. */
  readonly invocationId: Guid;
  /** Its highest committed USN before. */
  readonly usn: bigint;
}

/** `d1:` invocation id `:` USN `:` cookie in base64. */
export function formatSourceCursor({ cookie, invocationId, usn }: SourceCursor): string {
  return `d1:${invocationId}:${usn}:${Buffer.from(cookie).toString('base64')}`;
}

const pattern = /^d1:([0-9a-f-]{36}):(\d{1,20}):([A-Za-z0-9+/]+={0,2})$/;

/** The cursor that {@link formatSourceCursor} wrote; undefined for any other text. */
export function parseSourceCursor(text: string): SourceCursor | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, invocation = '', usn = '', cookie = ''] = match;
  try {
    const invocationId = parseGuid(invocation);
    return { cookie: new Uint8Array(Buffer.from(cookie, 'base64')), invocationId, usn: BigInt(usn) };
  } catch {
    return undefined;
  }
}

/**
 * Whether a DC has gone back behind a cursor: its USNs lie before the cursor's under the same invocation id. It was put back to an
 * older state behind Active Directory's back, and would leave out, without a word, what it does anew.
 */
export function hasRolledBack(cursor: SourceCursor, dc: { invocationId: Guid; usn: bigint }): boolean {
  return cursor.invocationId === dc.invocationId && dc.usn < cursor.usn;
}
