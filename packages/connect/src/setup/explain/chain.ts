import type { UserExplanation } from '@causeway/contract';
import type { Chain, CsObject, MvObject, PasswordLogEntry } from '@causeway/control';
import { passwordStatuses } from './password-status.ts';
import type { SourceUser } from './source-user.ts';

/** What is known of one user. What could not be asked is a problem in words. */
export interface ChainFacts {
  /** As it was asked for. */
  readonly user: string;
  readonly source: SourceUser | undefined | Problem;
  /** From the running agent; a problem for all of it while none runs. */
  readonly agent: AgentFacts | Problem;
  readonly directory: UserExplanation | undefined | Problem;
}

/** Why something is not known. */
export interface Problem {
  readonly problem: string;
  readonly nextStep: string;
}

/** A user as the agent has it; null where there is nothing. */
export interface AgentFacts {
  readonly connectorSpace: CsObject | null;
  readonly metaverse: MvObject | null;
  readonly tenantConnectorSpace: CsObject | null;
  /** The newest entry of the password log. */
  readonly lastResult: PasswordLogEntry | null;
}

/** One stage with what to do about it. */
interface Finding {
  readonly stage: string;
  /** Undefined: it says nothing about whether the password is usable. */
  readonly ok: boolean | undefined;
  readonly at: string | null;
  readonly detail: string;
  readonly nextStep?: string | undefined;
}

/** The whole chain of one user from what is known, and the one reason: that of the first stage, in the way of the data, that stops it. */
export function chainOf(facts: ChainFacts): Chain {
  const findings = [sourceStage(facts), ...agentStages(facts), directoryStage(facts), managedDomainStage(facts)];
  const directory = known(facts.directory);
  const usable = directory?.status === 'applied';
  const stop = findings.find(({ ok }) => ok === false);
  return {
    user: directory?.user?.userPrincipalName ?? known(facts.source)?.dn ?? facts.user,
    anchor: directory?.anchor ?? known(facts.source)?.anchor ?? null,
    usable,
    reason: reasonOf(stop, directory),
    nextStep: stop?.nextStep ?? null,
    stages: findings.map(({ stage, ok, at, detail }) => ({ stage, ok: ok ?? true, at, detail })),
  };
}

/** Where something stops the newest password, one from before may still be usable. */
function reasonOf(stop: Finding | undefined, directory: UserExplanation | undefined): string {
  if (stop === undefined) return directory?.reason ?? 'nothing is known of this user';
  return directory?.status === 'applied'
    ? `the password from before is in the managed domain; a newer one is held up: ${stop.detail}`
    : stop.detail;
}

function sourceStage({ source, directory, user }: ChainFacts): Finding {
  const stage = 'domain controller';
  if (isProblem(source)) return { stage, ok: undefined, at: null, detail: `not asked: ${source.problem}` };
  if (source === undefined) {
    const cloudOnly = known(directory)?.source === null && known(directory) !== undefined;
    return cloudOnly
      ? { stage, ok: undefined, at: null, detail: 'none: a user of the tenant alone' }
      : {
          stage,
          ok: false,
          at: null,
          detail: `no domain controller that is read has a user ${user}`,
          nextStep: 'check the name; if the user is there, check that the service account may read it',
        };
  }
  const at = source.passwordSetAt;
  const where = `${source.dn} at ${source.host}`;
  if (source.objectClass !== 'user') {
    return {
      stage,
      ok: false,
      at,
      detail: `${where} is of class ${source.objectClass}: passwords of class user alone are synchronized`,
      nextStep: 'give the person an account of class user',
    };
  }
  if (!source.enabled) {
    return { stage, ok: false, at, detail: `${where} is disabled`, nextStep: 'enable the account on-premises' };
  }
  if (source.mustChange) {
    return {
      stage,
      ok: known(directory)?.status === 'applied' ? undefined : false,
      at,
      detail: `${where}: ${passwordStatuses.FilteredByTarget.meaning}`,
      nextStep: passwordStatuses.FilteredByTarget.nextStep,
    };
  }
  return { stage, ok: true, at, detail: `${where}, enabled` };
}

function agentStages({ agent, source, directory }: ChainFacts): Finding[] {
  if (isProblem(agent)) {
    return [{ stage: 'connector space', ok: undefined, at: null, detail: `not asked: ${agent.problem}` }];
  }
  if (known(source) === undefined) return [];
  return [
    connectorSpaceStage(agent),
    metaverseStage(agent),
    tenantConnectorSpaceStage(agent),
    passwordStage(agent, (known(directory)?.credential ?? null) !== null),
  ];
}

function connectorSpaceStage({ connectorSpace }: AgentFacts): Finding {
  const stage = 'connector space';
  if (connectorSpace === null) return { stage, ok: false, at: null, ...told('SourceConnectorNotPresent') };
  const { error, connectorName } = connectorSpace;
  if (error === null) return { stage, ok: true, at: null, detail: connectorName };
  return { stage, ok: false, at: null, detail: error, nextStep: 'mend the object as said, and run a cycle' };
}

