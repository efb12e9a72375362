import {
  DirectoryError,
  type Change,
  type ChangesResponse,
  type DirectoryClient,
  type Outcome,
} from '@causeway/contract';
import type { Clock, Logger } from '@causeway/model';
import type { DomainReport } from './domain-report.ts';
import type { PagePlanner } from './page-planner.ts';
import type { PageWriter } from './page-writer.ts';
import type { Retry } from './retry.ts';
import type { FeedPlace } from './state-folder.ts';
import { UnsettledChanges } from './unsettled-changes.ts';

/** Changes of a page: large enough that starting a transaction does not count, small enough that sign-ins wait briefly. */
const PAGE_CHANGES = 1_000;
/** How long the directory may hold a request for changes, in milliseconds. */
const WAIT_MS = 30_000;
/** How long refused changes rest before they are tried again, in milliseconds. */
const UNSETTLED_REST_MS = 30_000;

export interface FeedFollowerParts {
  readonly directory: Pick<DirectoryClient, 'readChanges' | 'sendOutcomes' | 'readStatus'>;
  readonly planner: PagePlanner;
  readonly writer: PageWriter;
  readonly place: FeedPlace;
  readonly retry: Retry;
  readonly report: DomainReport;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Applies page after page of the change feed, and remembers a page only when it is written and reported. */
export class FeedFollower {
  readonly #parts: FeedFollowerParts;
  readonly #unsettled = new UnsettledChanges();
  #triedUnsettledAt: number;

  constructor(parts: FeedFollowerParts) {
    this.#parts = parts;
    this.#triedUnsettledAt = parts.clock.now();
  }

  /** Never resolves. @throws the signal's reason when it is raised; errors that an operator has to act on. */
  async follow(signal: AbortSignal): Promise<never> {
    const { directory, place, retry, report, logger } = this.#parts;
    const start = await retry.untilDone(async () => place.read(), signal);
    const { feedHead, users, waitingForDomain } = await retry.untilDone(
      async () => directory.readStatus({ signal }),
      signal,
    );
    const from = start ?? 0;
    logger.info({ cursor: from, head: feedHead }, `following the change feed from ${start ?? 'its beginning'}`);
    report.begin({ cursor: from, head: feedHead, users: from === 0 ? users : waitingForDomain });
    let page = await this.#readPage(from, signal);
    for (;;) {
      // The directory looks for the next page while this one is written.
      const nextPage = this.#readPage(page.next, signal);
      nextPage.catch(() => undefined);
      if (page.changes.length > 0) await this.#applyPage(page, signal);
      if (!page.more) await this.#applyUnsettled(page, signal);
      page = await nextPage;
    }
  }

  /** Reads on from a place; from 0 when the directory, restored from an older copy, has never come that far. */
  async #readPage(after: number, signal: AbortSignal): Promise<ChangesResponse> {
    const { directory, retry, logger } = this.#parts;
    const read = async (from: number) =>
      retry.untilDone(
        async () => directory.readChanges({ after: from, limit: PAGE_CHANGES, waitMs: WAIT_MS }, { signal }),
        signal,
      );
    try {
      return await read(after);
    } catch (error) {
      if (!(error instanceof DirectoryError) || error.disposition !== 'resync') throw error;
      const { code, message } = error;
      logger.warn({ code, cursor: after }, `${message} Following the change feed from its beginning.`);
      return read(0);
    }
  }

  async #applyPage({ changes, next, more }: ChangesResponse, signal: AbortSignal): Promise<void> {
    const { retry, place, report } = this.#parts;
    const outcomes = await retry.untilDone(async () => this.#write(changes), signal);
    await this.#tell(outcomes, this.#unsettled.note(changes, outcomes), signal);
    await retry.untilDone(async () => place.write(next, this.#unsettled.firstSequence), signal);
    report.advance({ cursor: next, more, outcomes });
  }

  /** Tries the refused changes again: after a while, and when other changes that may have made room are through. */
  async #applyUnsettled({ changes, next }: ChangesResponse, signal: AbortSignal): Promise<void> {
    const { retry, place, report, clock } = this.#parts;
    const { retryable } = this.#unsettled;
    const rested = clock.now() - this.#triedUnsettledAt >= UNSETTLED_REST_MS;
    if (retryable.length === 0 || (!rested && changes.length < 2)) return;
    const outcomes = await retry.untilDone(async () => this.#write(retryable), signal);
    this.#triedUnsettledAt = clock.now();
    const news = this.#unsettled.note(retryable, outcomes);
    if (news.length === 0) return;
    await this.#tell(news, news, signal);
    await retry.untilDone(async () => place.write(next, this.#unsettled.firstSequence), signal);
    report.advance({ cursor: next, more: false, outcomes: news });
  }

  async #write(changes: readonly Change[]): Promise<Outcome[]> {
    return this.#parts.writer.write(await this.#parts.planner.plan(changes));
  }

  /** Reports outcomes to the directory, and logs the bad news among them. */
  async #tell(outcomes: readonly Outcome[], news: readonly Outcome[], signal: AbortSignal): Promise<void> {
    const { directory, retry, logger } = this.#parts;
    await retry.untilDone(async () => directory.sendOutcomes(outcomes, { signal }), signal);
    for (const { anchor, status, reason } of news) {
      if (status !== 'refused' && status !== 'notOpenable') continue;
      logger.warn({ code: 'ERR_DOMAIN_UNSETTLED', anchor, status, reason }, `a change is ${status}: ${reason ?? ''}`);
    }
  }
}
