import { setInterval } from 'node:timers';
import type {
  PartitionPasswordSyncState,
  PasswordLogEntry,
  PasswordSyncAnswer,
  PasswordSyncConfiguration,
  PasswordSyncRequest,
} from '@causeway/control';
import { CredentialSealer } from '@causeway/seal/seal';
import { z } from 'zod';
import { tenantConnectorName, type ConnectConfig, type ConnectorConfig } from '../config.ts';
import type { ConnectProgress } from '../agent/process-options.ts';
import type { ProcessReport } from '../agent/process-report.ts';
import type { RunOptions } from '../agent/sync-process.ts';
import { ConnectorPasswords } from './connector-passwords.ts';
import type { OpenDomainReader } from './domain-reader.ts';
import { connectorUnknown, passwordsNotRunning, switchedOff } from './errors.ts';
import { decideGate, type Gate } from './gate.ts';
import { HEARTBEAT_MS } from './heartbeat.ts';
import { openPasswordLog } from './password-log.ts';
import type { PasswordPorts } from './ports.ts';
import { sendPasswords } from './send-passwords.ts';

/** How often event 663 says that all is alive. */
const ALIVE_MS = 3_600_000;

export interface PasswordHashSyncOptions {
  readonly ports: PasswordPorts;
  readonly config: ConnectConfig;
  /** Whether the agent is in staging mode now. */
  readonly staging: boolean;
  /** GUID of an AD connector by its name. */
  readonly identifierOf: (connector: string) => string;
  /** Where a domain's passwords are read. */
  readonly readersOf: (connector: ConnectorConfig) => OpenDomainReader;
  readonly waitToRetry: (connector: ConnectorConfig) => Promise<RunOptions['waitToRetry']>;
  readonly reportOf: (connector: string, domain: string) => ProcessReport;
  readonly onProgress: (progress: ConnectProgress) => void;
  /** 30 minutes unless given. */
  readonly heartbeatMs?: number;
}

/** Password hash sync of all forests: a process of its own beside object synchronization. */
export interface PasswordHashSync {
  /** Runs until the signal is raised, then resolves when everything has stopped. Faults of the world are tried again. */
  run(signal: AbortSignal): Promise<void>;
  /** One cycle of every channel that may run. @throws {CausewayError} the first thing that went wrong. */
  runOnce(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is sent any more, or when sending has begun again. */
  setStaging(enabled: boolean): Promise<void>;
  /** Of all forests, or of one. @throws {CausewayError} ERR_CONNECT_CONNECTOR_UNKNOWN */
  readPasswordSync(sourceConnector?: string): PasswordSyncConfiguration[];
  /**
   * Switches a forest's channels off or on, which outlives the agent; resolves when it has been done.
   *
   * @throws {CausewayError} ERR_CONNECT_CONNECTOR_UNKNOWN, ERR_CONNECT_PASSWORD_SYNC_OFF, ERR_CONNECT_AGENT_STATE
   */
  writePasswordSync(configuration: PasswordSyncConfiguration): Promise<PasswordSyncConfiguration>;
  states(): PartitionPasswordSyncState[];
  /**
   * Sends the passwords of one user, of an organizational unit, or of all, now.
   *
   * @throws {CausewayError} ERR_CONNECT_CONNECTOR_UNKNOWN, ERR_CONNECT_PASSWORD_SYNC_NOT_RUNNING, or what the channel failed with.
   */
  syncPasswords(request: PasswordSyncRequest): Promise<PasswordSyncAnswer>;
  /** The password log of an object, newest first; `objectGuid` in lower case. */
  readLog(connector: string, objectGuid: string, count: number): PasswordLogEntry[];
}

/** @throws {SealError} ERR_SEAL_KEY when the pinned public key is none. */
export async function createPasswordHashSync(options: PasswordHashSyncOptions): Promise<PasswordHashSync> {
  const publicKey = new Uint8Array(Buffer.from(options.config.tenant.publicKey, 'base64'));
  return new AllPasswords(options, await CredentialSealer.create({ publicKey }));
}

class AllPasswords implements PasswordHashSync {
  readonly #options: PasswordHashSyncOptions;
  readonly #sealer: CredentialSealer;
  readonly #log;
  readonly #config: ConnectConfig;
  /** By name. */
  readonly #connectors: ReadonlyMap<string, ConnectorPasswords>;
  #staging: boolean;
  #isRunning = false;
  #isChangeNoted = false;

