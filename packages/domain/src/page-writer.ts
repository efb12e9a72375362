import type { Change, Outcome } from '@causeway/contract';
import type { Clock, CredentialVersion, Logger } from '@causeway/model';
import type { BatchWriter } from './batch-writer.ts';
import type { ManagedDomain } from './managed-domain.ts';
import { wipeOperations } from './operation.ts';
import type { Plan } from './plan.ts';

/**
 * Changes from which on one transaction of `ldbmodify` is faster than one write each: measured, 40 take 123 ms one by one
 * and 138 ms together, 60 take 188 ms and 139 ms.
 */
const BATCH_MIN = 45;

/** Refused changes in a batch after which the rest of it is written one at a time. */
const REFUSED_MAX = 20;

/** What Samba said against a change, and the credential that the user has all the same. */
interface Refusal {
  readonly reason: string;
  readonly version: CredentialVersion | null;
}

/** A change with what is to be written for it. */
export interface PlannedChange {
  readonly change: Change;
  readonly plan: Plan;
}

/** Writes planned changes to the managed domain, by the way that is faster for their number, and says what became of each. */
export class PageWriter {
  readonly #managedDomain: ManagedDomain;
  readonly #batchWriter: BatchWriter;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(parts: { managedDomain: ManagedDomain; batchWriter: BatchWriter; clock: Clock; logger: Logger }) {
    this.#managedDomain = parts.managedDomain;
    this.#batchWriter = parts.batchWriter;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /**
   * Outcomes in the order of the changes. All secrets of the plans are wiped, whatever happens.
   *
   * @throws {CausewayError} ERR_DOMAIN_MANAGED_DC_UNAVAILABLE: some may have been written; plan and write all again.
   */
  async write(planned: readonly PlannedChange[]): Promise<Outcome[]> {
    try {
      const toWrite = planned.filter(({ plan }) => plan.operations.length > 0);
      const refused = new Map<PlannedChange, Refusal>();
      await this.#writeAll(toWrite, refused);
      return planned.map((one) => this.#outcome(one, refused.get(one)));
    } finally {
      for (const { plan } of planned) wipeOperations(plan.operations);
    }
  }

  async #writeAll(toWrite: readonly PlannedChange[], refused: Map<PlannedChange, Refusal>): Promise<void> {
    let rest = toWrite;
    while (rest.length >= BATCH_MIN && refused.size < REFUSED_MAX) {
      const written = await this.#writeBatch(rest);
      if (written === rest.length) return;
      // Nothing of it was kept. What comes before the refused one is good, and one write alone tells the reason.
      if (written === undefined) break;
      await this.#writeAll(rest.slice(0, written), refused);
      await this.#writeSingles(rest.slice(written, written + 1), refused);
      rest = rest.slice(written + 1);
    }
    await this.#writeSingles(rest, refused);
  }

  /** How many changes come before the first refused one; undefined when the batch failed as a whole. */
  async #writeBatch(changes: readonly PlannedChange[]): Promise<number | undefined> {
    const result = await this.#batchWriter.write(changes.flatMap(({ plan }) => plan.operations));
    if (result.written) return changes.length;
    if (result.refusedAt === undefined) {
      this.#logger.warn(
        { code: 'ERR_DOMAIN_BATCH', changes: changes.length, problem: result.problem },
        'a batch failed as a whole and is written one change at a time: slower, nothing is lost; see problem, and that ldb-tools is installed',
      );
      return undefined;
    }
    let operations = 0;
    const refused = changes.findIndex(({ plan }) => {
      operations += plan.operations.length;
      return operations > (result.refusedAt ?? 0);
    });
    return refused === -1 ? undefined : refused;
  }

  async #writeSingles(changes: readonly PlannedChange[], refused: Map<PlannedChange, Refusal>): Promise<void> {
    for (const one of changes) {
      let version = one.plan.held;
      for (const operation of one.plan.operations) {
        const { code, diagnostic } = await this.#managedDomain.write(operation);
        if (code !== 0) {
          refused.set(one, { reason: `The managed domain refused with LDAP error ${code}: ${diagnostic}`, version });
          break;
        }
        // The first write of a plan holds the credential.
        ({ version } = one.plan.outcome);
      }
    }
  }

  #outcome({ change, plan }: PlannedChange, refusal: Refusal | undefined): Outcome {
    const { anchor, sequence } = change;
    const at = new Date(this.#clock.now()).toISOString();
    if (refusal === undefined) return { anchor, sequence, ...plan.outcome, at };
    const reason = refusal.reason.replaceAll(/\s+/g, ' ').trim().slice(0, REASON_CHARACTERS_MAX);
    return { anchor, sequence, status: 'refused', version: refusal.version, reason, at };
  }
}

const REASON_CHARACTERS_MAX = 1_024;
