import { DirectoryError, type ObjectsResponse, type TenantObject } from '@causeway/contract';
import { formatAttributes } from '../attributes.ts';
import { CHUNK_OBJECTS, yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import type { CsRow } from '../store/cs-row.ts';
import type { PartitionRow } from '../store/connectors.ts';
import { attributesOf } from '../tenant-object.ts';
import type { ImportOptions } from './source-import.ts';
import { decideTenantImport, formatTenantCursor, parseTenantCursor, type TenantCursor } from './tenant-cursor.ts';
import { compareMembers, confirmMembers, readMembers } from './tenant-members.ts';

const PAGE_OBJECTS = 1_000;

/** Name of the one partition of the tenant's connector. */
export const tenantPartition = 'default';

/**
 * Imports what the tenant has: changes since the last import, or everything. What the tenant has as it was exported is confirmed
 * and no longer pending; what it has otherwise is exported again.
 */
export async function importTenant(context: EngineContext, options: ImportOptions, signal: AbortSignal): Promise<void> {
  const { store, tenant, clock } = context;
  const connector = store.connectors.find(tenant.name);
  if (connector === undefined) return;
  const partition = store.connectors.ensurePartition(connector.id, tenantPartition);
  const { report, run } = options;
  const work = new TenantImport(context, { connector: connector.id, partition, report, run });
  const known = parseTenantCursor(partition.cursor);
  const isComplete = !options.full && known !== undefined && (await work.delta(known, signal));
  if (!isComplete) await work.full(signal);
  store.connectors.noteImport(partition.id, new Date(clock.now()).toISOString(), run);
  if (options.full) store.connectors.requireFullImport(connector.id, false);
}

class TenantImport {
  readonly #context: EngineContext;
  readonly #connector: number;
  readonly #partition: PartitionRow;
  readonly #report: RunReport;
  readonly #run: number;
  #done = 0;

  constructor(
    context: EngineContext,
    target: { connector: number; partition: PartitionRow; report: RunReport; run: number },
  ) {
    this.#context = context;
    this.#connector = target.connector;
    this.#partition = target.partition;
    this.#report = target.report;
    this.#run = target.run;
  }

  async full(signal: AbortSignal): Promise<void> {
    const { store } = this.#context;
    const { id } = this.#partition;
    store.connectors.beginFullImport(id, '');
    const generation = store.connectors.partition(id)?.generation ?? 0;
    this.#done = 0;
    let cursor: TenantCursor = { after: 0, witness: null, token: null };
    for (let page: ObjectsResponse | undefined = await this.#read(0, signal); page !== undefined;) {
      // The directory reads the following page while this one is kept.
      const following: Promise<ObjectsResponse> | undefined = page.more ? this.#read(page.next, signal) : undefined;
      // Its failure is met below, when nothing of this page is being kept any more.
      following?.catch(() => undefined);
      await this.#keepPage(page, { generation, runProfile: 'Full Import' }, signal);
      cursor = advance(cursor, page);
      page = await following;
    }
    for (;;) {
      const gone = store.cs.unseen(id, generation, CHUNK_OBJECTS);
      if (gone.length === 0) break;
      store.transaction(() => {
        for (const row of gone) this.#drop(row);
      });
      await yieldTurn(signal);
    }
    store.transaction(() => {
      store.connectors.endFullImport(id);
      store.connectors.moveCursor(id, formatTenantCursor(cursor));
      // The tenant has told everything; what was sent and is not there, or not as it was sent, is to be sent again.
      store.exports.recall();
      store.memberExports.recall();
    });
  }

  /** Imports what has changed; false when that does not tell what the tenant has. */
  async delta(known: TenantCursor, signal: AbortSignal): Promise<boolean> {
    const { store } = this.#context;
    const { generation, id } = this.#partition;
    let cursor = known;
    let witnessSeen = known.witness === null;
    // The last object that is known is read once more.
    let after = witnessSeen ? known.after : known.after - 1;
    for (;;) {
      const page = await this.#readKnown(after, signal);
      if (page === undefined) return false;
      witnessSeen ||= page.objects.some(({ anchor }) => anchor === known.witness);
      await this.#keepPage(page, { generation, runProfile: 'Delta Import' }, signal);
      cursor = advance(cursor, page);
      after = page.next;
      if (page.more) continue;
      const decision = decideTenantImport({
        witnessSeen,
        known: store.cs.countLive(this.#connector),
        total: page.total.users + page.total.groups,
        unconfirmed: store.exports.countSent() + store.memberExports.countSent(),
      });
      // Not before the end: until then it is not known whether these are all changes.
      if (decision === 'complete') store.connectors.moveCursor(id, formatTenantCursor(cursor));
      return decision === 'complete';
    }
  }

  async #read(after: number, signal: AbortSignal): Promise<ObjectsResponse> {
    return this.#context.tenant.directory.readObjects({ after, limit: PAGE_OBJECTS }, { signal });
  }

  /** Undefined when the directory never came that far, or has forgotten what was deleted since. */
  async #readKnown(after: number, signal: AbortSignal): Promise<ObjectsResponse | undefined> {
    try {
      return await this.#read(after, signal);
    } catch (error) {
      if (error instanceof DirectoryError && error.errorCode === 'feed_position_unknown') return undefined;
      throw error;
    }
  }

  async #keepPage(
    { objects, total }: ObjectsResponse,
    run: { generation: number; runProfile: 'Full Import' | 'Delta Import' },
    signal: AbortSignal,
  ): Promise<void> {
    const { store, events, tenant } = this.#context;
    const unsure: CsRow[] = [];
    for (let start = 0; start < objects.length; start += CHUNK_OBJECTS) {
      const chunk = objects.slice(start, start + CHUNK_OBJECTS);
      store.transaction(() => {
        for (const object of chunk) {
          const row = this.#keep(object, run.generation);
          if (row !== undefined) unsure.push(row);
        }
      });
      this.#done += chunk.length;
      events.progress({
        connector: tenant.name,
        runProfile: run.runProfile,
        done: this.#done,
        total: run.runProfile === 'Full Import' ? Math.max(this.#done, total.users + total.groups) : undefined,
      });
      await yieldTurn(signal);
    }
    for (const row of unsure) await readMembers(this.#context, row, signal);
  }

  /** Keeps one object; gives its row when its members are others than those that are known. */
  #keep(object: TenantObject, generation: number): CsRow | undefined {
    const { cs, exports } = this.#context.store;
    // Cloud-only objects are none of the engine's business; the directory matches them.
    if (object.cloudOnly || object.deleted) {
      const row = cs.find(this.#connector, object.anchor);
      if (row?.live === 1) this.#drop(row);
      else if (row !== undefined && exports.get(row.id)?.operation === 'delete') exports.remove(row.id);
      return undefined;
    }
    const row = cs.ensure(this.#connector, object.anchor);
    const { source, type } = object;
    const attributes = formatAttributes(attributesOf(object));
    const dn = object.type === 'user' ? object.user.userPrincipalName : object.group.displayName;
    const has = { partition: this.#partition.id, generation, run: this.#run, type, dn, attributes, source };
    const changed = cs.keep(row, has);
    this.#report.count(row.live === 0 ? 'adds' : changed ? 'updates' : 'unchanged');
    if (this.#confirm(row, has) && row.mv !== null && row.dirty === 0) {
      // What was exported is what was synchronized last.
      cs.settle(row.id, { mv: row.mv, passwordSync: false, error: null });
    }
    if (object.type === 'user' || confirmMembers(this.#context, row, { object, report: this.#report })) {
      return undefined;
    }
    return row;
  }

  /** What the tenant has as it was to be is no longer pending: true; anything else is sent again. */
  #confirm(row: CsRow, has: { attributes: string; source: string | null; dn: string }): boolean {
    const { exports } = this.#context.store;
    const pending = exports.get(row.id);
    if (pending === undefined) return false;
    const isSame = pending.attributes === has.attributes && row.source === has.source;
    if (pending.operation !== 'delete' && isSame) {
      exports.remove(row.id);
      this.#report.count('confirmed');
      return true;
    }
    if (pending.sent === 0) return false;
    exports.mark(row.id, false, pending.error);
    const message = 'the tenant has it otherwise than it was exported: it is exported again';
    this.#report.fail({ dn: has.dn, code: 'exported-change-not-reimported', message });
    return false;
  }

  /** The tenant does not have it, or has it no longer. */
  #drop(row: CsRow): void {
    const { cs, links, exports, memberExports } = this.#context.store;
    links.clearAll(row.id);
    cs.setDigest(row.id, null);
    memberExports.clear(row.id);
    compareMembers(this.#context, row.id);
    if (exports.get(row.id)?.operation === 'delete') exports.remove(row.id);
    cs.remove(row.id);
    this.#report.count('deletes');
  }
}

function advance(before: TenantCursor, { objects, next, objectCursor }: ObjectsResponse): TenantCursor {
  const last = objects.at(-1);
  const witness = last?.sequence === next ? last.anchor : before.after === next ? before.witness : null;
  return { after: next, witness, token: objectCursor };
}
