import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { objectBatchSchema } from '@causeway/contract';
import type { DirectoryStore } from '../../../directory/src/store/directory-store.ts';
import { openSqliteStore } from '../../../directory/src/store/sqlite.ts';
import type { TenantConnector } from '../../src/index.ts';
import { createFolder } from './folder.ts';

export const tenantId = 'contoso';

/** The directory's real store as an engine reaches it: without HTTP, with the schemas of the contract. */
export class StoreTenant implements AsyncDisposable {
  readonly store: DirectoryStore;
  sent = 0;
  read = 0;
  membersRead = 0;

  private constructor(store: DirectoryStore) {
    this.store = store;
  }

  static async open(file = join(createFolder(), 'directory.sqlite')): Promise<StoreTenant> {
    const store = await openSqliteStore(file);
    await store.addTenants([tenantId]);
    return new StoreTenant(store);
  }

  get directory(): TenantConnector['directory'] {
    return {
      sendObjects: async (batch) => {
        const at = new Date().toISOString();
        this.sent += batch.users.length + batch.groups.length + batch.members.length + batch.deletions.length;
        return this.store.acceptObjects(
          { tenant: tenantId, at, createObjectId: () => randomUUID() },
          objectBatchSchema.parse(batch),
        );
      },
      readObjects: async ({ after, limit }) => {
        const page = await this.store.loadObjects(tenantId, { after, limit });
        this.read += page.objects.length;
        return page;
      },
      readMembers: async (group, { after, limit = 10_000 }) => {
        const page = await this.store.loadMembers(tenantId, { group, after, limit });
        this.membersRead += page.members.length;
        return page;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}
