import { join } from 'node:path';
import { parseGuid } from '@ad-protocols/wire';
import type { DirectoryClient } from '@causeway/contract';
import { Engine, type EngineEvents, type SourceConnector } from '@causeway/engine';
import type { EventWriter } from '@causeway/event-log';
import type { CausewayError, Clock, Logger } from '@causeway/model';
import { tenantConnectorName, type ConnectConfig, type ConnectorConfig } from '../config.ts';
import { passwordFileVersion } from '../dc/account-password.ts';
import { refusedAccounts } from '../dc/refused-account.ts';
import { createForestConnector } from '../objects/forest-connector.ts';
import { heldDeletions } from '../objects/held-deletions.ts';
import type { ObjectPorts } from '../objects/object-ports.ts';
import { ObjectSync } from '../objects/object-sync.ts';
import { loadRules } from '../objects/rule-set.ts';
import { domainReaders, type OpenDomainReader } from '../passwords/domain-reader.ts';
import { createPasswordHashSync, type PasswordHashSync } from '../passwords/password-hash-sync.ts';
import type { DeliveredPasswords } from '../passwords/ports.ts';
import type { PasswordScope } from '../passwords/password-scope.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';
import type { AgentState } from './agent-state.ts';
import { connectorIdentifier } from './connector-identifier.ts';
import type { ConnectProgress } from './process-options.ts';
import { ProcessReport } from './process-report.ts';
import { sleep } from './sleep.ts';
import { StatusFile } from './status-file.ts';
import { runProcess, runProcessOnce, type RunOptions } from './sync-process.ts';

/** What an agent's two processes are made of, whatever its configuration says. */
export interface WorkerPorts {
  readonly directory: DirectoryClient;
  readonly state: AgentState;
  readonly events: EventWriter;
  readonly secrets: SecretFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isStaging: () => boolean;
  readonly onProgress: (progress: ConnectProgress) => void;
  readonly onCycle: (process: string, seconds: number) => void;
  readonly onDelivered: (delivered: DeliveredPasswords) => void;
}

