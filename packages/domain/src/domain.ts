import {
  DirectoryError,
  type Change,
  type ChangesResponse,
  type DirectoryClient,
  type Outcome,
} from '@causeway/contract';
import { systemClock, type CausewayError, type Clock, type Logger } from '@causeway/model';
import { BatchWriter } from './batch-writer.ts';
import type { DomainConfig } from './config.ts';
import { DomainReport, type DomainStatus, type Progress } from './domain-report.ts';
import { prepareTenantKey } from './key-registration.ts';
import { ManagedDomain } from './managed-domain.ts';
import { PagePlanner } from './page-planner.ts';
import { PageWriter } from './page-writer.ts';
import { Retry } from './retry.ts';
import { FeedPlace, prepareStateFolder } from './state-folder.ts';

/** Changes of a page: large enough that starting a transaction does not count, small enough that sign-ins wait briefly. */
const PAGE_CHANGES = 1_000;
/** How long the directory may hold a request for changes, in milliseconds. */
const WAIT_MS = 30_000;

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
  return new FeedFollower(options);
}

class FeedFollower implements Domain {
  readonly #options: DomainOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #report: DomainReport;
  readonly #retry: Retry;
  readonly #place: FeedPlace;

  constructor(options: DomainOptions) {
    const { config, directory, logger, clock = systemClock, onProgress } = options;
    this.#options = options;
    this.#logger = logger;
    this.#clock = clock;
    this.#report = new DomainReport({ clock, onProgress });
    this.#retry = new Retry({ logger, onChange: (failure: CausewayError | undefined) => this.#report.fail(failure) });
    this.#place = new FeedPlace({ stateDir: config.stateDir, tenant: config.tenant, directory: directory.url });
  }

  get status(): DomainStatus {
    return this.#report.status;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { config } = this.#options;
    const managedDomain = new ManagedDomain({ privateDir: config.samba.privateDir, container: config.container });
    try {
      const planner = await this.#prepare(managedDomain, signal);
      const writer = new PageWriter({
        managedDomain,
        batchWriter: new BatchWriter(config.samba),
        clock: this.#clock,
        logger: this.#logger,
      });
      await this.#follow({ planner, writer }, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      managedDomain.close();
      this.#report.stop();
    }
  }

  async #prepare(managedDomain: ManagedDomain, signal: AbortSignal): Promise<PagePlanner> {
    const { config, directory, replaceKey = false } = this.#options;
    const { stateDir } = config;
    await this.#retry.untilDone(async () => prepareStateFolder(stateDir), signal);
    const opener = await this.#retry.untilDone(
      async () => prepareTenantKey({ directory, stateDir, replaceKey, logger: this.#logger, signal }),
      signal,
    );
    const container = await this.#retry.untilDone(async () => managedDomain.prepareContainer(), signal);
    this.#logger.info({ keyId: opener.keyId, container, tenant: config.tenant }, `users are written to ${container}`);
    return new PagePlanner({ managedDomain, opener, tenant: config.tenant, container });
  }

  async #follow(parts: { planner: PagePlanner; writer: PageWriter }, signal: AbortSignal): Promise<void> {
    const { directory } = this.#options;
    const start = await this.#retry.untilDone(async () => this.#place.read(), signal);
    const { feedHead } = await this.#retry.untilDone(async () => directory.readStatus({ signal }), signal);
    this.#logger.info(
      { cursor: start ?? 0, head: feedHead },
      start === undefined ? 'following the change feed from its beginning' : `following the change feed from ${start}`,
    );
    this.#report.advance({ cursor: start ?? 0, head: feedHead, outcomes: [] });
    let page = await this.#readPage(start ?? 0, signal);
    for (;;) {
      // The directory looks for the next page while this one is written.
      const nextPage = this.#readPage(page.next, signal);
      nextPage.catch(() => undefined);
      if (page.changes.length > 0) await this.#applyPage(parts, page, signal);
      page = await nextPage;
    }
  }

  /** Reads on from a place; from 0 when the directory, restored from an older copy, has never come that far. */
  async #readPage(after: number, signal: AbortSignal): Promise<ChangesResponse> {
    const { directory } = this.#options;
    const read = async (from: number) =>
      this.#retry.untilDone(
        async () => directory.readChanges({ after: from, limit: PAGE_CHANGES, waitMs: WAIT_MS }, { signal }),
        signal,
      );
    try {
      return await read(after);
    } catch (error) {
      if (!(error instanceof DirectoryError) || error.disposition !== 'resync') throw error;
      this.#logger.warn(
        { code: error.code, cursor: after },
        `${error.message} Following the change feed from its beginning.`,
      );
      return read(0);
    }
  }

  /** Writes a page, reports what became of it, and only then remembers its end. */
  async #applyPage(
    parts: { planner: PagePlanner; writer: PageWriter },
    page: ChangesResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const outcomes = await this.#retry.untilDone(async () => this.#write(parts, page.changes), signal);
    await this.#retry.untilDone(async () => this.#options.directory.sendOutcomes(outcomes, { signal }), signal);
    await this.#retry.untilDone(async () => this.#place.write(page.next), signal);
    for (const { anchor, status, reason } of outcomes) {
      if (status === 'refused' || status === 'notOpenable')
        this.#logger.warn({ anchor, status, reason }, 'a change could not be applied');
    }
    this.#report.advance({ cursor: page.next, head: page.more ? undefined : page.next, outcomes });
  }

  async #write(
    { planner, writer }: { planner: PagePlanner; writer: PageWriter },
    changes: readonly Change[],
  ): Promise<Outcome[]> {
    return writer.write(await planner.plan(changes));
  }
}
