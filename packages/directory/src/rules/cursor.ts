/** The span of the batch that a stream accepted last. */
export interface AcceptedSpan {
  /** The cursor it started at; null when it started a full synchronization. */
  readonly from: string | null;
  /** The cursor it led to; null when a full synchronization is due. */
  readonly to: string | null;
}

/**
 * Whether a batch may be accepted into its stream.
 *
 * | batch                                    | decision                                   |
 * |------------------------------------------|--------------------------------------------|
 * | starts a full synchronization            | `accept`: it deletes and regresses nothing |
 * | starts where the last one ended          | `accept`                                   |
 * | has the span of the last one: a repeat   | `accept`: its acknowledgement was lost     |
 * | anything else: a gap, or a second agent  | `conflict`                                 |
 */
export function decideCursor(stored: AcceptedSpan, batch: { from: string | null; to: string }): 'accept' | 'conflict' {
  if (batch.from === null || batch.from === stored.to) return 'accept';
  return batch.from === stored.from && batch.to === stored.to ? 'accept' : 'conflict';
}
