import type { PasswordSyncConfiguration, PartitionPasswordSyncState, Reachability } from '@causeway/control';
import { failed, passed, type Check } from './check.ts';

/** How old the last heartbeat (event 654) may be: milliseconds. */
const heartbeatMaxMs = 3 * 3_600_000;

/** What is known of one forest. */
export interface ForestFacts {
  readonly connector: string;
  /** Undefined when no channel is set up. */
  readonly configuration: PasswordSyncConfiguration | undefined;
  /** Time of the last event 654, in milliseconds since 1970; undefined when there is none. */
  readonly heartbeatAt: number | undefined;
  readonly domains: readonly Reachability[];
  readonly states: readonly PartitionPasswordSyncState[];
}

export interface PasswordSyncFacts {
  /** Features of the tenant by Microsoft's names. */
  readonly features: Readonly<Record<string, boolean>>;
  readonly stagingMode: boolean;
  readonly forests: readonly ForestFacts[];
  readonly now: number;
}

/** Why no password arrives at all: the checks of `Invoke-ADSyncDiagnostics -PasswordSync`, in the order of the data's path. */
export function diagnosePasswordSync(facts: PasswordSyncFacts): Check[] {
  return [
    facts.features['PasswordHashSync'] === true
      ? passed('Tenant feature', 'The tenant takes passwords.')
      : failed(
          'Tenant feature',
          'The tenant has password hash synchronization turned off.',
          'Set-ADSyncAADCompanyFeature -PasswordHashSync $true',
        ),
    facts.stagingMode
      ? failed('Staging mode', 'This agent is in staging mode and sends nothing.', 'causeway sync staging off')
      : passed('Staging mode', 'This agent is active.'),
    ...(facts.forests.length === 0
      ? [failed('Connectors', 'There is no connector to Active Directory.', 'Add one: causeway connect init')]
      : facts.forests.flatMap((forest) => diagnoseForest(forest, facts.now))),
  ];
}

function diagnoseForest(forest: ForestFacts, now: number): Check[] {
  const { connector, configuration } = forest;
  const target = configuration?.targetConnector ?? '<tenant> - AAD';
  return [
    configuration?.enabled === true
      ? passed(`${connector}: channel`, `Passwords go to ${target}.`)
      : failed(
          `${connector}: channel`,
          'Password hash synchronization of this connector is off.',
          `Set-ADSyncAADPasswordSyncConfiguration -SourceConnector "${connector}" -TargetConnector "${target}" -Enable $true`,
        ),
    diagnoseHeartbeat(forest, now),
    ...forest.domains.map((domain) => diagnoseDomain(connector, domain)),
    ...forest.states.map((state) => diagnoseCycle(connector, state)),
  ];
}

function diagnoseHeartbeat({ connector, heartbeatAt }: ForestFacts, now: number): Check {
  const check = `${connector}: heartbeat`;
  const nextStep = 'See why: causeway events --id 655 --id 611, and causeway sync status';
  if (heartbeatAt === undefined) return failed(check, 'There is no event 654 in the event log.', nextStep);
  const at = new Date(heartbeatAt).toISOString();
  return now - heartbeatAt > heartbeatMaxMs
    ? failed(check, `The last event 654 is older than 3 hours: ${at}.`, nextStep)
    : passed(check, `The last event 654 is of ${at}.`);
}

/** Reachable means: found, signed in to, and with the rights to replicate passwords. */
function diagnoseDomain(connector: string, domain: Reachability): Check {
  const check = `${connector}: domain ${domain.fullName}`;
  return domain.isReachable
    ? passed(check, `${domain.domainController} answers, and the account may read passwords there.`)
    : failed(
        check,
        `${domain.domainController}: ${domain.exceptionMessage ?? 'it cannot be reached'}`,
        domain.nextStep ?? `causeway events --id 611 --connector ${connector}`,
      );
}

function diagnoseCycle(
  connector: string,
  { dn, lastCycleStatus, lastSuccessfulCycleEndAt }: PartitionPasswordSyncState,
): Check {
  const check = `${connector}: last cycle of ${dn}`;
  const detail = `${lastCycleStatus}; last success ${lastSuccessfulCycleEndAt ?? 'never'}.`;
  return lastCycleStatus === 'Failed'
    ? failed(check, detail, `causeway events --id 611 --connector ${connector}`)
    : passed(check, detail);
}
