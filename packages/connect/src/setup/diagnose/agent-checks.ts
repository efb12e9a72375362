import { createHash } from 'node:crypto';
import type { AgentStatus, PartitionPasswordSyncState } from '@causeway/control';
import type { ConnectorConfig } from '../../config.ts';
import { failed, ok, skipped, warning, type Check, type CheckOutcome } from '../check.ts';
import { directoryIds } from '../directory-checks.ts';
import { domainDn, sameDn } from '../names.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import { judgeHeartbeat, judgeMd5, judgeTrouble, lifeIds, troubleIds } from './event-judgements.ts';

/** The agent itself, and what holds for all forests. */
export const agentChecks: readonly Check<DiagnosisContext>[] = [
  {
    id: 'agent.runs',
    title: 'the agent runs',
    part: 'host',
    run: async (context) => {
      const { pid, startedAt, version } = await context.agentStatus();
      return ok(`process ${pid}, version ${version}, since ${startedAt}`);
    },
  },
  {
    id: 'host.md5',
    title: 'MD5, which replication takes, is not blocked (FIPS)',
    part: 'host',
    run: async ({ events }) => judgeMd5(md5Works(), events),
  },
  {
    id: 'agent.staging',
    title: 'the agent is not in staging mode',
    part: 'password hash sync',
    run: async (context) => {
      const status = await context.ofAgent(() => context.agentStatus());
      return judgeStaging(status?.stagingMode ?? context.config.staging, status !== undefined);
    },
  },
  {
    id: 'agent.processes',
    title: 'no process of the agent has failed',
    part: 'password hash sync',
    needs: ['agent.runs'],
    run: async (context) => judgeProcesses(await context.agentStatus()),
  },
];

/** Whether the tenant takes passwords. */
export const tenantFeatureCheck: Check<DiagnosisContext> = {
  id: 'tenant.feature',
  title: 'the tenant has the feature PasswordHashSync turned on',
  part: 'tenant',
  needs: [directoryIds.agent],
  run: async ({ directory }, signal) => judgeFeature((await directory.readSettings({ signal })).features),
};

/** Password hash sync of one forest: switched on, alive, without trouble, and each domain's last cycle. */
export function channelChecks(connector: ConnectorConfig): Check<DiagnosisContext>[] {
  const { name } = connector;
  const part = 'password hash sync';
  return [
    {
      id: `channel.enabled:${name}`,
      title: `password hash sync of ${name} is switched on`,
      part,
      run: async (context) => {
        const { enabled } = context.config.passwordHashSync;
        const answer = await context.ofAgent((agent) => agent.readPasswordSync({ sourceConnector: name }));
        const atRunTime = answer?.configurations.find((one) => one.sourceConnector === name)?.enabled;
        return judgeEnabled(name, enabled, atRunTime);
      },
    },
    {
      id: `channel.heartbeat:${name}`,
      title: `${name} has had a heartbeat (event 654) within 3 hours`,
      part,
      run: async ({ events, clock }) => {
        if (events === undefined) return skipped('there is no event log yet');
        return judgeHeartbeat(name, newestOf(events, lifeIds, name)?.time, clock.now());
      },
    },
    {
      id: `channel.trouble:${name}`,
      title: `${name} has no open trouble in the event log`,
      part,
      run: async ({ events }) => {
        if (events === undefined) return skipped('there is no event log yet');
        return judgeTrouble(newestOf(events, troubleIds, name), newestOf(events, lifeIds, name)?.time);
      },
    },
    ...connector.domains.map((domain): Check<DiagnosisContext> => ({
      id: `channel.cycle:${domain.name}`,
      title: `the last cycle of ${domain.name} was successful`,
      part,
      needs: ['agent.runs'],
      run: async (context) => {
        const answer = await context.ofAgent((agent) => agent.listPasswordSyncStates({}));
        const dn = domainDn(domain.name);
        return judgeCycle(answer?.states.find((one) => one.connector === name && sameDn(one.dn, dn)));
      },
    })),
  ];
}