  constructor(options: PasswordHashSyncOptions, sealer: CredentialSealer) {
    this.#options = options;
    this.#sealer = sealer;
    this.#config = options.config;
    this.#staging = options.staging;
    this.#log = openPasswordLog(options.ports.agent, () => options.ports.clock.now());
    this.#connectors = new Map(options.config.connectors.map((one) => [one.name, this.#makeConnector(one)]));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { events, scope } = this.#options.ports;
    if (this.#isRunning) return events.write(614, {});
    this.#isRunning = true;
    events.write(601, {});
    this.#tellSettings();
    const ended = scope.onChange(() => this.#noteChange());
    const alive = setInterval(() => events.write(663, {}), ALIVE_MS);
    try {
      await this.#apply();
      await raised(signal);
    } catch (error) {
      events.write(607, { reason: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      clearInterval(alive);
      ended();
      this.#isRunning = false;
      events.write(602, {});
      await this.#stop();
      events.write(609, {});
    }
  }

  async runOnce(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (const passwords of this.#connectors.values()) {
      await passwords.runOnce(this.#gateOf(passwords.name), signal).catch((error: unknown) => failures.push(error));
      signal.throwIfAborted();
    }
    if (failures.length > 0) throw failures[0];
  }

  async setStaging(enabled: boolean): Promise<void> {
    this.#staging = enabled;
    await this.#apply();
  }

  readPasswordSync(sourceConnector?: string): PasswordSyncConfiguration[] {
    if (sourceConnector !== undefined) this.#require(sourceConnector);
    return [...this.#connectors.keys()]
      .filter((name) => sourceConnector === undefined || name === sourceConnector)
      .map((name) => ({
        sourceConnector: name,
        targetConnector: tenantConnectorName(this.#config),
        enabled: this.#isEnabled(name),
      }));
  }

  async writePasswordSync(configuration: PasswordSyncConfiguration): Promise<PasswordSyncConfiguration> {
    const { sourceConnector, targetConnector, enabled } = configuration;
    this.#require(sourceConnector);
    const target = tenantConnectorName(this.#config);
    if (targetConnector !== target) throw connectorUnknown(targetConnector, [target]);
    if (enabled && !this.#config.passwordHashSync.enabled) throw switchedOff();
    this.#options.ports.agent.writeSetting(settingOf(sourceConnector), enabled);
    await this.#apply();
    return configuration;
  }

  states(): PartitionPasswordSyncState[] {
    return [...this.#connectors.values()].flatMap((passwords) => passwords.states(this.#gateOf(passwords.name)));
  }

  async syncPasswords(request: PasswordSyncRequest): Promise<PasswordSyncAnswer> {
    const { connector } = request;
    const chosen = connector === undefined ? [...this.#connectors.keys()] : [connector];
    const connectors = chosen.map((name) => this.#require(name));
    const closed = connectors.map(({ name }) => ({ name, gate: this.#gateOf(name) }));
    const [first] = closed.filter(({ gate }) => gate !== 'run');
    // Asked of all, those that run are enough.
    if (first && first.gate !== 'run' && closed.every(({ gate }) => gate !== 'run'))
      throw passwordsNotRunning(first.name, first.gate);
    const open = connectors.filter(({ name }) => this.#gateOf(name) === 'run');
    return sendPasswords(this.#options.ports, open, request);
  }

  readLog(connector: string, objectGuid: string, count: number): PasswordLogEntry[] {
    return this.#log.read(connector, objectGuid, count);
  }

  #require(name: string): ConnectorPasswords {
    const found = this.#connectors.get(name);
    if (found === undefined) throw connectorUnknown(name, [...this.#connectors.keys()]);
    return found;
  }

  #isEnabled(connector: string): boolean {
    const setting = this.#options.ports.agent.readSetting(settingOf(connector), z.boolean());
    return this.#config.passwordHashSync.enabled && setting !== false;
  }

  #gateOf(connector: string): Gate {
    return decideGate({
      enabled: this.#isEnabled(connector),
      staging: this.#staging,
      ready: this.#options.ports.scope.isReady(connector),
    });
  }

  /** Opens and closes every connector's channels as their gates say. */
  async #apply(): Promise<void> {
    if (!this.#isRunning) return;
    await Promise.all(
      [...this.#connectors.values()].map(async (passwords) => passwords.apply(this.#gateOf(passwords.name))),
    );
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#connectors.values()].map(async (passwords) => passwords.stop()));
  }

  /** Object synchronization tells of every object by itself; one look is enough for all of them. */
  #noteChange(): void {
    if (this.#isChangeNoted) return;
    this.#isChangeNoted = true;
    setImmediate(() => {
      this.#isChangeNoted = false;
      for (const passwords of this.#connectors.values()) passwords.wake();
      void this.#apply().catch((error: unknown) => {
        this.#options.ports.logger.error({ process: 'password hash sync', err: error }, 'a switch could not be made');
      });
    });
  }

  #tellSettings(): void {
    if (this.#config.passwordHashSync.syncNtlm) return;
    for (const connector of this.#connectors.keys())
      this.#options.ports.events.write(658, {
        connector,
        reason: 'NT hashes are left out of all credentials: passwordHashSync.syncNtlm is false.',
      });
  }

  #makeConnector(connector: ConnectorConfig): ConnectorPasswords {
    const { ports, config, identifierOf, readersOf, waitToRetry, reportOf, onProgress, heartbeatMs } = this.#options;
    const { name } = connector;
    return new ConnectorPasswords({
      ports,
      config,
      connector,
      connectorId: identifierOf(name),
      log: this.#log,
      sealer: this.#sealer,
      openReader: readersOf(connector),
      waitToRetry: async () => waitToRetry(connector),
      reportOf: (domain) => reportOf(name, domain),
      heartbeatMs: heartbeatMs ?? HEARTBEAT_MS,
      onProgress,
    });
  }
}

/** Name of the setting that says whether a forest's channels are on. */
function settingOf(connector: string): string {
  return `passwordSync ${connector}`;
}

async function raised(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
