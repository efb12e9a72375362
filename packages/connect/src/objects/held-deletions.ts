import type { EngineEvents } from '@causeway/engine';
import type { Clock } from '@causeway/model';
import { ALLOWED_INTERVAL_S } from './scheduler.ts';

type Tell = EngineEvents['deletionThreshold'];

/**
 * Tells that deletions are held back: whenever their number is another one, and otherwise no more often than cycles begin by
 * themselves. Every change in a forest begins a cycle, and each of them finds the same deletions.
 */
export function heldDeletions(clock: Clock, tell: Tell): Tell {
  let told = { what: '', at: -Infinity };
  return (found) => {
    const what = `${found.connector} ${found.pendingDeletes} ${found.threshold}`;
    const now = clock.now();
    if (what === told.what && now - told.at < ALLOWED_INTERVAL_S * 1_000) return;
    told = { what, at: now };
    tell(found);
  };
}
