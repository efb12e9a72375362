import type { Duplex } from 'node:stream';
import { timeoutError } from './errors.ts';

/** How long a piece of work on a stream may take, and who may give it up. */
export interface Guard {
  /** For messages: the other side. */
  readonly server: string;
  /** For messages: `asked to sign in`. */
  readonly waitedFor: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does work on a stream that is destroyed when the work fails, takes too long or is given up.
 *
 * The work is handed a signal that is raised in the last two cases. Rejects with the work's error, with LdapError
 * ERR_LDAP_TIMEOUT, or with the reason of `guard.signal`.
 */
export async function guarded<Result>(
  stream: Duplex,
  guard: Guard,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal } = guard;
  const stop = new AbortController();
  stream.on('error', reachesCallerByTheWork);
  const giveUp = (reason: unknown): void => {
    stop.abort(reason);
    stream.destroy(reason instanceof Error ? reason : new TypeError(String(reason)));
  };
  const abort = (): void => giveUp(signal?.reason);
  const timer = setTimeout(() => giveUp(timeoutError(guard.server, guard.waitedFor, guard.timeoutMs)), guard.timeoutMs);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (signal?.aborted === true) abort();
    stop.signal.throwIfAborted();
    return await work(stop.signal);
  } catch (error) {
    stream.destroy();
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Stays with the stream: an error between this work and the next must not end the process. */
function reachesCallerByTheWork(): void {}
