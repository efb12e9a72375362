import { CausewayError } from '@causeway/model';
import type { CompiledRule } from './compile-rule.ts';
import type { ScopeInput } from './scope.ts';
import type { RuleProblem } from './types.ts';

/** The rules whose scope has the object. One whose scope cannot be told has not, and is a problem. */
export function rulesInScope(
  rules: readonly CompiledRule[],
  object: ScopeInput,
  problems: RuleProblem[],
): readonly CompiledRule[] {
  return rules.filter((rule) => {
    try {
      return rule.inScope(object);
    } catch (error) {
      problems.push({ rule: rule.ref.name, attribute: 'scope', message: reasonOf(error) });
      return false;
    }
  });
}

/** @throws what is not an error of an expression. */
export function reasonOf(error: unknown): string {
  if (error instanceof CausewayError) return error.message;
  throw error;
}
