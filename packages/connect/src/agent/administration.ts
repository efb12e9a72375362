import type { DirectoryClient } from '@causeway/contract';
import type { Administration, Connector, ProcessStatus, Reachability } from '@causeway/control';
import { CausewayError, type Clock, type Logger } from '@causeway/model';
import type { ConnectConfig } from '../config.ts';
import { refusedAccounts } from '../dc/refused-account.ts';
import { loadRules } from '../objects/rule-set.ts';
import { changeScheduler, describeScheduler, readSchedulerSettings } from '../objects/scheduler.ts';
import { domainReaders } from '../passwords/domain-reader.ts';
import { explainUser } from '../setup/explain/explain-user.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';
import type { AgentState } from './agent-state.ts';
import { globalSettings } from './global-settings.ts';
import type { ProcessReport } from './process-report.ts';
import { sourcesOf, type Workers } from './workers.ts';

/** What an administrator's operations work on. */
export interface AdministrationParts {
  /** The processes as they are now; others after the configuration was read again. */
  readonly workers: () => Workers;
  readonly state: AgentState;
  readonly directory: DirectoryClient;
  readonly secrets: SecretFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly startedAt: string;
  readonly isStaging: () => boolean;
  readonly setStaging: (enabled: boolean) => Promise<void>;
  /** Reads a configuration file and checks it. */
  readonly readConfig: (file: string | undefined) => ConnectConfig;
  readonly reload: () => Promise<{ changed: string[]; needsRestart: string[] }>;
  /** Raised when the agent stops. */
  readonly signal: AbortSignal;
}

/** A running agent's operations. Each reads or tells what it is about; nothing is kept here. */
export function createAdministration(parts: AdministrationParts): Administration {
  const administration: Administration = {
    ...agentOperations(parts),
    ...connectorOperations(parts),
    ...runOperations(parts),
    ...objectOperations(parts),
    ...passwordOperations(parts),
    ...guardOperations(parts),
    explain: async ({ user }) => {
      const { state: _, workers, ...ports } = parts;
      return explainUser(user, { ...ports, config: workers().config, agent: administration }, parts.signal);
    },
  };
  return administration;
}

/** One of the agent's processes, in the words of control. */
export function processStatusOf({ status }: ProcessReport): ProcessStatus {
  const { process, state, since, lastSuccessAt, failure } = status;
  const { skipped, ...counts } = status.counts;
  const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  return { process, state, since, lastSuccessAt, failure, counts: { ...counts, skipped: left } };
}

function agentOperations({ workers, version, startedAt, isStaging, reload, state }: AdministrationParts) {
  return {
    readStatus: async () => ({
      version,
      pid: process.pid,
      startedAt,
      stagingMode: isStaging(),
      processes: workers().reports().map(processStatusOf),
      activity: activityOf(workers()),
    }),
    reload: async () => reload(),
    readGlobalSettings: async () => ({
      parameters: globalSettings({
        config: workers().config,
        scheduler: readSchedulerSettings(state),
        staging: isStaging(),
      }),
    }),
  } satisfies Partial<Administration>;
}

function connectorOperations(parts: AdministrationParts) {
  const { workers, state } = parts;
  const list = (): Connector[] => {
    const { engine, config } = workers();
    return engine.connectors.map(({ name, identifier, kind, created_at: createdAt, partitions }) => {
      const connector = config.connectors.find((one) => one.name === name);
      return {
        name,
        identifier,
        kind,
        createdAt,
        account: connector?.account.name ?? config.directory.agent,
        globalParameters: [...state.readParameters(name)],
        partitions: partitions
          .filter(({ identifier: guid }) => guid !== '')
          .map((partition) => ({
            identifier: partition.identifier,
            dn: partition.dn,
            name: partition.name,
            domainControllers: [
              ...(connector?.domains.find((one) => one.name === partition.name)?.domainControllers ?? []),
            ],
          })),
      };
    });
  };
  return {
    listConnectors: async () => ({ connectors: list() }),
    saveConnector: async ({ identifier, name, globalParameters }) => {
      const connector = list().find((one) => one.identifier === identifier);
      if (connector === undefined || connector.name !== name) throw notThatConnector(name, identifier);
      state.writeParameters(name, globalParameters);
      return { ...connector, globalParameters };
    },
    readStatistics: async ({ connector }) => {
      const { name } = workers().engine.requireConnector(connector);
      return workers().engine.queries.statistics(name);
    },
    readReachability: async ({ connector }) => ({ domains: await reachabilityOf(parts, connector) }),
  } satisfies Partial<Administration>;
}

