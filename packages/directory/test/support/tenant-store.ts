import assert from 'node:assert/strict';
import { join } from 'node:path';
import type {
  Change,
  MembersResponse,
  ObjectBatch,
  ObjectReceipt,
  ObjectsResponse,
  TenantObject,
} from '@causeway/contract';
import type { OutcomeStatus } from '@causeway/model';
import type { DirectoryStore } from '../../src/store/directory-store.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createFolder } from './folder.ts';
import { anchorOf, batchOf } from './samples.ts';

export const tenant = 'contoso';
/** When everything happens unless said otherwise. */
export const at = '2026-11-22T18:41:00.000Z';

/** The object id that the test's store gives to the object that is made with this number, from 1. */
export function idOf(number: number): string {
  return `${String(number).padStart(8, '0')}-0000-0000-0000-000000000000`;
}

/** A store with one tenant, and what tests of its objects do with it. */
export class TenantStore implements AsyncDisposable {
  readonly store: DirectoryStore;
  #ids = 0;

  private constructor(store: DirectoryStore) {
    this.store = store;
  }

  static async open(): Promise<TenantStore> {
    const store = await openSqliteStore(join(createFolder(), 'directory.sqlite'));
    await store.addTenants([tenant]);
    return new TenantStore(store);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }

  async send(entries: Partial<ObjectBatch>, time = at): Promise<ObjectReceipt> {
    const origin = { tenant, at: time, createObjectId: () => idOf((this.#ids += 1)) };
    return this.store.acceptObjects(origin, batchOf(null, 'o', entries));
  }

  /** Sends what must not be refused. */
  async accept(entries: Partial<ObjectBatch>, time = at): Promise<void> {
    assert.deepEqual((await this.send(entries, time)).refused, []);
  }

  /** The codes of what is refused. */
  async refusals(entries: Partial<ObjectBatch>): Promise<string[]> {
    return (await this.send(entries)).refused.map(({ code }) => code);
  }

  async read(after = 0): Promise<ObjectsResponse> {
    return this.store.loadObjects(tenant, { after, limit: 2_000 });
  }

  async find(anchor: string): Promise<TenantObject> {
    return (await this.read()).objects.find((object) => object.anchor === anchor) ?? assert.fail(anchor);
  }

  async findGroup(number: number): Promise<TenantObject & { type: 'group' }> {
    const object = await this.find(anchorOf(number));
    assert.ok(object.type === 'group');
    return object;
  }

  /** A page of a group's members. */
  async members(group: number, page: { after?: string; limit?: number } = {}): Promise<MembersResponse> {
    const { after, limit = 1_000 } = page;
    return this.store.loadMembers(tenant, { group: anchorOf(group), after, limit });
  }

  /** The entry of a user in the change feed. */
  async changeOf(anchor: string): Promise<Change> {
    const { changes } = await this.store.loadChanges(tenant, { after: 0, limit: 2_000 });
    return changes.find((change) => change.anchor === anchor) ?? assert.fail(anchor);
  }

  /** Reports, as the managed domain does, on a user's newest change. */
  async report(anchor: string, status: OutcomeStatus): Promise<void> {
    const { sequence } = await this.changeOf(anchor);
    await this.store.saveOutcomes(tenant, [{ anchor, sequence, status, version: null, reason: null, at }]);
  }
}
