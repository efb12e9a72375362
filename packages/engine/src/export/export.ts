import { DirectoryError, type ObjectReceipt, type ObjectRefusal } from '@causeway/contract';
import { yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import { exportConflict } from '../errors.ts';
import { formatTenantCursor, parseTenantCursor } from '../import/tenant-cursor.ts';
import { tenantPartition } from '../import/tenant-import.ts';
import type { ExportOperation } from '../store/exports.ts';
import { BATCH_MEMBERS, BATCH_OBJECTS, continueFrom, memberEntries, objectEntries, withinGroups } from './batches.ts';
import { decideExport } from './deletion-threshold.ts';
import { findProblem } from './validity.ts';

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
  const { exports, memberExports } = store;
  const { add, update, delete: deletes, allowedDeletes: allowed } = exports.counts();
  if (decideExport({ deletes, allowed, threshold: options.threshold }) === 'stop') {
    const threshold = options.threshold.value;
    events.deletionThreshold({ connector: tenant.name, pendingDeletes: deletes, threshold });
    return 'stopped-deletion-threshold-exceeded';
  }
  const total = add + update + deletes + memberExports.countUnsent();
  if (total > 0) {
    const sender = new Sender(context, { report: options.report, total });
    await sender.sendObjects(['delete', 'delete'], signal);
    await sender.sendObjects(['add', 'update'], signal);
    await sender.sendMembers(signal);
    events.changed();
  }
  return exports.errors() > 0 ? 'completed-export-errors' : 'success';
}

/** By anchor. */
type Refusals = ReadonlyMap<string, ObjectRefusal>;

class Sender {
  readonly #context: EngineContext;
  readonly #report: RunReport;
  readonly #total: number;
  readonly #partition: number;
  #done = 0;

  constructor(context: EngineContext, options: { report: RunReport; total: number }) {
    this.#context = context;
    this.#report = options.report;
    this.#total = options.total;
    const { connectors } = context.store;
    const connector = connectors.find(context.tenant.name);
    this.#partition = connectors.ensurePartition(connector?.id ?? 0, tenantPartition).id;
  }

  async sendObjects(operations: readonly [ExportOperation, ExportOperation], signal: AbortSignal): Promise<void> {
    const { exports } = this.#context.store;
    let last = 0;
    for (;;) {
      const rows = exports.unsent(operations, last, BATCH_OBJECTS);
      if (rows.length === 0) return;
      const invalid = new Map(rows.flatMap((row) => findProblem(row)));
      const note = (refused: Refusals): void => {
        for (const { cs, key, dn, operation } of rows) {
          const refusal = invalid.get(key) ?? refused.get(key);
          exports.mark(cs, refusal === undefined, refusal === undefined ? null : describe(refusal));
          if (refusal === undefined) this.#report.count(exportCounts[operation]);
          else this.#report.fail({ dn, code: refusal.code, message: refusal.message });
        }
      };
      await this.#send(objectEntries(rows.filter(({ key }) => !invalid.has(key))), note, signal);
      last = rows.at(-1)?.cs ?? last;
      await this.#progress(rows.length, signal);
    }
  }

  async sendMembers(signal: AbortSignal): Promise<void> {
    const { memberExports } = this.#context.store;
    let after = { cs: 0, target: 0 };
    for (;;) {
      const rows = withinGroups(memberExports.unsent(after, BATCH_MEMBERS));
      const last = rows.at(-1);
      if (last === undefined) return;
      const note = (refused: Refusals): void => {
        for (const { cs, target, group, adding } of rows) {
          const isSent = !refused.has(group);
          memberExports.mark(cs, target, isSent);
          if (isSent) this.#report.count(adding === 1 ? 'exportMemberAdds' : 'exportMemberDeletes');
        }
        for (const { anchor, code, message } of refused.values()) this.#report.fail({ dn: anchor, code, message });
      };
      await this.#send(memberEntries(rows), note, signal);
      after = { cs: last.cs, target: last.target };
      await this.#progress(rows.length, signal);
    }
  }

  /** Sends one batch; what became of it and where the next one goes on are kept together. */
  async #send(
    entries: Parameters<typeof continueFrom>[1],
    note: (refused: Refusals) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, tenant } = this.#context;
    const present = parseTenantCursor(store.connectors.partition(this.#partition)?.cursor ?? null);
    const { after = 0, witness = null, token = null } = present ?? {};
    const batch = continueFrom(token, entries);
    let receipt: ObjectReceipt;
    try {
      receipt = await tenant.directory.sendObjects(batch, { signal });
    } catch (error) {
      const isConflict = error instanceof DirectoryError && error.errorCode === 'cursor_conflict';
      throw isConflict ? exportConflict(tenant.name, error) : error;
    }
    store.transaction(() => {
      note(new Map(receipt.refused.map((refusal) => [refusal.anchor, refusal])));
      store.connectors.moveCursor(this.#partition, formatTenantCursor({ after, witness, token: batch.to }));
    });
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

function describe({ code, message }: { code: string; message: string }): string {
  return `${code}: ${message}`;
}