function runOperations(parts: AdministrationParts) {
  const { workers, state, clock, isStaging, signal } = parts;
  const scheduler = () =>
    describeScheduler(readSchedulerSettings(state), {
      lastCycleAt: workers().objectSync.lastCycleAt,
      now: clock.now(),
      staging: isStaging(),
      inProgress: workers().engine.isBusy || workers().objectSync.isCycling,
    });
  return {
    readScheduler: async () => scheduler(),
    writeScheduler: async (change) => {
      changeScheduler(state, change);
      workers().objectSync.noteSchedule();
      return scheduler();
    },
    startSyncCycle: async ({ policyType }) => {
      if (workers().engine.isBusy) throw busy();
      workers().objectSync.request(policyType === 'Initial' ? 'Initial' : 'Delta');
      return {};
    },
    stopSyncCycle: async () => ({ stopped: workers().engine.stop() }),
    readOverride: async ({ connector }) => overrideOf(workers().engine.requireConnector(connector)),
    writeOverride: async ({ connector, ...change }) => overrideOf(workers().engine.override(connector, change)),
    runProfile: async ({ connector, runProfile }) => {
      const run = await workers().objectSync.runProfile(connector, runProfile, signal);
      return { ...run, counts: { ...run.counts }, errors: [...run.errors] };
    },
    stopRun: async () => ({ stopped: workers().engine.stop() }),
    readActivity: async () => ({ activity: activityOf(workers()) }),
    listRuns: async ({ connector, id, count }) => {
      const { queries } = workers().engine;
      const found = id === undefined ? undefined : queries.run(id);
      const runs = id === undefined ? queries.runs(connector, count) : found === undefined ? [] : [found];
      return { runs: runs.map((run) => ({ ...run, counts: { ...run.counts }, errors: [...run.errors] })) };
    },
    purgeRuns: async ({ olderThanSeconds }) => ({
      purged: workers().engine.purgeRuns(new Date(clock.now() - olderThanSeconds * 1_000).toISOString()),
    }),
  } satisfies Partial<Administration>;
}

function objectOperations({ workers }: AdministrationParts) {
  return {
    readCsObject: async (query) => {
      const { engine } = workers();
      if ('dn' in query) engine.requireConnector(query.connector);
      return { object: engine.queries.csObject(query) };
    },
    listCsObjects: async ({ connector, startIndex, maxResultCount }) => {
      const { name } = workers().engine.requireConnector(connector);
      return { objects: workers().engine.queries.csObjects(name, startIndex, maxResultCount) };
    },
    readMvObject: async ({ identifier }) => ({ object: workers().engine.queries.mvObject(identifier) }),
    readPasswordLog: async ({ identifier, count }) => {
      const { engine, passwords } = workers();
      const row = engine.queries.csRow({ identifier });
      const connector = engine.connectors.find(({ id }) => id === row?.connector);
      if (row === undefined || connector?.kind !== 'ad') return { entries: [] };
      return { entries: passwords.readLog(connector.name, row.key, count) };
    },
  } satisfies Partial<Administration>;
}

function passwordOperations({ workers }: AdministrationParts) {
  return {
    readPasswordSync: async ({ sourceConnector }) => ({
      configurations: workers().passwords.readPasswordSync(sourceConnector),
    }),
    writePasswordSync: async (configuration) => workers().passwords.writePasswordSync(configuration),
    listPasswordSyncStates: async () => ({ states: workers().passwords.states() }),
    syncPasswords: async (request) => workers().passwords.syncPasswords(request),
  } satisfies Partial<Administration>;
}

