import type { PartitionPasswordSyncState } from '@causeway/control';
import type { CredentialSealer } from '@causeway/seal/seal';
import type { ConnectConfig, ConnectorConfig } from '../config.ts';
import type { ConnectProgress } from '../agent/process-options.ts';
import type { ProcessReport } from '../agent/process-report.ts';
import { runProcess, runProcessOnce, type RunOptions } from '../agent/sync-process.ts';
import { openChannelStore, type ChannelStore } from './channel-state.ts';
import { DomainChannel } from './domain-channel.ts';
import { domainDn, domainOf } from './domain-names.ts';
import type { OpenDomainReader } from './domain-reader.ts';
import { ForestRun } from './full-run.ts';
import type { Gate } from './gate.ts';
import { Heartbeat } from './heartbeat.ts';
import { describeChannel } from './channel-description.ts';
import type { LogLine, PasswordLog } from './password-log.ts';
import type { UserInScope } from './password-scope.ts';
import type { PasswordPorts } from './ports.ts';

export interface ConnectorPasswordsOptions {
  readonly ports: PasswordPorts;
  readonly config: ConnectConfig;
  readonly connector: ConnectorConfig;
  /** GUID of the connector. */
  readonly connectorId: string;
  readonly log: PasswordLog;
  readonly sealer: CredentialSealer;
  readonly openReader: OpenDomainReader;
  readonly waitToRetry: () => Promise<RunOptions['waitToRetry']>;
  readonly reportOf: (domain: string) => ProcessReport;
  readonly heartbeatMs: number;
  readonly onProgress: (progress: ConnectProgress) => void;
}

interface Channel {
  readonly domain: string;
  readonly process: DomainChannel;
  readonly store: ChannelStore;
  readonly report: ProcessReport;
}

/** The passwords of one forest: a channel for each of its domains, and their heartbeat. */
export class ConnectorPasswords {
  readonly name: string;
  readonly #options: ConnectorPasswordsOptions;
  readonly #channels: readonly Channel[];
  readonly #forest: ForestRun;
  readonly #heartbeat: Heartbeat;
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;
  #gate: Gate | undefined;
  #switching: Promise<void> = Promise.resolve();

