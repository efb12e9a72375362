import { setTimeout as timeout } from 'node:timers/promises';

/** Resolves after that many milliseconds; rejects with the signal's reason when it is raised first. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await timeout(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
