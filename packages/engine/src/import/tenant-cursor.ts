/** How far the tenant has been imported, and where its stream of exports was then. */
export interface TenantCursor {
  /** Sequence of the last object imported. */
  readonly after: number;
  /** Anchor of the object that had it: it still has, or it is among the changes since. Null when the tenant had no object. */
  readonly witness: string | null;
  /** The directory's cursor of exports, from which the next one goes on. */
  readonly token: string | null;
}

export function formatTenantCursor({ after, witness, token }: TenantCursor): string {
  return JSON.stringify({ after, witness, token });
}

/** The cursor that {@link formatTenantCursor} wrote. */
export function parseTenantCursor(text: string | null): TenantCursor | undefined {
  return text === null ? undefined : (JSON.parse(text) as TenantCursor);
}

/**
 * Whether the changes since the last import tell what the tenant has, once they are kept. It does not matter who has exported
 * meanwhile: an engine that takes over from another one goes on from where it is.
 *
 * | the changes                                                                     | decision |
 * | ------------------------------------------------------------------------------- | -------- |
 * | lack the object that was the last one: the directory is an older copy of itself   | full     |
 * | make another number of objects than the tenant has                               | full     |
 * | lack what the directory has accepted                                             | full     |
 * | have all of that                                                                 | complete |
 */
export function decideTenantImport(facts: {
  readonly witnessSeen: boolean;
  /** Synchronized objects that are known, and that the tenant has. */
  readonly known: number;
  readonly total: number;
  /** Exports that were accepted and are not among the changes. */
  readonly unconfirmed: number;
}): 'full' | 'complete' {
  const { witnessSeen, known, total, unconfirmed } = facts;
  return witnessSeen && known === total && unconfirmed === 0 ? 'complete' : 'full';
}