function newestOf<Id extends Parameters<NonNullable<DiagnosisContext['events']>['latest']>[0]>(
  events: NonNullable<DiagnosisContext['events']>,
  ids: readonly Id[],
  connector: string,
) {
  return ids
    .map((id) => events.latest(id, connector))
    .filter((event) => event !== undefined)
    .sort((left, right) => right.time - left.time)[0];
}

function md5Works(): boolean {
  try {
    createHash('md5').update('').digest();
    return true;
  } catch {
    return false;
  }
}

/** Whether staging mode holds passwords back. */
export function judgeStaging(staging: boolean, agentRuns: boolean): CheckOutcome {
  if (!staging) return ok(agentRuns ? 'it sends' : 'by its configuration');
  return failed(
    'the agent is in staging mode: it reads and compares, and sends no passwords',
    'none if another agent is the active one; otherwise: causeway sync staging off',
  );
}

/** Whether a process of the agent has failed or waits for another. */
export function judgeProcesses({ processes }: Pick<AgentStatus, 'processes'>): CheckOutcome {
  const bad = processes.find(({ state, failure }) => state === 'failed' && failure !== null);
  if (bad?.failure) {
    const { code, message, nextStep, attempts } = bad.failure;
    return { kind: 'failed', code, message: `${bad.process}: ${message} (${attempts} attempts)`, nextStep };
  }
  const paused = processes.find(({ state }) => state === 'paused');
  if (paused === undefined) return ok(processes.map(({ process, state }) => `${process}: ${state}`).join(', '));
  return warning(
    `${paused.process} is paused: the first full synchronization of objects is not finished (event 613)`,
    'none: it goes on by itself then; see how far it is with: causeway sync status',
  );
}

/** Whether the tenant takes passwords. */
export function judgeFeature(features: { readonly PasswordHashSync: boolean }): CheckOutcome {
  if (features.PasswordHashSync) return ok('on');
  return failed(
    'the tenant has password hash sync turned off (feature PasswordHashSync)',
    'turn it on, in causeway powershell: Set-ADSyncAADCompanyFeature -PasswordHashSync $true; then start a full password hash sync',
  );
}

/** Whether a forest's channel is switched on, by the configuration and at run time. */
export function judgeEnabled(connector: string, configured: boolean, atRunTime: boolean | undefined): CheckOutcome {
  if (!configured) {
    return failed(
      'password hash sync is switched off for all connectors in the configuration',
      'set passwordHashSync.enabled to true, and restart the agent',
    );
  }
  if (atRunTime !== false) return ok(atRunTime === undefined ? 'by the configuration' : 'on');
  return failed(
    `password hash sync of ${connector} is switched off`,
    'switch it on, in causeway powershell: Set-ADSyncAADPasswordSyncConfiguration -SourceConnector … -TargetConnector … -Enable $true',
  );
}

/** What the last cycle of a domain came to. */
export function judgeCycle(state: PartitionPasswordSyncState | undefined): CheckOutcome {
  if (state === undefined) {
    return warning(
      'the agent does not know this domain',
      'restart the agent, so that it reads its configuration again',
    );
  }
  const { lastCycleStatus: status, lastCycleEndAt, lastSuccessfulCycleEndAt, full } = state;
  const progress =
    full === null ? '' : `; a full one is under way: ${full.done} of ${full.total ?? 'an unknown number'}`;
  const success = `the last successful one ended ${lastSuccessfulCycleEndAt ?? 'never'}`;
  switch (status) {
    case 'Successful':
    case 'InProgress':
      return ok(`${status}, ${lastCycleEndAt ?? 'now'}${progress}`);
    case 'Failed':
      return failed(
        `it failed at ${lastCycleEndAt ?? 'an unknown time'}; ${success}`,
        'see the checks of the domain below, and event 611',
      );
    case 'Disabled':
      return skipped('the channel is switched off');
    default:
      return warning(`${status}; ${success}`, 'none if the agent was started just now; otherwise see the checks above');
  }
}
