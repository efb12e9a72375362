import { DirectoryError, type ObjectsResponse, type TenantObject } from '@causeway/contract';
import { memberDigestBytes, toggleMember } from '@causeway/model';
import { formatAttributes } from '../attributes.ts';
import { CHUNK_OBJECTS, yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import type { CsRow } from '../store/connector-space.ts';
import type { PartitionRow } from '../store/connectors.ts';
import { attributesOf } from '../tenant-object.ts';
import { decideTenantImport, formatTenantCursor, parseTenantCursor, type TenantCursor } from './tenant-cursor.ts';

const PAGE_OBJECTS = 1_000;
const PAGE_MEMBERS = 20_000;

/** Name of the one partition of the tenant's connector. */
export const tenantPartition = 'default';

/**
 * Imports what the tenant has: changes since the last import, or everything. What the tenant has as it was exported is confirmed
 * and no longer pending; what it has otherwise is exported again.
 */
export async function importTenant(
  context: EngineContext,
  options: { readonly full: boolean; readonly staging: boolean; readonly report: RunReport },
  signal: AbortSignal,
): Promise<void> {
  const { store, tenant } = context;
  const connector = store.connectors.find(tenant.name);
  if (connector === undefined) return;
  const partition = store.connectors.ensurePartition(connector.id, tenantPartition);
  const work = new TenantImport(context, { connector: connector.id, partition, report: options.report });
  const known = parseTenantCursor(partition.cursor);
  const from = options.full ? undefined : known;
  const page = from && (await firstPage(context, from, signal));
  const live = countLive(context, connector.id);
  const decision = decideTenantImport({ known: from, page, live, staging: options.staging });
  if (decision === 'full') await work.full(signal);
  else if (page !== undefined && from !== undefined) await work.delta(from, page, signal);
  if (options.full) store.connectors.requireFullImport(connector.id, false);
}

/** The first page of a delta; undefined when the directory never came that far. */
async function firstPage(
  { tenant }: EngineContext,
  from: TenantCursor,
  signal: AbortSignal,
): Promise<ObjectsResponse | undefined> {
  try {
    return await tenant.directory.readObjects({ after: from.after, limit: PAGE_OBJECTS }, { signal });
  } catch (error) {
    if (error instanceof DirectoryError && error.errorCode === 'feed_position_unknown') return undefined;
    throw error;
  }
}

function countLive({ store }: EngineContext, connector: number): number {
  const row = store.database
    .prepare<[number], { count: number }>('SELECT count(*) AS count FROM cs WHERE connector = ? AND live = 1')
    .get(connector);
  return row?.count ?? 0;
}

class TenantImport {
  readonly #context: EngineContext;
  readonly #connector: number;
  readonly #partition: PartitionRow;
  readonly #report: RunReport;

  constructor(context: EngineContext, target: { connector: number; partition: PartitionRow; report: RunReport }) {
    this.#context = context;
    this.#connector = target.connector;
    this.#partition = target.partition;
    this.#report = target.report;
  }

  async full(signal: AbortSignal): Promise<void> {
    const { store, tenant } = this.#context;
    const { id } = this.#partition;
    store.connectors.beginFullImport(id, '');
    const generation = store.connectors.partition(id)?.generation ?? 0;
    let page = await tenant.directory.readObjects({ after: 0, limit: PAGE_OBJECTS }, { signal });
    let done = 0;
    for (;;) {
      done = await this.#keepPage(page, { generation, done, runProfile: 'Full Import' }, signal);
      if (!page.more) break;
      page = await tenant.directory.readObjects({ after: page.next, limit: PAGE_OBJECTS }, { signal });
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
      this.#moveCursor(page);
    });
  }

  async delta(from: TenantCursor, first: ObjectsResponse, signal: AbortSignal): Promise<void> {
    const { store, tenant } = this.#context;
    let page = first;
    let done = 0;
    let after = from.after;
    for (;;) {
      const { generation } = this.#partition;
      done = await this.#keepPage(page, { generation, done, runProfile: 'Delta Import' }, signal);
      if (page.next !== after || page.objectCursor !== from.token) store.transaction(() => this.#moveCursor(page));
      after = page.next;
      if (!page.more) return;
      page = await tenant.directory.readObjects({ after: page.next, limit: PAGE_OBJECTS }, { signal });
    }
  }

  #moveCursor({ next, objectCursor }: ObjectsResponse): void {
    const cursor = formatTenantCursor({ after: next, token: objectCursor, sending: null });
    this.#context.store.connectors.moveCursor(this.#partition.id, cursor);
  }

  async #keepPage(
    { objects, total }: ObjectsResponse,
    run: { generation: number; done: number; runProfile: 'Full Import' | 'Delta Import' },
    signal: AbortSignal,
  ): Promise<number> {
    const { store, events, tenant } = this.#context;
    let { done } = run;
    const unsure: CsRow[] = [];
    for (let start = 0; start < objects.length; start += CHUNK_OBJECTS) {
      const chunk = objects.slice(start, start + CHUNK_OBJECTS);
      store.transaction(() => {
        for (const object of chunk) {
          const row = this.#keep(object, run.generation);
          if (row !== undefined) unsure.push(row);
        }
      });
      done += chunk.length;
      const count = total.users + total.groups;
      events.progress({
        connector: tenant.name,
        runProfile: run.runProfile,
        done,
        total: run.runProfile === 'Full Import' ? count : undefined,
      });
      await yieldTurn(signal);
    }
    for (const row of unsure) await this.#readMembers(row, signal);
    return done;
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
    const attributes = formatAttributes(attributesOf(object));
    const name = object.type === 'user' ? object.user.userPrincipalName : object.group.displayName;
    const changed = cs.keep(row, {
      partition: this.#partition.id,
      generation,
      type: object.type,
      dn: name,
      attributes,
      source: object.source,
    });
    this.#report.count(row.live === 0 ? 'adds' : changed ? 'updates' : 'unchanged');
    this.#confirm(row, { attributes, source: object.source });
    if (object.type === 'user' || this.#confirmMembers(row, object)) return undefined;
    return row;
  }

  /** What the tenant has as it was to be is no longer pending; anything else is sent again. */
  #confirm(row: CsRow, has: { attributes: string; source: string | null }): void {
    const { exports } = this.#context.store;
    const pending = exports.get(row.id);
    if (pending === undefined) return;
    if (pending.operation !== 'delete' && pending.attributes === has.attributes && row.source === has.source) {
      exports.remove(row.id);
      this.#report.count('confirmed');
    } else if (pending.sent === 1) exports.mark(row.id, false, pending.error);
  }

  /** Whether the tenant's members are those that were known, or those with what was sent. */
  #confirmMembers(row: CsRow, object: TenantObject & { type: 'group' }): boolean {
    const { cs, links, exports } = this.#context.store;
    const known = row.digest ?? emptyDigest;
    const sent = exports.membersOf(row.id).filter((member) => member.sent === 1);
    if (sent.length === 0) return object.memberDigest === known;
    const digest = Buffer.from(known, 'hex');
    for (const { member } of sent) toggleMember(digest, member);
    if (digest.toString('hex') !== object.memberDigest) return object.memberDigest === known && this.#sendAgain(sent);
    for (const { target, adding } of sent) {
      if (adding === 1) links.add(row.id, 'member', target);
      else links.remove(row.id, 'member', target);
      exports.removeMember(row.id, target);
    }
    cs.setDigest(row.id, object.memberDigest);
    this.#report.count('confirmedMembers', sent.length);
    return true;
  }

  #sendAgain(sent: readonly { cs: number; target: number }[]): true {
    for (const { cs, target } of sent) this.#context.store.exports.markMember(cs, target, false);
    return true;
  }

  /** Reads the members of a group as the tenant has them; the next synchronization compares them with those wanted. */
  async #readMembers(row: CsRow, signal: AbortSignal): Promise<void> {
    const { store, tenant } = this.#context;
    const { cs, links, exports } = store;
    const anchors: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await tenant.directory.readMembers(
        row.key,
        { ...(after !== undefined && { after }), limit: PAGE_MEMBERS },
        { signal },
      );
      anchors.push(...page.members);
      after = page.members.at(-1);
      if (!page.more || after === undefined) break;
    }
    const digest = Buffer.alloc(memberDigestBytes);
    store.transaction(() => {
      links.clear(row.id, 'member');
      for (const anchor of anchors) {
        links.add(row.id, 'member', cs.ensure(this.#connector, anchor).id);
        toggleMember(digest, anchor);
      }
      cs.setDigest(row.id, digest.toString('hex'));
      exports.clearMembers(row.id);
      const mv = cs.get(row.id)?.mv ?? null;
      if (mv !== null) for (const part of cs.ofMetaverse(mv)) if (part.id !== row.id) cs.markLinksDirty(part.id, true);
    });
  }

  /** The tenant does not have it, or has it no longer. */
  #drop(row: CsRow): void {
    const { cs, links, exports } = this.#context.store;
    links.clearAll(row.id);
    cs.setDigest(row.id, null);
    exports.clearMembers(row.id);
    if (exports.get(row.id)?.operation === 'delete') exports.remove(row.id);
    cs.remove(row.id);
    this.#report.count('deletes');
  }
}

const emptyDigest = Buffer.alloc(memberDigestBytes).toString('hex');
