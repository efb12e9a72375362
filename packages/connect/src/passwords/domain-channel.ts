import { CausewayError } from '@causeway/model';
import type { CredentialSealer } from '@causeway/seal/seal';
import type { ConnectConfig, ConnectorConfig, DomainConfig } from '../config.ts';
import type { ConnectProgress } from '../agent/process-options.ts';
import type { ProcessReport } from '../agent/process-report.ts';
import type { SyncProcess, SyncSession } from '../agent/sync-process.ts';
import { DcChoice } from '../dc/dc-choice.ts';
import { keyMismatchError } from '../errors.ts';
import type { ChannelStore } from './channel-state.ts';
import { placeToGoOn } from './credential-cursor.ts';
import { credentialAttributes } from './credential-decision.ts';
import type { DomainReader, OpenDomainReader } from './domain-reader.ts';
import { DomainSession } from './domain-session.ts';
import { eventOfFailure, tellFailure } from './failure-events.ts';
import type { ForestRun } from './full-run.ts';
import { Jobs } from './jobs.ts';
import type { LogLine, PasswordLog } from './password-log.ts';
import type { UserInScope } from './password-scope.ts';
import type { PasswordPorts } from './ports.ts';
import { openRetryQueue, type RetryQueue } from './retry-queue.ts';
import { placeOf } from './stream-place.ts';
import { takeOver } from './takeover.ts';
import { temporaryPasswordsOf } from './tenant-features.ts';
import { WaitingUsers } from './waiting-users.ts';
import { Wake } from './wake.ts';

/** How often a domain controller that is preferred to the one in use is tried again. */
const PREFER_MS = 180_000;

export interface DomainChannelOptions {
  readonly ports: PasswordPorts;
  readonly config: ConnectConfig;
  readonly connector: ConnectorConfig;
  readonly domain: DomainConfig;
  readonly channel: ChannelStore;
  readonly forest: ForestRun;
  readonly log: PasswordLog;
  readonly report: ProcessReport;
  readonly sealer: CredentialSealer;
  readonly openReader: OpenDomainReader;
  /** The users of this domain that object synchronization knows. */
  readonly findUsers: () => readonly UserInScope[];
  readonly onProgress: (progress: ConnectProgress) => void;
  readonly onDelivery: () => void;
}

/** The passwords of one domain: a process with connections, a cursor and a retry queue of its own. */
export class DomainChannel implements SyncProcess {
  readonly name: string;
  readonly #jobs: Jobs;
  readonly #options: DomainChannelOptions;
  readonly #wake = new Wake();
  #choice: DcChoice;
  #waiting: WaitingUsers | undefined;
  #isOpen = false;
  #failure: string | undefined;
  /** Why nothing goes until somebody acts. */
  #halted: CausewayError | undefined;
  #preferredTriedAt: number;
  #isPreferredMissed = false;

  constructor(options: DomainChannelOptions) {
    this.#options = options;
    this.name = `password hash sync of ${options.domain.name}`;
    this.#jobs = new Jobs(() => this.#wake.notify());
    this.#choice = new DcChoice(options.domain.domainControllers, options.ports.logger);
    this.#preferredTriedAt = options.ports.clock.now();
  }

  /** Looks for work at once: what was asked for, and whether those who wait need not any more. */
  wake(): void {
    this.#waiting?.noteChange();
    this.#wake.notify();
  }

