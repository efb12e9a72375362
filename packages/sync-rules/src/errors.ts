import { CausewayError } from '@causeway/model';

/** Everything that is wrong with rules, each with its place. */
export function invalidRules(problems: readonly string[]): CausewayError {
  return new CausewayError({
    code: 'ERR_SYNC_RULES_INVALID',
    message: `the synchronization rules are not valid:\n  ${problems.join('\n  ')}`,
    nextStep: 'correct the lines named above; docs/sync-rules.md describes every key',
    disposition: 'halt',
  });
}

/** An expression that cannot be read; `character` counts from 1. */
export function badExpression(character: number, message: string): CausewayError {
  return new CausewayError({
    code: 'ERR_SYNC_RULES_EXPRESSION',
    message: `character ${character} of the expression: ${message}`,
    nextStep: 'correct the expression; docs/sync-rules.md lists functions and operators',
    disposition: 'halt',
  });
}

/** An expression that gives no value for one object. */
export function failedExpression(message: string): CausewayError {
  return new CausewayError({
    code: 'ERR_SYNC_RULES_VALUE',
    message,
    nextStep: 'correct the attribute of the object, or the rule',
    disposition: 'retry',
  });
}
