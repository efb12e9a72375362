/** What the fuzzer calls: the target that `FUZZ_TARGET` names, of the file that `FUZZ_GROUP` names. Nothing else is loaded. */
import { tryOnce, type FuzzTarget } from './target.ts';

const { FUZZ_GROUP: group = '', FUZZ_TARGET: name = '' } = process.env;
const { targets } = (await import(`./targets/${group}.ts`)) as { targets: Readonly<Record<string, FuzzTarget>> };
const target = targets[name];
if (!target) throw new RangeError(`there is no fuzz target "${name}" in ${group}`);

export function fuzz(input: Uint8Array): void {
  tryOnce(target as FuzzTarget, input);
}
