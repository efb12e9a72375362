import type { StatusResponse } from '@causeway/contract';
import type { TenantConfig } from './config.ts';
import type { Agent } from './http/authentication.ts';
import type { AgentSighting, DirectoryStore } from './store/directory-store.ts';

/** When each agent was last seen: exact in memory, stored now and then so that no request pays for it. */
export class AgentSightings {
  readonly #store: DirectoryStore;
  readonly #sightings = new Map<string, AgentSighting>();
  readonly #unsaved = new Set<string>();

  constructor(store: DirectoryStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const sighting of await this.#store.loadSightings()) {
      this.#sightings.set(keyOf(sighting.tenant, sighting.agent), sighting);
    }
  }

  /** Notes that an agent was seen, and, for a domain agent that reads the feed, up to where it has confirmed it. */
  note(agent: Agent, atMs: number, feedPosition?: number): void {
    const key = keyOf(agent.tenant, agent.id);
    this.#sightings.set(key, {
      tenant: agent.tenant,
      agent: agent.id,
      lastSeenAt: new Date(atMs).toISOString(),
      feedPosition: feedPosition ?? this.#sightings.get(key)?.feedPosition ?? null,
    });
    this.#unsaved.add(key);
  }

  /** Stores what was noted since the last time. */
  async save(): Promise<void> {
    const keys = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      await this.#store.saveSightings(keys.flatMap((key) => this.#sightings.get(key) ?? []));
    } catch (error) {
      for (const key of keys) this.#unsaved.add(key);
      throw error;
    }
  }

  /** All agents that the tenant may have, seen or not. */
  list(tenant: TenantConfig): StatusResponse['agents'] {
    return tenant.agents.map(({ id, role }) => {
      const sighting = this.#sightings.get(keyOf(tenant.id, id));
      return {
        agent: id,
        role,
        lastSeenAt: sighting?.lastSeenAt ?? null,
        feedPosition: sighting?.feedPosition ?? null,
      };
    });
  }
}

function keyOf(tenant: string, agent: string): string {
  return `${tenant}/${agent}`;
}
