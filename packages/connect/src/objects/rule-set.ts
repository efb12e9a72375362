import { readFileSync } from 'node:fs';
import { CausewayError, type Clock } from '@causeway/model';
import { compileRules, operators, parseSyncRules, type Operator, type RuleSet } from '@causeway/sync-rules';
import { tenantConnectorName, type ConnectConfig } from '../config.ts';

/**
 * The rules that a configuration asks for: the built-in ones, those of its file, and its filters.
 *
 * @throws {CausewayError} ERR_CONNECT_RULES_FILE, ERR_SYNC_RULES_INVALID
 */
export function loadRules(config: ConnectConfig, clock: Clock): RuleSet {
  const { rules: file, match } = config.objectSync;
  const rules = file === undefined ? [] : [parseSyncRules(readRules(file), file)];
  const filters = config.connectors.map(({ name: connector, filter: { attributes, group } }) => ({
    connector,
    attribute: attributes.map((clause) => ({ ...clause, operator: operatorOf(clause.operator) })),
    ...(group !== undefined && { group }),
  }));
  return compileRules({
    rules,
    connectors: [
      ...config.connectors.map(({ name }) => ({ name, kind: 'ad' as const })),
      { name: tenantConnectorName(config), kind: 'tenant' },
    ],
    options: { match, filters },
    clock,
  });
}

function readRules(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CausewayError({
      code: 'ERR_CONNECT_RULES_FILE',
      message: `the file of synchronization rules ${file} cannot be read: ${cause instanceof Error ? cause.message : 'unknown'}`,
      nextStep: 'name an existing file in objectSync.rules, readable by the user who runs causeway',
      disposition: 'halt',
      cause,
    });
  }
}

function operatorOf(text: string): Operator {
  const found = operators.find((operator) => operator === text.toUpperCase());
  if (found !== undefined) return found;
  throw new CausewayError({
    code: 'ERR_CONNECT_RULES_FILE',
    message: `connectors.filter.attributes has an operator ${text} that is none`,
    nextStep: `take one of: ${operators.join(', ')}`,
    disposition: 'halt',
  });
}
