import { differingAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import { decideExport } from '../export/deletion-threshold.ts';
import type { ExportOperation, PendingExport } from '../store/exports.ts';
import type { RunError } from '../store/runs.ts';

/** One object that an export would change. */
export interface PreviewEntry {
  readonly operation: ExportOperation;
  readonly objectType: string;
  readonly anchor: string;
  readonly name: string;
  readonly attributes: readonly { readonly name: string; readonly before: string[]; readonly after: string[] }[];
  readonly members: { readonly added: string[]; readonly removed: string[] } | null;
  readonly reason: string;
}

/** What an export would do. */
export interface Preview {
  readonly adds: number;
  readonly updates: number;
  readonly deletes: number;
  readonly unchanged: number;
  readonly exceedsDeletionThreshold: boolean;
  readonly entries: readonly PreviewEntry[];
  readonly errors: readonly RunError[];
}

/** The pending exports, as many of them as are asked for. */
export function readPreview(
  context: EngineContext,
  options: {
    readonly threshold: { readonly enabled: boolean; readonly value: number };
    readonly entries: number;
    readonly errors: readonly RunError[];
  },
): Preview {
  const { store } = context;
  const { exports, memberExports } = store;
  const { add, update, delete: deletes, allowedDeletes: allowed } = exports.counts();
  const membersOnly = memberExports.groups().filter((cs) => (exports.get(cs)?.sent ?? 1) === 1);
  const tenant = store.connectors.find(context.tenant.name)?.id ?? 0;
  const updates = update + membersOnly.length;
  return {
    adds: add,
    updates,
    deletes,
    unchanged: Math.max(0, store.cs.countLive(tenant) - deletes - updates),
    exceedsDeletionThreshold: decideExport({ deletes, allowed, threshold: options.threshold }) === 'stop',
    entries: listEntries(context, membersOnly, options.entries),
    errors: options.errors,
  };
}

/** The deletions that wait to be exported. */
export function readPendingDeletions(context: EngineContext): { deletions: PreviewEntry[]; allowed: boolean } {
  const { exports } = context.store;
  const counts = exports.counts();
  const rows = exports.list(counts.delete).filter(({ operation }) => operation === 'delete');
  return {
    deletions: rows.map((row) => toEntry(context, row)),
    allowed: counts.delete > 0 && counts.allowedDeletes === counts.delete,
  };
}

function listEntries(context: EngineContext, membersOnly: readonly number[], limit: number): PreviewEntry[] {
  const { store } = context;
  const entries = store.exports.list(limit).map((row) => toEntry(context, row));
  for (const id of membersOnly) {
    if (entries.length >= limit) break;
    const row = store.cs.get(id);
    if (row === undefined) continue;
    entries.push({
      operation: 'update',
      objectType: row.type,
      anchor: row.key,
      name: row.dn,
      attributes: [],
      members: membersOf(context, id),
      reason: `members of ${row.dn}`,
    });
  }
  return entries;
}

function toEntry(context: EngineContext, row: PendingExport): PreviewEntry {
  const before = row.live === 1 ? parseAttributes(row.present) : {};
  const after = row.operation === 'delete' ? {} : parseAttributes(row.attributes);
  return {
    operation: row.operation,
    objectType: row.type,
    anchor: row.key,
    name: row.dn,
    attributes: differingAttributes(before, after).map((name) => ({
      name,
      before: before[name] ?? [],
      after: after[name] ?? [],
    })),
    members: membersOf(context, row.cs),
    reason: row.reason,
  };
}

function membersOf({ store }: EngineContext, id: number): PreviewEntry['members'] {
  const members = store.memberExports.of(id).filter(({ sent }) => sent === 0);
  if (members.length === 0) return null;
  const names = (adding: number): string[] =>
    members
      .filter((member) => member.adding === adding)
      .map(({ target, member }) => store.cs.get(target)?.dn || member);
  return { added: names(1), removed: names(0) };
}
