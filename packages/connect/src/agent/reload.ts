import { isDeepStrictEqual } from 'node:util';
import type { ConnectConfig } from '../config.ts';

/** Keys that an agent holds on to from its start to its end. */
const fixed: readonly (keyof ConnectConfig)[] = ['tenant', 'directory', 'stateDir', 'events', 'metrics'];

/** What a configuration that was read again changes, and what of it takes effect only with a restart: nothing does then. */
export function planReload(present: ConnectConfig, next: ConnectConfig): { changed: string[]; needsRestart: string[] } {
  const keys = new Set([...Object.keys(present), ...Object.keys(next)] as (keyof ConnectConfig)[]);
  const changed = [...keys].filter((key) => !isDeepStrictEqual(present[key], next[key])).sort();
  return { changed, needsRestart: changed.filter((key) => fixed.includes(key)) };
}
