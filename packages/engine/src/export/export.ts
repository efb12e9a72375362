import { randomUUID } from 'node:crypto';
import {
  anchorSchema,
  DirectoryError,
  groupSchema,
  userSchema,
  type ObjectBatch,
  type ObjectReceipt,
} from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import { parseAttributes } from '../attributes.ts';
import { yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import { formatTenantCursor, parseTenantCursor } from '../import/tenant-cursor.ts';
import { tenantPartition } from '../import/tenant-import.ts';
import type { MemberExport, PendingExport } from '../store/exports.ts';
import { groupOf, userOf } from '../tenant-object.ts';
import { decideExport } from './deletion-threshold.ts';

/** Objects of one batch, and members of one. */
const BATCH_OBJECTS = 1_000;
const BATCH_MEMBERS = 20_000;

export type ExportResult = 'success' | 'completed-export-errors' | 'stopped-deletion-threshold-exceeded';

/**
 * Sends what the tenant is to have: deletions, users and groups, then members of groups. What the directory has accepted waits
 * for an import to confirm it; what it refuses stays, with the reason, and is sent again by the next export.
 *
 * @throws {CausewayError} ERR_ENGINE_CURSOR_CONFLICT: somebody else exports to the tenant.
 */
export async function exportTenant(
  context: EngineContext,
  options: { readonly threshold: { readonly enabled: boolean; readonly value: number }; readonly report: RunReport },
  signal: AbortSignal,
): Promise<ExportResult> {
  const { store, events, tenant } = context;
  const { exports } = store;
  const counts = exports.counts();
  const decision = decideExport({
    deletes: counts.delete,
    allowed: counts.allowedDeletes,
    threshold: options.threshold,
  });
  if (decision === 'stop') {
    events.deletionThreshold({
      connector: tenant.name,
      pendingDeletes: counts.delete,
      threshold: options.threshold.value,
    });
    return 'stopped-deletion-threshold-exceeded';
  }
  const total = counts.add + counts.update + counts.delete + exports.countMembers();
  if (total === 0) return exports.errors() > 0 ? 'completed-export-errors' : 'success';
  const sender = new BatchSender(context, { report: options.report, total });
  await sender.sendObjects(['delete', 'delete'], signal);
  await sender.sendObjects(['add', 'update'], signal);
  await sender.sendMembers(signal);
  events.changed();
  return exports.errors() > 0 ? 'completed-export-errors' : 'success';
}

class BatchSender {
  readonly #context: EngineContext;
  readonly #report: RunReport;
  readonly #total: number;
  readonly #partition: number;
  readonly #run = randomUUID().slice(0, 8);
  #batches = 0;
  #done = 0;

  constructor(context: EngineContext, options: { report: RunReport; total: number }) {
    this.#context = context;
    this.#report = options.report;
    this.#total = options.total;
    const { connectors } = context.store;
    const connector = connectors.find(context.tenant.name);
    this.#partition = connectors.ensurePartition(connector?.id ?? 0, tenantPartition).id;
  }

  async sendObjects(
    operations: readonly ['delete', 'delete'] | readonly ['add', 'update'],
    signal: AbortSignal,
  ): Promise<void> {
    const { exports } = this.#context.store;
    let last = 0;
    for (;;) {
      const rows = exports.unsent(operations, last, BATCH_OBJECTS);
      if (rows.length === 0) return;
      const invalid = new Map(rows.flatMap((row) => problemOf(row)));
      const receipt = await this.#send(toBatch(rows.filter(({ key }) => !invalid.has(key))), signal);
      const refused = new Map([...invalid, ...receipt.refused.map((refusal) => [refusal.anchor, refusal] as const)]);
      this.#context.store.transaction(() => {
        for (const row of rows) {
          const refusal = refused.get(row.key);
          exports.mark(
            row.cs,
            refusal === undefined,
            refusal === undefined ? null : `${refusal.code}: ${refusal.message}`,
          );
          if (refusal === undefined) this.#report.count(exportCounts[row.operation]);
          else this.#report.fail({ dn: row.key, code: refusal.code, message: refusal.message });
        }
      });
      last = rows.at(-1)?.cs ?? last;
      await this.#progress(rows.length, signal);
    }
  }

  async sendMembers(signal: AbortSignal): Promise<void> {
    const { exports } = this.#context.store;
    let after = { cs: 0, target: 0 };
    for (;;) {
      const rows = exports.unsentMembers(after, BATCH_MEMBERS).slice(0, BATCH_MEMBERS);
      if (rows.length === 0) return;
      const taken = withinGroups(rows);
      const receipt = await this.#send({ ...emptyBatch, members: toMembers(taken) }, signal);
      const refused = new Map(receipt.refused.map((refusal) => [refusal.anchor, refusal]));
      this.#context.store.transaction(() => {
        for (const row of taken) {
          const isSent = !refused.has(row.group);
          exports.markMember(row.cs, row.target, isSent);
          if (isSent) this.#report.count(row.adding === 1 ? 'exportMemberAdds' : 'exportMemberDeletes');
        }
        for (const { anchor, code, message } of refused.values()) this.#report.fail({ dn: anchor, code, message });
      });
      const last = taken.at(-1);
      if (last !== undefined) after = { cs: last.cs, target: last.target };
      await this.#progress(taken.length, signal);
    }
  }

  /** Sends one batch; remembers its token before, so that an answer that is lost is no riddle. */
  async #send(batch: Omit<ObjectBatch, 'from' | 'to'>, signal: AbortSignal): Promise<ObjectReceipt> {
    const { store, tenant } = this.#context;
    const present = parseTenantCursor(store.connectors.partition(this.#partition)?.cursor ?? null);
    const after = present?.after ?? 0;
    const from = present?.token ?? null;
    this.#batches += 1;
    const to = `e1:${this.#run}:${this.#batches}`;
    store.connectors.moveCursor(this.#partition, formatTenantCursor({ after, token: from, sending: to }));
    try {
      const receipt = await tenant.directory.sendObjects({ from, to, ...batch }, { signal });
      store.connectors.moveCursor(this.#partition, formatTenantCursor({ after, token: to, sending: null }));
      return receipt;
    } catch (error) {
      throw error instanceof DirectoryError && error.errorCode === 'cursor_conflict'
        ? conflict(tenant.name, error)
        : error;
    }
  }

  async #progress(more: number, signal: AbortSignal): Promise<void> {
    this.#done += more;
    this.#context.events.progress({
      connector: this.#context.tenant.name,
      runProfile: 'Export',
      done: this.#done,
      total: Math.max(this.#total, this.#done),
    });
    await yieldTurn(signal);
  }
}

