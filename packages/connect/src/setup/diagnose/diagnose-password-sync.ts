import type { Chain } from '@causeway/control';
import { CausewayError } from '@causeway/model';
import type { ConnectorConfig } from '../../config.ts';
import { runChecks, type Check, type CheckResult } from '../check.ts';
import { directoryChecks } from '../directory-checks.ts';
import { explainUser } from '../explain/explain-user.ts';
import { connectorChecks } from '../setup-checks.ts';
import { agentChecks, channelChecks, tenantFeatureCheck } from './agent-checks.ts';
import { createDiagnosisContext, type DiagnosisContext, type DiagnosisOptions } from './diagnosis-context.ts';

/** What is asked. */
export interface Diagnosis {
  /** Account name, user principal name, distinguished name or source anchor, for the chain of one user as well. */
  readonly user?: string | undefined;
  /** Name of a connector, its case included; all unless given. */
  readonly connector?: string | undefined;
}

/** What a diagnosis came to. */
export interface DiagnosisReport {
  readonly results: readonly CheckResult[];
  /** Of the user that was asked for. */
  readonly chain: Chain | null;
}

/**
 * Why passwords do, or do not, arrive: through the running agent where it runs, and directly otherwise.
 *
 * @throws {CausewayError} ERR_CONFIG_CONNECTOR: there is no such connector.
 * @throws the reason of `signal`; everything else is the failure of a check.
 */
export async function diagnosePasswordSync(
  options: DiagnosisOptions,
  asked: Diagnosis,
  run: { readonly signal: AbortSignal; readonly onResult?: (result: CheckResult) => void },
): Promise<DiagnosisReport> {
  const connectors = chosen(options.config.connectors, asked.connector);
  const context = createDiagnosisContext(options);
  try {
    const results = await runChecks(checksOf(connectors), context, { clock: options.clock, ...run });
    const chain = asked.user === undefined ? null : await explainUser(asked.user, options, run.signal);
    return { results, chain };
  } finally {
    context.close();
  }
}

function checksOf(connectors: readonly ConnectorConfig[]): Check<DiagnosisContext>[] {
  return [
    ...agentChecks,
    ...directoryChecks,
    tenantFeatureCheck,
    ...connectors.flatMap(channelChecks),
    ...connectors.flatMap(connectorChecks),
  ];
}

function chosen(connectors: readonly ConnectorConfig[], name: string | undefined): readonly ConnectorConfig[] {
  if (name === undefined) return connectors;
  const found = connectors.filter((connector) => connector.name === name);
  if (found.length > 0) return found;
  throw new CausewayError({
    code: 'ERR_CONFIG_CONNECTOR',
    message: `there is no connector ${name}; case counts: ${connectors.map((connector) => connector.name).join(', ')}`,
    nextStep: 'name one of these',
    disposition: 'halt',
  });
}
