import type { DirectoryClient } from '@causeway/contract';
import { systemClock, type CausewayError, type Clock, type Logger } from '@causeway/model';
import { BatchWriter } from './batch-writer.ts';
import type { DomainConfig } from './config.ts';
import { DomainReport, type DomainStatus, type Progress } from './domain-report.ts';
import { FeedFollower } from './feed-follower.ts';
import { prepareTenantKey } from './key-registration.ts';
import { ManagedDomain } from './managed-domain.ts';
import { PagePlanner } from './page-planner.ts';
import { PageWriter } from './page-writer.ts';
import { Retry } from './retry.ts';
import { FeedPlace, prepareStateFolder } from './state-folder.ts';

export interface DomainOptions {
  readonly config: DomainConfig;
  /** The directory as this service's agent calls it; stays the caller's to close. */
  readonly directory: Pick<
    DirectoryClient,
    'url' | 'readTenant' | 'registerKey' | 'readChanges' | 'sendOutcomes' | 'readStatus'
  >;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** True to register this host's key in place of the one that the directory knows; never done by itself. */
  readonly replaceKey?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** The domain service: follows the change feed and makes the managed domain agree with it. */
export interface Domain {
  /**
   * Runs until the signal is raised; then resolves once the write in hand is done.
   *
   * The managed DC or the directory being away does not end it.
   *
   * @throws {CausewayError} only what an operator has to act on, such as ERR_DOMAIN_KEY_CONFLICT.
   */
  run(signal: AbortSignal): Promise<void>;
  readonly status: DomainStatus;
}

export function createDomain(options: DomainOptions): Domain {
  return new DomainService(options);
}

class DomainService implements Domain {
  readonly #options: DomainOptions;
  readonly #clock: Clock;
  readonly #report: DomainReport;
  readonly #retry: Retry;

  constructor(options: DomainOptions) {
    const { logger, clock = systemClock, onProgress } = options;
    this.#options = options;
    this.#clock = clock;
    this.#report = new DomainReport({ clock, onProgress });
    this.#retry = new Retry({ logger, onChange: (failure: CausewayError | undefined) => this.#report.fail(failure) });
  }

  get status(): DomainStatus {
    return this.#report.status;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { samba, container } = this.#options.config;
    const managedDomain = new ManagedDomain({ privateDir: samba.privateDir, container });
    try {
      const follower = await this.#prepare(managedDomain, signal);
      await follower.follow(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      managedDomain.close();
      this.#report.stop();
    }
  }

  async #prepare(managedDomain: ManagedDomain, signal: AbortSignal): Promise<FeedFollower> {
    const { config, directory, logger, replaceKey = false } = this.#options;
    const { stateDir, tenant } = config;
    const untilDone = async <T>(step: () => Promise<T>): Promise<T> => this.#retry.untilDone(step, signal);
    await untilDone(async () => prepareStateFolder(stateDir));
    const opener = await untilDone(async () => prepareTenantKey({ directory, stateDir, replaceKey, logger, signal }));
    const container = await untilDone(async () => managedDomain.prepareContainer());
    const database = await untilDone(async () => managedDomain.readInvocationId());
    logger.info({ keyId: opener.keyId, container, tenant }, `users are written to ${container}`);
    return new FeedFollower({
      directory,
      planner: new PagePlanner({ managedDomain, opener, tenant, container }),
      writer: new PageWriter({ managedDomain, batchWriter: new BatchWriter(config.samba), clock: this.#clock, logger }),
      place: new FeedPlace({ stateDir, feed: { tenant, directory: directory.url, database } }),
      retry: this.#retry,
      report: this.#report,
      logger,
      clock: this.#clock,
    });
  }
}