const exportCounts = { add: 'exportAdds', update: 'exportUpdates', delete: 'exportDeletes' } as const;

const emptyBatch: Omit<ObjectBatch, 'from' | 'to'> = { users: [], groups: [], members: [], deletions: [] };

function toBatch(rows: readonly PendingExport[]): Omit<ObjectBatch, 'from' | 'to'> {
  const users: ObjectBatch['users'] = [];
  const groups: ObjectBatch['groups'] = [];
  const deletions: ObjectBatch['deletions'] = [];
  for (const { key: anchor, type, source, operation, attributes } of rows) {
    if (operation === 'delete') deletions.push({ anchor, type: type === 'group' ? 'group' : 'user' });
    else if (type === 'group')
      groups.push({ anchor, source: source ?? '', group: groupOf(parseAttributes(attributes)) });
    else users.push({ anchor, source: source ?? '', user: userOf(parseAttributes(attributes)) });
  }
  return { users, groups, members: [], deletions };
}

/** Why the tenant would not even read an object: one that is wrong must not hold up the others. */
function problemOf(row: PendingExport): [string, { code: string; message: string }][] {
  if (row.operation === 'delete') return [];
  const attributes = parseAttributes(row.attributes);
  const object =
    row.type === 'group' ? groupSchema.safeParse(groupOf(attributes)) : userSchema.safeParse(userOf(attributes));
  const issue = anchorSchema.safeParse(row.key).error?.issues[0] ?? object.error?.issues[0];
  if (issue === undefined) return [];
  const what = issue.path.length === 0 ? 'the source anchor' : issue.path.join('.');
  return [[row.key, { code: 'IdentityDataValidationFailed', message: `${row.dn}: ${what}: ${issue.message}` }]];
}

/** As many rows as name no more than {@link BATCH_OBJECTS} groups. */
function withinGroups(rows: readonly MemberExport[]): readonly MemberExport[] {
  const groups = new Set<number>();
  const end = rows.findIndex(({ cs }) => groups.add(cs).size > BATCH_OBJECTS);
  return end < 0 ? rows : rows.slice(0, end);
}

function toMembers(rows: readonly MemberExport[]): ObjectBatch['members'] {
  const groups = new Map<string, { add: string[]; remove: string[] }>();
  for (const { group, member, adding } of rows) {
    const change = groups.get(group) ?? { add: [], remove: [] };
    (adding === 1 ? change.add : change.remove).push(member);
    groups.set(group, change);
  }
  return [...groups].map(([group, change]) => ({ group, ...change }));
}

function conflict(tenant: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_ENGINE_CURSOR_CONFLICT',
    message: `somebody else has exported to ${tenant} since this agent last looked`,
    nextStep:
      'none: the tenant is imported as a whole and compared; if this is said again and again, two agents are active: run causeway sync staging on at one of them',
    disposition: 'retry',
    cause,
  });
}