/** The two processes of one configuration, with the engine between them. */
export interface Workers {
  readonly config: ConnectConfig;
  readonly engine: Engine;
  readonly objectSync: ObjectSync;
  readonly passwords: PasswordHashSync;
  readonly reports: () => readonly ProcessReport[];
  /** Runs both until the signal is raised; resolves when both have stopped. */
  run(signal: AbortSignal): Promise<void>;
  /** One cycle of objects, then one of passwords. @throws the first failure; the other has run all the same. */
  runOnce(signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Opens the engine and makes both processes; nothing is read before they run.
 *
 * @throws {CausewayError} ERR_ENGINE_DATABASE, ERR_SYNC_RULES_INVALID, ERR_CONNECT_RULES_FILE, ERR_SEAL_KEY
 */
export async function createWorkers(config: ConnectConfig, ports: WorkerPorts): Promise<Workers> {
  const { clock, logger, secrets } = ports;
  const objectPorts = { clock, logger, secrets, scope: config.scope, accountOf: refusedAccounts(clock) };
  const reports = new Map<string, ProcessReport>();
  const reportOf = (process: string, file: string): ProcessReport => {
    const report =
      reports.get(process) ??
      new ProcessReport({ process, clock, file: new StatusFile({ folder: config.stateDir, name: file, logger }) });
    reports.set(process, report);
    return report;
  };
  const changes = new Set<() => void>();
  const sources = sourcesOf(config, objectPorts);
  const engine = openEngine(config, { ...ports, sources }, () => {
    for (const listener of changes) listener();
  });
  const objectReport = reportOf('object sync', 'object-sync');
  const objectSync = new ObjectSync({
    engine,
    connectors: config.connectors,
    ports: objectPorts,
    pollIntervalMs: config.objectSync.pollIntervalMs,
    directory: ports.directory,
    state: ports.state,
    events: ports.events,
    clock,
    logger,
    isStaging: ports.isStaging,
    onCycle: (seconds) => ports.onCycle('object sync', seconds),
  });
  const passwords = await createPasswordHashSync({
    ports: { ...ports, agent: ports.state, scope: scopeOf(engine, changes) },
    config,
    staging: ports.isStaging(),
    identifierOf: (name) => connectorIdentifier(config.tenant.id, name),
    readersOf: (connector) => readersOf(connector, { ...ports, ...objectPorts, intervals: config.passwordHashSync }),
    waitToRetry: retryWait,
    reportOf: (connector, domain) => reportOf(`password hash sync of ${domain}`, fileOf(connector, domain)),
    onProgress: ports.onProgress,
  });
  const objectOptions: RunOptions = {
    report: objectReport,
    logger,
    clock,
    waitToRetry: async (_, delayMs, signal) => objectSync.waitToRetry(delayMs, signal),
  };

  return {
    config,
    engine,
    objectSync,
    passwords,
    reports: () => [...reports.values()],
    run: async (signal) =>
      runTogether((both) => [runProcess(objectSync, objectOptions, both), passwords.run(both)], signal),
    async runOnce(signal) {
      const failures: unknown[] = [];
      await runProcessOnce(objectSync, objectReport, signal).catch((error: unknown) => failures.push(error));
      signal.throwIfAborted();
      await passwords.runOnce(signal).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
    close: () => engine.close(),
  };
}

/** When one of the two cannot go on at all, the other stops too, and the service ends with the reason. */
async function runTogether(start: (signal: AbortSignal) => Promise<void>[], signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const end = (error: unknown): never => {
    ended.abort();
    throw error;
  };
  await Promise.all(start(AbortSignal.any([signal, ended.signal])).map(async (running) => running.catch(end)));
}

/** The sources of a configuration, for the engine and for a preview of another configuration. */
export function sourcesOf(config: ConnectConfig, ports: ObjectPorts): SourceConnector[] {
  return config.connectors.map((connector) =>
    createForestConnector(connector, connectorIdentifier(config.tenant.id, connector.name), ports),
  );
}

/** Readers of a forest's passwords, which leave a refused account alone just as object sync does. */
function readersOf(
  connector: ConnectorConfig,
  ports: ObjectPorts & { readonly intervals: ConnectConfig['passwordHashSync'] },
): OpenDomainReader {
  const open = domainReaders({ ...ports, connector });
  return async (host, signal) => ports.accountOf(connector).guard(async () => open(host, signal));
}

function openEngine(
  config: ConnectConfig,
  ports: WorkerPorts & { readonly sources: readonly SourceConnector[] },
  changed: () => void,
): Engine {
  const { events, logger, onProgress, clock, directory, sources } = ports;
  const told = new Set<string>();
  const engineEvents: EngineEvents = {
    progress: ({ connector, runProfile, done, total }) => {
      // Work of unknown size shows no bar.
      if (total !== undefined) onProgress({ stage: `${connector}: ${runProfile}`, done, total });
    },
    deletionThreshold: heldDeletions(clock, (found) => events.write(116, found)),
    warning: ({ code, message, nextStep }) => {
      if (told.has(message)) return;
      told.add(message);
      logger.warn({ process: 'object sync', code, nextStep }, message);
    },
    changed,
  };
  return Engine.open({
    file: join(config.stateDir, 'engine.sqlite'),
    rules: loadRules(config, clock),
    sources,
    tenant: { name: tenantConnectorName(config), directory },
    clock,
    events: engineEvents,
  });
}

function scopeOf(engine: Engine, changes: Set<() => void>): PasswordScope {
  const { isReady, find, findUsers } = engine.queries.passwords;
  return {
    isReady,
    find,
    findUsers: (connector, query) =>
      findUsers(connector, query).map(({ objectGuid, dn }) => ({ objectGuid: parseGuid(objectGuid), dn })),
    onChange(listener) {
      changes.add(listener);
      return () => void changes.delete(listener);
    },
  };
}

/** A connector of one domain has the file that it always had. */
function fileOf(connector: string, domain: string): string {
  return connector === domain ? 'password-hash-sync' : `password-hash-sync.${domain}`;
}

/**
 * Waits for the back-off; after a refused account much longer, so that no lockout policy locks it, but no longer than
 * until its password file is another than the one that was refused.
 */
async function retryWait({ account }: ConnectorConfig): Promise<RunOptions['waitToRetry']> {
  // Noted before each attempt: a file that is written while the attempt is made counts as written after it.
  let tried = await passwordFileVersion(account.passwordFile);
  return async (failure: CausewayError, delayMs, signal) => {
    if (failure.code !== 'ERR_CONNECT_ACCOUNT_REFUSED') {
      await sleep(delayMs, signal);
      tried = await passwordFileVersion(account.passwordFile);
      return;
    }
    let present = await passwordFileVersion(account.passwordFile);
    for (let waitedMs = 0; waitedMs < account.refusedRetryMs && present === tried; waitedMs += 1000) {
      await sleep(Math.min(1000, account.refusedRetryMs - waitedMs), signal);
      present = await passwordFileVersion(account.passwordFile);
    }
    tried = present;
  };
}