  constructor(options: ConnectorPasswordsOptions) {
    const { ports, connector, connectorId, heartbeatMs } = options;
    const { name } = connector;
    this.name = name;
    this.#options = options;
    const stores = new Map(
      connector.domains.map(({ name: domain }) => [domain, openChannelStore(ports.agent, { connector: name, domain })]),
    );
    this.#forest = new ForestRun({ ...ports, forest: name, channels: stores });
    this.#heartbeat = new Heartbeat({ ports, connector: name, connectorId, intervalMs: heartbeatMs });
    this.#channels = connector.domains.flatMap((domain) => {
      const store = stores.get(domain.name);
      return store === undefined ? [] : [this.#channelOf(domain, store)];
    });
  }

  /** Starts or stops the channels as the gate says, and resolves when that is done. */
  async apply(gate: Gate): Promise<void> {
    await this.#inTurn(async () => {
      if (gate === this.#gate) return;
      if (gate !== 'run') await this.#halt();
      this.#enter(gate);
      if (gate === 'run') this.#start();
    });
  }

  /** Stops the channels; what is stored stays as it is. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#halt();
      this.#gate = undefined;
    });
  }

  /** One cycle of each channel. @throws the first thing that went wrong; the others have run all the same. */
  async runOnce(gate: Gate, signal: AbortSignal): Promise<void> {
    this.#enter(gate);
    if (gate !== 'run') return;
    this.#requestRuns();
    const failures: unknown[] = [];
    for (const { process, report } of this.#channels) {
      await runProcessOnce(process, report, signal).catch((error: unknown) => failures.push(error));
      signal.throwIfAborted();
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Object synchronization has changed something. */
  wake(): void {
    for (const { process } of this.#channels) process.wake();
  }

  /** Begins a full password hash sync of all domains, or goes on with the one under way. */
  requestFullRun(sendAll: boolean): void {
    this.#forest.request(
      this.#channels.map(({ domain }) => domain),
      { sendAll },
    );
    this.wake();
  }

  /** Sends the passwords of some users now; resolves with what became of each. */
  async sendNow(users: readonly UserInScope[], comparing: boolean): Promise<readonly LogLine[]> {
    const lines = await Promise.all(
      this.#channels.map(async ({ domain, process }) => {
        const own = users.filter(({ dn }) => this.#domainOf(dn) === domain);
        return own.length === 0 ? [] : process.sendNow(own, comparing);
      }),
    );
    return lines.flat();
  }

  states(gate: Gate): PartitionPasswordSyncState[] {
    const { connectorId, ports } = this.#options;
    const now = ports.clock.now();
    return this.#channels.map(({ domain, store, report }) =>
      describeChannel(store.state, {
        connector: this.name,
        connectorId,
        domain,
        gate,
        process: report.status.state,
        now,
      }),
    );
  }

  #channelOf(domain: ConnectorConfig['domains'][number], store: ChannelStore): Channel {
    const report = this.#options.reportOf(domain.name);
    const process = new DomainChannel({
      ...this.#options,
      domain,
      channel: store,
      forest: this.#forest,
      report,
      findUsers: () => this.#usersOf(domain.name),
      onDelivery: () => this.#heartbeat.noteDelivery(),
    });
    return { domain: domain.name, process, store, report };
  }

  #usersOf(domain: string): UserInScope[] {
    const users = this.#options.ports.scope.findUsers(this.name, { ou: domainDn(domain) });
    return users.filter(({ dn }) => this.#domainOf(dn) === domain);
  }

  /** One switch after the other. */
  async #inTurn(change: () => Promise<void>): Promise<void> {
    const before = this.#switching;
    const turn = (async () => {
      await before;
      await change();
    })();
    this.#switching = turn.catch(() => undefined);
    await turn;
  }

  /** Tells what the gate says now. */
  #enter(gate: Gate): void {
    const { ports } = this.#options;
    this.#gate = gate;
    if (gate === 'paused') ports.events.write(613, { connector: this.name });
    for (const { report, store } of this.#channels) {
      if (gate === 'off') report.enter('off');
      if (gate === 'paused' || gate === 'staging') report.enter('paused');
      // Another agent is the active one: its queue is not here when this one takes over.
      if (gate === 'staging' && !store.state.standby) store.change({ standby: true });
    }
  }

  #start(): void {
    this.#requestRuns();
    const controller = new AbortController();
    this.#running = { controller, ended: this.#run(controller.signal) };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { ports, waitToRetry } = this.#options;
    const { logger, clock } = ports;
    const work = this.#channels.map(async ({ process, report }) =>
      runProcess(process, { report, logger, clock, waitToRetry: await waitToRetry() }, signal),
    );
    for (const { reason } of rejected(await Promise.allSettled([...work, this.#heartbeat.run(signal)]))) {
      ports.events.write(615, { reason: reason instanceof Error ? reason.message : String(reason) });
      logger.error(
        { process: 'password hash sync', connector: this.name, err: reason },
        'a worker has ended by itself',
      );
    }
  }

  async #halt(): Promise<void> {
    this.#running?.controller.abort(new DOMException('password hash sync stops', 'AbortError'));
    await this.#running?.ended;
    this.#running = undefined;
  }

  /** What the start of the channels begins: the first run of a domain, and one that the parameter asks for. */
  #requestRuns(): void {
    this.#forest.settle();
    const isForced = this.#forest.isForced();
    const due = this.#channels.filter(({ store }) => isForced || !store.isKnown);
    if (due.length > 0) this.#forest.request(due.map(({ domain }) => domain));
  }

  #domainOf(dn: string): string | undefined {
    return domainOf(
      dn,
      this.#options.connector.domains.map(({ name }) => name),
    );
  }
}

function rejected(results: readonly PromiseSettledResult<unknown>[]): PromiseRejectedResult[] {
  return results.filter((result) => result.status === 'rejected');
}
