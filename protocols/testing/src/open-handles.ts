import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

/** A test's own server takes some turns of the event loop to go away. */
const TURNS_MAX = 100;

/** What keeps the process running, sockets and timers above all, in the order of the alphabet. */
export function openHandles(): string[] {
  return process.getActiveResourcesInfo().toSorted();
}

/** Nothing keeps the process running that did not {@link openHandles | before}. */
export async function assertNothingMoreIsOpen(before: readonly string[]): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX && openHandles().length > before.length; turn += 1) await setImmediate();
  assert.deepEqual(openHandles(), before);
}
