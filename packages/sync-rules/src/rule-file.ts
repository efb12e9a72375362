import { CausewayError } from '@causeway/model';
import type { ConnectorKind, LinkType, ScopeClause } from './types.ts';

/** One synchronization rule as written, checked for its form. */
export interface SyncRule {
  readonly name: string;
  readonly direction: 'inbound' | 'outbound';
  /** Name of a connector, or the kind of all that it applies to. */
  readonly connector: { readonly name: string } | { readonly kind: ConnectorKind };
  readonly precedence: number;
  readonly linkType: LinkType;
  readonly scope: readonly (readonly ScopeClause[])[];
}

/** What a file of rules says. */
export interface SyncRules {
  readonly rules: readonly SyncRule[];
  /** Names of built-in rules that do not apply. */
  readonly disable: readonly string[];
}

/**
 * The rules in a YAML text.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_INVALID naming everything that is wrong, with file, line and column.
 */
export function parseSyncRules(_text: string, file: string): SyncRules {
  throw new CausewayError({
    code: 'ERR_SYNC_RULES_INVALID',
    message: `the rules in ${file} are not valid`,
    nextStep: 'correct the lines named above; docs/sync-rules.md describes every key',
    disposition: 'halt',
  });
}