function guardOperations(parts: AdministrationParts) {
  const { workers, directory, clock, signal, readConfig, setStaging } = parts;
  return {
    preview: async ({ policyType, config: file, entries }) => {
      const { engine, objectSync } = workers();
      const policy = policyType === 'Initial' ? 'Initial' : 'Delta';
      const other = file === undefined ? undefined : readConfig(file);
      const changes = other && {
        rules: loadRules(other, clock),
        sources: sourcesOf(other, { ...parts, scope: other.scope, accountOf: refusedAccounts(clock) }),
      };
      const settings = await objectSync.readSettings(signal);
      const found = await engine.preview({ policy, settings, entries }, changes ?? {}, signal);
      return { ...found, entries: found.entries.map(toPlain), errors: [...found.errors] };
    },
    listPendingDeletions: async () => {
      const { deletions, allowed } = workers().engine.queries.pendingDeletions();
      return { deletions: deletions.map(toPlain), allowed };
    },
    allowDeletions: async () => {
      const allowed = workers().engine.allowDeletions();
      if (allowed > 0) workers().objectSync.request('Delta');
      return { allowed };
    },
    readDeletionThreshold: async () => (await directory.readSettings({ signal })).deletionThreshold,
    writeDeletionThreshold: async (deletionThreshold) => {
      const settings = await directory.readSettings({ signal });
      return (await directory.writeSettings({ ...settings, deletionThreshold }, { signal })).deletionThreshold;
    },
    readCompanyFeatures: async () => ({ features: (await directory.readSettings({ signal })).features }),
    writeCompanyFeatures: async ({ features }) => {
      const settings = await directory.readSettings({ signal });
      const unknown = Object.keys(features).find((name) => !(name in settings.features));
      if (unknown !== undefined) throw featureUnknown(unknown, Object.keys(settings.features));
      const merged = { ...settings.features, ...features };
      return { features: (await directory.writeSettings({ ...settings, features: merged }, { signal })).features };
    },
    writeStagingMode: async ({ enabled }) => {
      await setStaging(enabled);
      return { enabled };
    },
  } satisfies Partial<Administration>;
}

async function reachabilityOf(parts: AdministrationParts, name: string): Promise<Reachability[]> {
  const { config, engine } = parts.workers();
  engine.requireConnector(name);
  const connector = config.connectors.find((one) => one.name === name);
  if (connector === undefined) return [];
  const open = domainReaders({ ...parts, connector, intervals: config.passwordHashSync });
  const attempts = connector.domains.flatMap(({ name: fullName, domainControllers }) =>
    domainControllers.map(async (domainController): Promise<Reachability> => {
      try {
        await (await open(domainController, parts.signal)).close();
        return { fullName, domainController, isReachable: true, exceptionMessage: null, nextStep: null };
      } catch (error) {
        const exceptionMessage = error instanceof Error ? error.message : String(error);
        const nextStep = error instanceof CausewayError ? error.nextStep : null;
        return { fullName, domainController, isReachable: false, exceptionMessage, nextStep };
      }
    }),
  );
  return Promise.all(attempts);
}

function activityOf({ engine }: Workers) {
  const { activity } = engine;
  if (activity === undefined) return null;
  const { connector, runProfile, done, total, startedAt } = activity;
  return { connector, runProfile, done, total: total ?? null, startedAt };
}

function overrideOf(row: { full_import_required: number; full_sync_required: number }) {
  return { fullImportRequired: row.full_import_required === 1, fullSyncRequired: row.full_sync_required === 1 };
}

function toPlain<Entry extends { attributes: readonly unknown[] }>(entry: Entry) {
  return { ...entry, attributes: [...entry.attributes] as Entry['attributes'][number][] };
}

function notThatConnector(name: string, identifier: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_CONNECTOR_UNKNOWN',
    message: `there is no connector ${name} with the identifier ${identifier}`,
    nextStep:
      'take the connector from Get-ADSyncConnector, change its GlobalParameters and nothing else, and save it again',
    disposition: 'halt',
  });
}

function featureUnknown(name: string, known: readonly string[]): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_FEATURE_UNKNOWN',
    message: `the tenant has no feature ${name}`,
    nextStep: `take one of: ${known.join(', ')}`,
    disposition: 'halt',
  });
}

function busy(): CausewayError {
  return new CausewayError({
    code: 'ERR_ENGINE_BUSY',
    message: 'a cycle is under way: Busy',
    nextStep: 'wait until it is over (causeway sync status shows it), or stop it with causeway sync stop',
    disposition: 'retry',
  });
}
