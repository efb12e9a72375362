import { randomUUID } from 'node:crypto';
import { sleep } from '../agent/sleep.ts';
import { tenantFailure } from './batch.ts';
import type { PasswordPorts } from './ports.ts';

/** Event 654 comes this often while nothing is sent. */
export const HEARTBEAT_MS = 1_800_000;
/** The next attempt after a failed one. */
const RETRY_MS = 60_000;

interface HeartbeatOptions {
  readonly ports: Pick<PasswordPorts, 'directory' | 'events' | 'clock'>;
  readonly connector: string;
  /** GUID of the connector. */
  readonly connectorId: string;
  readonly intervalMs: number;
}

/**
 * Tells the tenant that a forest's channels live: at the start, and whenever nothing has been sent for the interval. It is a
 * signed request that the directory answers only to an agent it knows, so it also proves that sending would work.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #aliveAt: number;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#aliveAt = -Infinity;
  }

  /** To be told whenever passwords have reached the directory. */
  noteDelivery(): void {
    this.#aliveAt = this.#options.ports.clock.now();
  }

  /** Beats until the signal is raised, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    this.#aliveAt = -Infinity;
    try {
      for (;;) {
        const waitMs = await this.beat(signal);
        await sleep(waitMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Beats if it is time. @returns milliseconds until the next look. */
  async beat(signal: AbortSignal): Promise<number> {
    const { ports, connector, connectorId, intervalMs } = this.#options;
    const dueInMs = this.#aliveAt + intervalMs - ports.clock.now();
    if (dueInMs > 0) return dueInMs;
    const ping = { connector, connectorId };
    ports.events.write(653, ping);
    try {
      await ports.directory.readTenant({ signal });
    } catch (error) {
      signal.throwIfAborted();
      ports.events.write(655, { connector, ...tenantFailure(error, ports.directory.url, randomUUID()) });
      return Math.min(RETRY_MS, intervalMs);
    }
    ports.events.write(654, ping);
    this.#aliveAt = ports.clock.now();
    return intervalMs;
  }
}
