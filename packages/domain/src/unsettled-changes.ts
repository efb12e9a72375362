import type { Change, Outcome } from '@causeway/contract';
import type { SourceAnchor } from '@causeway/model';

/** Refused changes that are kept to be tried again; of more than this, only their place in the feed is remembered. */
const KEPT_MAX = 1_000;

interface Unsettled {
  readonly sequence: number;
  /** Status and reason, to tell whether another try came to another end. */
  readonly ending: string;
  /** The change itself, where another try here and now may succeed. */
  readonly change: Change | undefined;
}

/**
 * Changes that did not get through: refused by the managed domain, or not openable.
 *
 * An administrator may remove the cause in the managed domain at any time, without a new change at the source; so the
 * refused ones are tried again, and after a restart, perhaps with a restored key, all of them.
 */
export class UnsettledChanges {
  readonly #byAnchor = new Map<SourceAnchor, Unsettled>();
  #kept = 0;

  /** Notes what became of changes; gives the outcomes that are news. */
  note(changes: readonly Change[], outcomes: readonly Outcome[]): Outcome[] {
    // What was left of a user under its former anchor would make another user when tried again.
    for (const { previousAnchor } of changes) if (previousAnchor !== null) this.#forget(previousAnchor);
    const byAnchor = new Map(changes.map((change) => [change.anchor, change]));
    return outcomes.filter(({ anchor, sequence, status, reason }) => {
      const before = this.#byAnchor.get(anchor);
      const ending = `${sequence} ${status} ${reason ?? ''}`;
      this.#forget(anchor);
      if (status === 'refused' || status === 'notOpenable') {
        const change = status === 'refused' && this.#kept < KEPT_MAX ? byAnchor.get(anchor) : undefined;
        if (change !== undefined) this.#kept += 1;
        this.#byAnchor.set(anchor, { sequence, ending, change });
      }
      return before?.ending !== ending;
    });
  }

  /** Those to try again. */
  get retryable(): readonly Change[] {
    return [...this.#byAnchor.values()].flatMap(({ change }) => (change === undefined ? [] : [change]));
  }

  /** The place in the feed from which on a restart has to read; undefined when everything got through. */
  get firstSequence(): number | undefined {
    let first: number | undefined;
    for (const { sequence } of this.#byAnchor.values()) first = Math.min(first ?? sequence, sequence);
    return first;
  }

  #forget(anchor: SourceAnchor): void {
    if (this.#byAnchor.get(anchor)?.change !== undefined) this.#kept -= 1;
    this.#byAnchor.delete(anchor);
  }
}