function metaverseStage({ connectorSpace, metaverse }: AgentFacts): Finding {
  const stage = 'metaverse';
  if (metaverse === null) {
    // What is not in the connector space has been told already.
    const ok = connectorSpace === null ? undefined : false;
    return { stage, ok, at: null, ...told('NoTargetConnection') };
  }
  const filtered = metaverse.attributes['cloudFiltered'];
  if (filtered?.values.includes('True') !== true) return { stage, ok: true, at: null, detail: metaverse.objectId };
  return {
    stage,
    ok: false,
    at: null,
    detail: `the user is filtered (cloudFiltered) by the rule ${filtered.rule ?? 'of an administrator'}`,
    nextStep: 'change what the rule looks at, or the rule itself',
  };
}

function tenantConnectorSpaceStage({ metaverse, tenantConnectorSpace }: AgentFacts): Finding {
  const stage = 'tenant connector space';
  if (tenantConnectorSpace === null) {
    return { stage, ok: metaverse === null ? undefined : false, at: null, ...told('NoTargetConnection') };
  }
  const { pendingExport, error, connectorName } = tenantConnectorSpace;
  if (error !== null) {
    return {
      stage,
      ok: false,
      at: null,
      detail: error,
      nextStep: 'mend the object as said: the next cycle exports it',
    };
  }
  if (pendingExport?.operation === 'add') {
    return { stage, ok: false, at: null, ...told('TargetNotExportedToDirectory') };
  }
  return { stage, ok: true, at: null, detail: connectorName };
}

function passwordStage({ lastResult, connectorSpace }: AgentFacts, hasCredential: boolean): Finding {
  const stage = 'password hash sync';
  if (lastResult === null) {
    if (hasCredential) return { stage, ok: true, at: null, detail: 'nothing had to be sent in the last 7 days' };
    return {
      stage,
      ok: connectorSpace === null ? undefined : false,
      at: null,
      detail: 'there is no result of the last 7 days: the password could not be read, or has not been looked at yet',
      nextStep: 'send it now: causeway sync passwords --user NAME; if that fails: causeway diagnose passwordsync',
    };
  }
  const { at, status, detail } = lastResult;
  const { meaning, nextStep } = passwordStatuses[status];
  return { stage, ok: nextStep === undefined, at, detail: `${status}: ${detail ?? meaning}`, nextStep };
}

function told(status: keyof typeof passwordStatuses): { detail: string; nextStep: string | undefined } {
  const { meaning, nextStep } = passwordStatuses[status];
  return { detail: `${status}: ${meaning}`, nextStep };
}

function directoryStage({ directory, user }: ChainFacts): Finding {
  const stage = 'directory';
  if (isProblem(directory))
    return { stage, ok: false, at: null, detail: directory.problem, nextStep: directory.nextStep };
  if (directory === undefined) {
    return {
      stage,
      ok: false,
      at: null,
      detail: `the tenant has no user ${user}`,
      nextStep: 'check the name, that object sync runs, and that no filter leaves the user out: causeway sync status',
    };
  }
  const { stages, status, reason } = directory;
  const at = stages.credentialAcceptedAt ?? stages.userAcceptedAt;
  const waits = ['waitingForCredential', 'waitingForUser', 'waitingForNewSeal'].includes(status);
  if (waits) return { stage, ok: false, at, detail: reason };
  return {
    stage,
    ok: true,
    at,
    detail: `user accepted ${stages.userAcceptedAt ?? 'never'}, credential accepted ${stages.credentialAcceptedAt ?? 'never'}`,
  };
}

function managedDomainStage({ directory }: ChainFacts): Finding {
  const stage = 'managed domain';
  const explanation = known(directory);
  if (explanation === undefined) return { stage, ok: undefined, at: null, detail: 'not known' };
  const { outcome, stages, status, reason } = explanation;
  if (outcome === null) {
    return {
      stage,
      ok: status === 'waitingForDomain' ? false : undefined,
      at: null,
      detail: status === 'waitingForDomain' ? reason : 'no report yet',
    };
  }
  const ok =
    status === 'applied' ? true : status.startsWith('waitingFor') && status !== 'waitingForDomain' ? undefined : false;
  return { stage, ok, at: stages.outcomeAt, detail: ok === false ? reason : outcome.status };
}

function isProblem(fact: object | undefined): fact is Problem {
  return fact !== undefined && 'problem' in fact;
}

/** What is known; undefined for a problem, too. */
function known<Fact extends object>(fact: Fact | Problem | undefined): Exclude<Fact, Problem> | undefined {
  return fact === undefined || isProblem(fact) ? undefined : (fact as Exclude<Fact, Problem>);
}
