import { ntlmTargets } from './targets/ntlm.ts';
import { rpcTargets } from './targets/rpc.ts';
import type { FuzzTarget } from './target.ts';

/** Every decoder that faces the network, by name. */
const targets: Readonly<Record<string, FuzzTarget>> = { ...rpcTargets, ...ntlmTargets };

export const targetNames: readonly string[] = Object.keys(targets);

/** @throws {RangeError} when there is none by that name; the message lists those that there are. */
export function targetNamed(name: string): FuzzTarget {
  const target = targets[name];
  if (target) return target;
  throw new RangeError(`there is no fuzz target "${name}"; there are ${targetNames.join(', ')}`);
}
