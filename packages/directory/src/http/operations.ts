import {
  DirectoryError,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
  type RouteName,
  type routes,
} from '@causeway/contract';
import type { Clock } from '@causeway/model';
import type { AgentSightings } from '../agent-sightings.ts';
import type { ChangeSignal } from '../change-signal.ts';
import type { TenantConfig } from '../config.ts';
import { computeKeyId } from '../rules/key.ts';
import type { DirectoryStore } from '../store/directory-store.ts';

type Routes = typeof routes;

/** A request that has passed authentication, authorization and its schema. */
export interface OperationInput<Name extends RouteName> {
  readonly params: ParamsOf<Routes[Name]>;
  readonly query: QueryOf<Routes[Name]>;
  readonly body: BodyOf<Routes[Name]>;
  /** Confirms the change feed up to this sequence for the agent that asks. */
  readonly confirmFeed: (sequence: number) => void;
  /** Calls back when the connection has gone away before the answer. */
  readonly onGone: (callback: () => void) => void;
  /** Adds counts to the request's log line. */
  readonly count: (counts: Readonly<Record<string, number>>) => void;
}

/** What the directory does for each route. */
export type Operations = {
  readonly [Name in RouteName]: (input: OperationInput<Name>) => Promise<ResponseOf<Routes[Name]>>;
};

export interface OperationParts {
  readonly store: DirectoryStore;
  readonly signal: ChangeSignal;
  readonly sightings: AgentSightings;
  readonly tenants: readonly TenantConfig[];
  readonly clock: Clock;
  /** A random GUID, lower case, for each new object. */
  readonly createObjectId: () => string;
}

/** The operations over a store. */
export function createOperations(parts: OperationParts): Operations {
  const { store, sightings, tenants } = parts;
  return {
    ...createBatchOperations(parts),
    ...createObjectOperations(parts),
    ...createTenantOperations(parts),
    ...createFeedOperations(parts),
    async readHealth() {
      await store.ping();
      return { status: 'ok' };
    },
    async readStatus({ params }) {
      const tenant = tenants.find(({ id }) => id === params.tenant);
      return { ...(await store.loadStatus(params.tenant)), agents: tenant === undefined ? [] : sightings.list(tenant) };
    },
    async explainUser({ params }) {
      const [first, ...others] = await store.loadExplanations(params.tenant, params.anchorOrName);
      if (first === undefined) throw new DirectoryError('user_unknown');
      if (others.length === 0) return first;
      throw new DirectoryError('name_ambiguous', {
        details: { anchors: [first, ...others].map(({ anchor }) => anchor) },
      });
    },
  };
}

function timeOf(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

function createBatchOperations({ store, signal, clock }: OperationParts) {
  return {
    async sendCredentials({ params, body, count }) {
      const receipt = await store.acceptCredentials({ ...params, at: timeOf(clock) }, body);
      if (receipt.accepted > 0) signal.notify(params.tenant);
      count({ ...receipt });
      return receipt;
    },
    findMissingCredentials: ({ params, body }) => store.findMissingCredentials(params.tenant, body),
    async sendOutcomes({ params, body, count }) {
      const receipt = await store.saveOutcomes(params.tenant, body.outcomes);
      count({ ...receipt });
      return receipt;
    },
  } satisfies Partial<Operations>;
}

function createObjectOperations({ store, signal, clock, createObjectId }: OperationParts) {
  return {
    async sendObjects({ params, body, count }) {
      const origin = { tenant: params.tenant, at: timeOf(clock), createObjectId };
      const receipt = await store.acceptObjects(origin, body);
      if (receipt.accepted > 0) signal.notify(params.tenant);
      count({ accepted: receipt.accepted, unchanged: receipt.unchanged, refused: receipt.refused.length });
      return receipt;
    },
    async readObjects({ params, query, count }) {
      const page = await store.loadObjects(params.tenant, query);
      count({ objects: page.objects.length });
      return page;
    },
    async readMembers({ params, query, count }) {
      const { after, limit } = query;
      const page = await store.loadMembers(params.tenant, { group: params.anchor, after, limit });
      count({ members: page.members.length });
      return page;
    },
    async writeCloudUser({ params, body }) {
      const answer = await store.saveCloudUser({ ...params, at: timeOf(clock) }, body);
      if (answer.changed) signal.notify(params.tenant);
      return answer;
    },
    async deleteCloudUser({ params }) {
      const answer = await store.deleteCloudUser({ ...params, at: timeOf(clock) });
      if (answer.changed) signal.notify(params.tenant);
      return answer;
    },
  } satisfies Partial<Operations>;
}

function createTenantOperations({ store, clock }: OperationParts) {
  return {
    readTenant: ({ params }) => store.loadTenant(params.tenant),
    readSource: ({ params }) => store.loadSource(params.tenant, params.source),
    readSettings: ({ params }) => store.loadSettings(params.tenant),
    writeSettings: ({ params, body }) => store.saveSettings(params.tenant, body),
    async registerKey({ params, body }) {
      if (computeKeyId(body.publicKey) !== body.keyId) {
        throw new DirectoryError('invalid_request', {
          details: {
            fields: [{ path: 'keyId', problem: 'expected the first 8 bytes of SHA-256 over the public key' }],
          },
        });
      }
      return store.saveKey(params.tenant, body, timeOf(clock));
    },
  } satisfies Partial<Operations>;
}

function createFeedOperations({ store, signal }: OperationParts) {
  return {
    async readChanges({ params, query, confirmFeed, onGone, count }) {
      const wait = signal.wait(params.tenant);
      try {
        let page = await store.loadChanges(params.tenant, query);
        confirmFeed(query.after);
        if (page.changes.length === 0 && query.waitMs > 0) {
          onGone(wait.cancel);
          await wait.until(query.waitMs);
          page = await store.loadChanges(params.tenant, query);
        }
        count({ changes: page.changes.length });
        return page;
      } finally {
        wait.cancel();
      }
    },
  } satisfies Partial<Operations>;
}
