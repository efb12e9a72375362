import {
  DirectoryError,
  type Change,
  type ChangesResponse,
  type DirectoryClient,
  type Outcome,
} from '@causeway/contract';
import type { Clock, Logger } from '@causeway/model';
import type { DomainReport } from './domain-report.ts';
import { wipeOperations } from './operation.ts';
import type { PagePlanner } from './page-planner.ts';
import type { PageWriter, PlannedChange } from './page-writer.ts';
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

  /** Resolves never. @throws the signal's reason when it is raised; errors that an operator has to act on. */
  async follow(signal: AbortSignal): Promise<void> {
    const { directory, place, retry, report, logger } = this.#parts;
    const start = await retry.untilDone(async () => place.read(), signal);
    const { feedHead, users, waitingForDomain } = await retry.untilDone(
      async () => directory.readStatus({ signal }),
      signal,
    );
    const from = start ?? 0;
    logger.info({ cursor: from, head: feedHead }, `following the change feed from ${start ?? 'its beginning'}`);
    report.begin({ cursor: from, head: feedHead, users: from === 0 ? users : waitingForDomain });
    await this.#followFrom(await this.#readPage(from, signal), signal);
  }

  /** While a page is written, the one after it is read and planned, and what became of the one before is reported. */
  async #followFrom(first: ChangesResponse, signal: AbortSignal): Promise<never> {
    let page = first;
    let ahead: Promise<PlannedChange[] | undefined> | undefined;
    let settled = Promise.resolve();
    try {
      for (;;) {
        const nextPage = handled(this.#readPage(page.next, signal));
        const planned = await ahead;
        ahead = undefined;
        if (page.changes.length > 0) {
          const written = handled(this.#write(page.changes, signal, planned));
          ahead = page.more ? this.#planAhead(page, nextPage) : undefined;
          const outcomes = await written;
          await settled;
          settled = handled(this.#settle(page, outcomes, signal));
        }
        if (!page.more) {
          await settled;
          await this.#writeUnsettled(page, signal);
        }
        page = await nextPage;
      }
    } finally {
      wipePlans(await ahead);
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

  /** The plan of the next page; undefined when it has to wait for this one, or for the managed DC. */
  async #planAhead(page: ChangesResponse, nextPage: Promise<ChangesResponse>): Promise<PlannedChange[] | undefined> {
    try {
      const { changes } = await nextPage;
      const anchors = new Set(page.changes.map(({ anchor }) => anchor));
      const waits = changes.some(
        ({ anchor, previousAnchor }) => anchors.has(anchor) || (previousAnchor !== null && anchors.has(previousAnchor)),
      );
      return waits ? undefined : await this.#parts.planner.plan(changes);
    } catch {
      // It is planned again when it is its turn, and the failure told then.
      return undefined;
    }
  }

  /** Plans, unless that is done already, and writes; again and again while the managed DC is away. */
  async #write(changes: readonly Change[], signal: AbortSignal, planned?: PlannedChange[]): Promise<Outcome[]> {
    const { planner, writer, retry } = this.#parts;
    let ready = planned;
    try {
      return await retry.untilDone(async () => {
        const plan = ready ?? (await planner.plan(changes));
        ready = undefined;
        return writer.write(plan);
      }, signal);
    } finally {
      wipePlans(ready);
    }
  }

  /** Reports what became of a page, and only then remembers its end. */
  async #settle(
    { changes, next, more }: ChangesResponse,
    outcomes: readonly Outcome[],
    signal: AbortSignal,
  ): Promise<void> {
    const { retry, place, report } = this.#parts;
    await this.#tell(outcomes, this.#unsettled.note(changes, outcomes), signal);
    await retry.untilDone(async () => place.write(next, this.#unsettled.firstSequence), signal);
    report.advance({ cursor: next, more, outcomes });
  }

  /** Tries the refused changes again: after a while, and when other changes that may have made room are through. */
  async #writeUnsettled({ changes, next }: ChangesResponse, signal: AbortSignal): Promise<void> {
    const { retry, place, report, clock } = this.#parts;
    const { retryable } = this.#unsettled;
    const rested = clock.now() - this.#triedUnsettledAt >= UNSETTLED_REST_MS;
    if (retryable.length === 0 || (!rested && changes.length < 2)) return;
    const outcomes = await this.#write(retryable, signal);
    this.#triedUnsettledAt = clock.now();
    const news = this.#unsettled.note(retryable, outcomes);
    if (news.length === 0) return;
    await this.#tell(news, news, signal);
    await retry.untilDone(async () => place.write(next, this.#unsettled.firstSequence), signal);
    report.advance({ cursor: next, more: false, outcomes: news });
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

function wipePlans(planned: readonly PlannedChange[] = []): void {
  for (const { plan } of planned) wipeOperations(plan.operations);
}

/** The same promise; when it fails before somebody waits for it, that is no unhandled rejection. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
