/** What the fuzzer calls: the target that the environment variable `FUZZ_TARGET` names. */
import { targetNamed } from './targets.ts';
import { tryOnce } from './target.ts';

const target = targetNamed(process.env['FUZZ_TARGET'] ?? '');

export function fuzz(input: Uint8Array): void {
  tryOnce(target, input);
}
