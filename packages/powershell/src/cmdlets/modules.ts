import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';

/**
 * The module that a name means, in any case. Of a path, as newer instructions have it, the file's name counts; no file is read.
 */
export function moduleNamed(modules: readonly string[], name: PsValue): string | undefined {
  const file = textOf(name).split(/[\\/]/u).at(-1) ?? '';
  const bare = file.replace(/\.psd?m?1$/iu, '').toLowerCase();
  return modules.find((module) => module.toLowerCase() === bare);
}
