/** How far the tenant has been imported, and what the directory's object stream was then. */
export interface TenantCursor {
  /** Sequence of the last object imported. */
  readonly after: number;
  /** The directory's object cursor that belongs to it: another one means that somebody else has exported, or that the directory was restored. */
  readonly token: string | null;
  /** The token of a batch on its way: the directory has either the one or the other. */
  readonly sending: string | null;
}

export function formatTenantCursor({ after, token, sending }: TenantCursor): string {
  return JSON.stringify({ after, token, sending });
}

/** The cursor that {@link formatTenantCursor} wrote. */
export function parseTenantCursor(text: string | null): TenantCursor | undefined {
  return text === null ? undefined : (JSON.parse(text) as TenantCursor);
}

/**
 * Whether the changes since the last import are enough.
 *
 * | the directory                                                     | decision |
 * | ----------------------------------------------------------------- | -------- |
 * | never imported, or it has never come as far as the cursor          | full     |
 * | its stream is where this engine left it                            | delta    |
 * | its stream is elsewhere, and this engine is the one that exports   | full     |
 * | its stream is elsewhere, and this engine is staging: the active one exports | delta |
 * | it has another number of objects than are known with these changes | full     |
 */
export function decideTenantImport(facts: {
  readonly known: TenantCursor | undefined;
  readonly page:
    | {
        readonly objectCursor: string | null;
        readonly more: boolean;
        readonly total: { readonly users: number; readonly groups: number };
        readonly objects: readonly unknown[];
      }
    | undefined;
  /** Objects that are known. */
  readonly live: number;
  readonly staging: boolean;
}): 'full' | 'delta' {
  const { known, page, live, staging } = facts;
  if (known === undefined || page === undefined) return 'full';
  const isWhereItWas =
    page.objectCursor === known.token || (known.sending !== null && page.objectCursor === known.sending);
  if (!isWhereItWas && !staging) return 'full';
  const isQuiet = !page.more && page.objects.length === 0;
  return isQuiet && page.total.users + page.total.groups !== live ? 'full' : 'delta';
}
