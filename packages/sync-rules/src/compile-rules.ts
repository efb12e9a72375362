import { CausewayError, type Clock } from '@causeway/model';
import type { SyncRules } from './rule-file.ts';
import type { Connector, RuleOptions, RuleSet } from './types.ts';

/**
 * The rule set of the built-in rules and those of the administrator.
 *
 * @param input.rules files of the administrator, parsed; the built-in rules are added.
 * @param input.connectors in the order of their creation.
 * @param input.clock what `Now()` gives.
 * @throws {CausewayError} ERR_SYNC_RULES_INVALID naming everything that does not fit together, with file, line and column.
 */
export function compileRules(_input: {
  readonly rules: readonly SyncRules[];
  readonly connectors: readonly Connector[];
  readonly options?: RuleOptions;
  readonly clock: Clock;
}): RuleSet {
  throw new CausewayError({
    code: 'ERR_SYNC_RULES_INVALID',
    message: 'no rules yet',
    nextStep: 'wait',
    disposition: 'halt',
  });
}
