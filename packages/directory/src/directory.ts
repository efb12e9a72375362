import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:https';
import { CausewayError, systemClock, type Clock, type Logger } from '@causeway/model';
import type { FastifyInstance } from 'fastify';
import { AgentSightings } from './agent-sightings.ts';
import { CertificateKeeper } from './certificate.ts';
import { ChangeSignal } from './change-signal.ts';
import type { DirectoryConfig } from './config.ts';
import { Authenticator } from './http/authentication.ts';
import { createOperations } from './http/operations.ts';
import { createServer } from './http/server.ts';
import type { DirectoryStore } from './store/directory-store.ts';
import { openSqliteStore } from './store/sqlite.ts';

export interface DirectoryOptions {
  readonly config: DirectoryConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** A directory service. */
export interface Directory {
  /** Opens the database and listens; gives the URL. @throws {CausewayError} when a file or the port is not right. */
  start(): Promise<{ url: string }>;
  /** Ends waiting requests, lets running ones finish, and closes the database. */
  stop(): Promise<void>;
}

/** Requests that wait for changes at the same time, at most; each managed domain needs one. */
const waitsMax = 256;
/** How often sightings of agents are stored, recycle bins emptied and the certificate files looked at, in milliseconds. */
const upkeepMs = 30_000;
/** How long running requests may take when the directory stops. */
const stopMs = 10_000;

/** The directory service over a configuration; {@link Directory.start} starts it. */
export function createDirectory({ config, logger, clock = systemClock }: DirectoryOptions): Directory {
  let running: RunningDirectory | undefined;
  return {
    async start() {
      running ??= await RunningDirectory.start({ config, logger, clock });
      return { url: running.url };
    },
    async stop() {
      const stopped = running;
      running = undefined;
      await stopped?.stop();
    },
  };
}

class RunningDirectory {
  readonly url: string;
  readonly #server: FastifyInstance;
  readonly #store: DirectoryStore;
  readonly #sightings: AgentSightings;
  readonly #signal: ChangeSignal;
  readonly #logger: Logger;
  readonly #tenants: readonly string[];
  readonly #clock: Clock;
  readonly #upkeep: NodeJS.Timeout;

  private constructor(parts: {
    url: string;
    server: FastifyInstance;
    store: DirectoryStore;
    sightings: AgentSightings;
    signal: ChangeSignal;
    logger: Logger;
    tenants: readonly string[];
    clock: Clock;
    certificate: CertificateKeeper;
  }) {
    this.url = parts.url;
    this.#server = parts.server;
    this.#store = parts.store;
    this.#sightings = parts.sightings;
    this.#signal = parts.signal;
    this.#logger = parts.logger;
    this.#tenants = parts.tenants;
    this.#clock = parts.clock;
    this.#upkeep = setInterval(() => {
      void this.#saveSightings();
      void this.#emptyRecycleBins();
      void parts.certificate.renew(parts.server.server as unknown as Server);
    }, upkeepMs);
    this.#upkeep.unref();
  }

  static async start(options: Required<DirectoryOptions>): Promise<RunningDirectory> {
    const { config, logger, clock } = options;
    const certificate = new CertificateKeeper({ paths: config.tls, logger, clock });
    const tls = await certificate.load();
    const store = await openSqliteStore(config.database);
    try {
      const tenants = config.tenants.map(({ id }) => id);
      await store.addTenants(tenants);
      const sightings = new AgentSightings(store);
      await sightings.load();
      const signal = new ChangeSignal({ waitsMax });
      const server = createServer({
        operations: createOperations({
          store,
          signal,
          sightings,
          tenants: config.tenants,
          clock,
          createObjectId: randomUUID,
        }),
        authenticator: new Authenticator(config.tenants, clock),
        sightings,
        logger,
        clock,
        database: config.database,
        tls,
      });
      const url = await listen(server, config);
      logger.info({ url, database: config.database, tenants: config.tenants.length }, 'directory listens');
      return new RunningDirectory({ url, server, store, sightings, signal, logger, tenants, clock, certificate });
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#upkeep);
    this.#signal.stop();
    const deadline = setTimeout(() => this.#server.server.closeAllConnections(), stopMs);
    await this.#server.close();
    clearTimeout(deadline);
    await this.#saveSightings();
    await this.#store.close();
    this.#logger.info({ url: this.url }, 'directory stopped');
  }

  async #emptyRecycleBins(): Promise<void> {
    const at = new Date(this.#clock.now()).toISOString();
    try {
      for (const tenant of this.#tenants) await this.#store.emptyRecycleBin({ tenant, at });
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#logger.warn({ problem }, 'objects that were deleted long ago could not be forgotten');
    }
  }

  async #saveSightings(): Promise<void> {
    try {
      await this.#sightings.save();
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#logger.warn({ problem }, 'when the agents were last seen could not be stored');
    }
  }
}

async function listen(server: FastifyInstance, { listen }: DirectoryConfig): Promise<string> {
  try {
    await server.listen({ host: listen.host, port: listen.port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const used = code === 'EADDRINUSE';
    throw new CausewayError({
      code: used ? 'ERR_DIRECTORY_PORT_IN_USE' : 'ERR_DIRECTORY_LISTEN',
      message: used
        ? `Another program listens on ${listen.host} port ${listen.port} already.`
        : `The directory cannot listen on ${listen.host} port ${listen.port} (${code ?? 'unknown'}).`,
      nextStep: used
        ? 'End that program, or choose another port in the configuration.'
        : 'Choose an address of this host and a port that the user of this process may use.',
      disposition: 'halt',
      cause,
    });
  }
  const { address, family, port } = server.server.address() as AddressInfo;
  return `https://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