  /** Sends the passwords of some users now. @throws {CausewayError} what the channel fails with. */
  async sendNow(users: readonly UserInScope[], comparing: boolean): Promise<readonly LogLine[]> {
    if (this.#halted) throw this.#halted;
    return this.#jobs.add(users, comparing);
  }

  async open(signal: AbortSignal): Promise<SyncSession> {
    const { ports, config, connector, domain, channel, sealer, openReader } = this.#options;
    this.#isOpen = false;
    const { keyId } = await ports.directory.readTenant({ signal });
    if (keyId !== null && keyId !== sealer.keyId)
      throw keyMismatchError({ tenant: config.tenant.id, pinned: sealer.keyId, registered: keyId });
    const { credentialCursor: stored } = await ports.directory.readSource(domain.name, { signal });
    const reader = await this.#openReader(signal);
    try {
      const key = { connector: connector.name, domain: domain.name };
      const queue = openRetryQueue(ports.agent, key, () => ports.clock.now());
      await this.#agreeOnPlace({ stored, reader, queue }, signal);
      const waiting = new WaitingUsers({ ports, connector: connector.name, queue, log: this.#options.log });
      this.#waiting = waiting;
      const session = new DomainSession({
        ...this.#options,
        connector: connector.name,
        account: connector.account.name,
        domain: domain.name,
        channel,
        jobs: this.#jobs,
        queue,
        waiting,
        wake: this.#wake,
        stored,
        signal,
        reader,
        openAnother: async (host) => openReader(host, signal),
        openPreferred: async (present) => this.#openPreferred(present, signal),
        takesTemporary: temporaryPasswordsOf(ports),
        onCycle: () => {
          this.#failure = undefined;
          this.#halted = undefined;
        },
      });
      this.#isOpen = true;
      return session;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  noteFailure(failure: CausewayError): void {
    const { ports, connector, domain, channel, forest } = this.#options;
    this.#choice.noteFailure(failure);
    this.#jobs.fail(failure);
    this.#halted = failure.disposition === 'halt' ? failure : undefined;
    const about = { connector: connector.name, domain: domain.name, isOpen: this.#isOpen };
    const now = ports.clock.now();
    if (!this.#isOpen) channel.note({ lastCycle: { startedAt: now, endedAt: now, status: 'Failed' } });
    channel.flush();
    if (eventOfFailure(failure, this.#isOpen) === 'told') return;
    // The same as long as the same is to be done about it: messages hold times and request ids.
    const kind = `${failure.code} ${failure.nextStep}`;
    if (kind === this.#failure) return;
    this.#failure = kind;
    tellFailure(ports.events, failure, about);
    forest.noteFailure(domain.name, failure.message);
  }

  /** Compares the directory's place with what this agent knows; whoever cannot be sure compares all passwords, or the queue. */
  async #agreeOnPlace(
    found: { stored: string | null; reader: DomainReader; queue: RetryQueue },
    signal: AbortSignal,
  ): Promise<void> {
    const { ports, connector, domain, channel, forest, sealer } = this.#options;
    const { stored, reader, queue } = found;
    const { keyId } = sealer;
    const place = placeOf(stored);
    const { standby, places } = channel.state;
    if (standby) {
      const now = { keyId, domainGuid: reader.domainGuid, attributes: credentialAttributes };
      const users = this.#options.findUsers();
      const from = { connector: connector.name, source: domain.name, users, keyId, queue };
      if (placeToGoOn(stored, now) !== undefined) await takeOver(ports, from, signal);
    } else if (places.length > 0 && !places.includes(place)) {
      ports.logger.warn(
        { process: this.name, connector: connector.name },
        `the directory has come to another place of ${domain.name} than this agent has left it at: comparing all passwords`,
      );
      forest.request([domain.name], { anew: true });
    }
    if (standby || places.length !== 1 || places[0] !== place) channel.change({ standby: false, places: [place] });
  }

  async #openReader(signal: AbortSignal): Promise<DomainReader> {
    const { openReader, domain } = this.#options;
    const preferred = domain.domainControllers[0] ?? '';
    let missed: unknown;
    const reader = await this.#choice.open(async (host) => {
      try {
        return await openReader(host, signal);
      } catch (error) {
        if (host === preferred) missed = error;
        throw error;
      }
    });
    this.#preferredTriedAt = this.#options.ports.clock.now();
    if (reader.host === preferred) this.#isPreferredMissed = false;
    else if (missed !== undefined) this.#tellMissed(preferred, missed);
    return reader;
  }

  #tellMissed(domainController: string, error: unknown): void {
    const { ports, connector, domain } = this.#options;
    if (this.#isPreferredMissed) return;
    this.#isPreferredMissed = true;
    const reason = error instanceof Error ? error.message : String(error);
    ports.events.write(616, { connector: connector.name, domain: domain.name, domainController, reason });
  }

  /** A reader on a domain controller that is before the present one in the list and works again; undefined for none. */
  async #openPreferred(present: string, signal: AbortSignal): Promise<DomainReader | undefined> {
    const { ports, domain, openReader } = this.#options;
    const hosts: readonly string[] = domain.domainControllers;
    const better = hosts.slice(0, Math.max(hosts.indexOf(present), 0));
    const now = ports.clock.now();
    if (better.length === 0 || now - this.#preferredTriedAt < PREFER_MS) return undefined;
    this.#preferredTriedAt = now;
    for (const host of better) {
      try {
        const reader = await openReader(host, signal);
        this.#choice = new DcChoice([host, ...hosts.filter((other) => other !== host)], ports.logger);
        this.#isPreferredMissed = host !== hosts[0];
        return reader;
      } catch (error) {
        if (!(error instanceof CausewayError)) throw error;
      }
    }
    return undefined;
  }
}
