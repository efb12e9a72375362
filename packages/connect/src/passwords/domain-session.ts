import {
  formatReplicationCursor,
  parseReplicationCursor,
  type ReplicationCursor,
  type ReplicationPage,
} from '@ad-protocols/drsr';
import type { CredentialSealer } from '@causeway/seal/seal';
import type { ConnectConfig } from '../config.ts';
import { CURSOR_ONLY_INTERVAL_MS, type ConnectProgress } from '../agent/process-options.ts';
import type { ProcessReport } from '../agent/process-report.ts';
import type { SyncSession } from '../agent/sync-process.ts';
import { refuseNoUsers } from '../errors.ts';
import { CredentialDelivery } from './batch.ts';
import type { ChannelStore } from './channel-state.ts';
import { placeToGoOn } from './credential-cursor.ts';
import { credentialAttributes } from './credential-decision.ts';
import type { DomainReader } from './domain-reader.ts';
import type { DomainRun, ForestRun } from './full-run.ts';
import type { Jobs } from './jobs.ts';
import { PasswordCarrier, type Carried, type Load } from './password-carrier.ts';
import type { PasswordLog } from './password-log.ts';
import type { UserInScope } from './password-scope.ts';
import type { PasswordPorts } from './ports.ts';
import type { RetryQueue } from './retry-queue.ts';
import { SingleUsers } from './single-users.ts';
import { StreamPlace } from './stream-place.ts';
import type { WaitingUsers } from './waiting-users.ts';
import type { Wake } from './wake.ts';

export interface DomainSessionParts {
  readonly ports: PasswordPorts;
  readonly config: ConnectConfig;
  readonly connector: string;
  readonly account: string;
  readonly domain: string;
  readonly channel: ChannelStore;
  readonly forest: ForestRun;
  readonly jobs: Jobs;
  readonly queue: RetryQueue;
  readonly waiting: WaitingUsers;
  readonly log: PasswordLog;
  readonly report: ProcessReport;
  readonly sealer: CredentialSealer;
  readonly wake: Wake;
  /** The cursor that the directory holds. */
  readonly stored: string | null;
  readonly signal: AbortSignal;
  readonly reader: DomainReader;
  /** Another connection to the same DC, for a full run beside the stream. */
  readonly openAnother: (host: string) => Promise<DomainReader>;
  /** A reader on a DC that is preferred to this one and works again; undefined for none. */
  readonly openPreferred: (present: string) => Promise<DomainReader | undefined>;
  /** The users of this domain that object synchronization knows. */
  readonly findUsers: () => readonly UserInScope[];
  readonly onProgress: (progress: ConnectProgress) => void;
  /** Whether the tenant takes temporary passwords. */
  readonly takesTemporary: (signal: AbortSignal) => Promise<boolean>;
  /** Told of every cycle that came to its end. */
  readonly onCycle: () => void;
  /** Told of whatever reached the directory. */
  readonly onDelivery: () => void;
}

/** Password hash sync of one domain while it is connected. */
export class DomainSession implements SyncSession {
  readonly #parts: DomainSessionParts;
  readonly #delivery: CredentialDelivery;
  readonly #carrier: PasswordCarrier;
  readonly #place: StreamPlace;
  readonly #singles: SingleUsers;
  #reader: DomainReader;
  /** The cursor that the directory has for certain. */
  #stored: string | null;
  /** How far the DC has been read; undefined before the first page of a full read. */
  #position: ReplicationCursor | undefined;
  #deliveredAt: number;
  #lastRead = { usn: 0n, readTookMs: 0 };
  #takesTemporary = false;

  constructor(parts: DomainSessionParts) {
    const { ports, connector, domain: source, sealer, config, stored, signal, reader } = parts;
    this.#parts = parts;
    this.#reader = reader;
    this.#stored = stored;
    const now = { keyId: sealer.keyId, domainGuid: reader.domainGuid, attributes: credentialAttributes };
    const position = placeToGoOn(stored, now);
    // A full run that has not begun yet reads everything, also what an unfinished one had read before.
    this.#position = this.#isFullRunUnbegun() && isUnfinished(position) ? undefined : position;
    this.#place = new StreamPlace(sealer.keyId, stored);
    this.#deliveredAt = ports.clock.now();
    this.#carrier = new PasswordCarrier({ ...parts, source });
    this.#singles = new SingleUsers({
      ...parts,
      readObject: async (guid) => this.#reader.readObject(guid),
      carry: async (objects, comparing) =>
        this.#carry({ objects, whole: true, isFullRead: false, moves: 'stay' }, undefined, comparing),
      finish: async () => this.#finish(),
    });
    this.#delivery = new CredentialDelivery({
      ports,
      connector,
      source,
      tenant: config.tenant.id,
      keyId: sealer.keyId,
      stored,
      unread: this.#place.unread(),
      signal,
      onAcknowledged: (users, cursor) => {
        this.#carrier.acknowledge(users);
        this.#place.acknowledge(cursor);
        this.#deliveredAt = ports.clock.now();
        parts.report.count({ delivered: users.length });
        this.#stored = cursor;
        parts.onDelivery();
      },
      onRefused: (users, error) => {
        if (parts.channel.state.lastCycle?.status !== 'Failed') this.#carrier.refuse(users, error);
      },
    });
  }

  async cycle(signal: AbortSignal): Promise<void> {
    const { channel, forest, domain, onCycle, ports } = this.#parts;
    const { clock } = ports;
    const startedAt = clock.now();
    try {
      await this.#preferReader();
      this.#takesTemporary = await this.#parts.takesTemporary(signal);
      await this.#follow(signal);
      await this.#singles.send();
      if (forest.isDue(domain)) await this.#runBesideStream(signal);
      await this.#finish();
      const cycle = { startedAt, endedAt: clock.now() };
      channel.note({ lastCycle: { ...cycle, status: 'Successful' }, lastSuccess: cycle });
      onCycle();
    } catch (error) {
      if (!signal.aborted) channel.note({ lastCycle: { startedAt, endedAt: clock.now(), status: 'Failed' } });
      throw error;
    } finally {
      await this.#delivery.settle();
    }
  }

  async waitForWork(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const changed = this.#reader.waitForChange(this.#lastRead, AbortSignal.any([signal, ended.signal]));
    try {
      await this.#parts.wake.orWhen(changed);
    } finally {
      ended.abort();
      await changed.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.#parts.channel.flush();
    await this.#reader.close();
  }

  /** Reads what has changed since the last time, or everything, and moves the directory's cursor along. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { ports, report } = this.#parts;
    const startedAt = ports.clock.now();
    const usn = await this.#reader.readHighestUsn();
    if (this.#hasRolledBack(usn)) this.#position = undefined;
    const run = isUnfinished(this.#position) ? this.#beginRun() : undefined;
    let isFirst = true;
    const total = { full: run !== undefined, objects: 0, sealed: 0 };
    if (this.#position === undefined) this.#place.restart();
    for await (const page of this.#reader.pages(this.#position)) {
      signal.throwIfAborted();
      if (isFirst && page.start === 'beginning') run?.restart();
      isFirst = false;
      const carried = await this.#carryPage(page, run);
      this.#position = page.cursor;
      total.objects += page.objects.length;
      total.sealed += carried.sent;
      if (run === undefined) continue;
      run.advance(carried);
      this.#showProgress(run);
      await this.#singles.send();
    }
    await this.#finish();
    this.#lastRead = { usn, readTookMs: ports.clock.now() - startedAt };
    if (total.sealed > 0) this.#announce(total);
    if (run === undefined) return;
    report.count({ fullCycles: 1 });
    if (!this.#isFullRunUnbegun()) run.finish();
  }

  async #carryPage(page: ReplicationPage, run: DomainRun | undefined): Promise<Carried> {
    const { ports, channel, config, account } = this.#parts;
    const { host, baseDn } = this.#reader;
    const place = formatReplicationCursor(page.cursor);
    const cursorIsOld = ports.clock.now() - this.#deliveredAt >= CURSOR_ONLY_INTERVAL_MS;
    const isFullRead = run !== undefined || page.start === 'beginning';
    const moves: Load['moves'] = {
      part: () => this.#place.part(),
      end: () => this.#place.end(place),
      evenEmpty: !page.more && (isFullRead || cursorIsOld),
      before: ({ users, moves }) => {
        if (run && !page.more && run.state.done + users === 0)
          refuseNoUsers(config, { host, baseDn, objects: page.objects.length, account });
        if (moves) channel.change({ places: this.#place.possible(place) });
      },
    };
    return this.#carry({ objects: page.objects, whole: isFullRead, isFullRead, moves }, run);
  }

  /** Reads everything over a connection of its own, page by page, and follows the changes in between. */
  async #runBesideStream(signal: AbortSignal): Promise<void> {
    const { forest, domain, openAnother } = this.#parts;
    const run = this.#beginRun();
    const reader = await openAnother(this.#reader.host);
    try {
      const start = run.state.place === null ? undefined : parseReplicationCursor(run.state.place);
      let isFirst = true;
      for await (const page of reader.pages(start)) {
        signal.throwIfAborted();
        // Also when it went on from a place of another copy of the database.
        if (isFirst && page.start === 'beginning') run.restart();
        isFirst = false;
        const load = { objects: page.objects, whole: true, isFullRead: true, moves: 'stay' } as const;
        const carried = await this.#carry(load, run);
        await this.#finish();
        // What comes after the last page are changes: it is never gone on from.
        run.advance({ ...carried, ...(page.more && { place: formatReplicationCursor(page.cursor) }) });
        this.#showProgress(run);
        if ((await this.#reader.readHighestUsn()) !== this.#lastRead.usn) await this.#follow(signal);
        await this.#singles.send();
        // The stream had to begin anew, and so has done this run; or it was asked for once more.
        if (!forest.isDue(domain) || this.#isFullRunUnbegun()) return;
      }
      run.finish();
    } finally {
      await reader.close();
    }
  }

  async #carry(
    load: Pick<Load, 'objects' | 'whole' | 'isFullRead' | 'moves'>,
    run: DomainRun | undefined,
    comparing = run !== undefined && !run.state.sendAll,
  ): Promise<Carried> {
    const takesTemporary = this.#takesTemporary;
    return this.#carrier.carry({ ...load, reader: this.#reader, comparing, takesTemporary }, this.#delivery);
  }

  /** Everything handed over has been delivered, and the agent's state says so. */
  async #finish(): Promise<void> {
    await this.#delivery.drain();
    this.#carrier.settle();
    if (this.#stored !== null && this.#stored !== this.#parts.report.status.cursor)
      this.#parts.report.acknowledge(this.#stored);
  }

  #beginRun(): DomainRun {
    const { forest, domain, findUsers } = this.#parts;
    if (!forest.isDue(domain)) forest.request([domain]);
    return forest.begin(domain, findUsers().length);
  }

  #isFullRunUnbegun(): boolean {
    const { full } = this.#parts.channel.state;
    return full !== null && full.startedAt === null;
  }

  /** Whether the DC's USNs have gone back behind what was read: its database was put back by other means than AD's restore. */
  #hasRolledBack(usn: bigint): boolean {
    const place = this.#position;
    if (place?.sourceInvocationId !== this.#reader.invocationId || usn >= place.usnVector.propertyUpdate) return false;
    this.#parts.ports.logger.warn(
      { process: 'password hash sync', code: 'ERR_CONNECT_USN_ROLLBACK', usn: String(usn) },
      `the domain controller ${this.#reader.host} has gone back to an older state: reading everything again`,
    );
    return true;
  }

  async #preferReader(): Promise<void> {
    const before = this.#reader;
    const preferred = await this.#parts.openPreferred(before.host);
    if (preferred === undefined) return;
    this.#reader = preferred;
    await before.close();
  }

  #announce(total: { full: boolean; objects: number; sealed: number }): void {
    const { ports, domain } = this.#parts;
    const fields = { process: `password hash sync of ${domain}`, ...total, ms: this.#lastRead.readTookMs };
    ports.logger.info(fields, `delivered ${total.sealed} credential${total.sealed === 1 ? '' : 's'}`);
  }

  /** Only a full run is long enough to be shown. */
  #showProgress({ state: { done, total } }: DomainRun): void {
    this.#parts.onProgress({ stage: 'reading passwords', done, ...(total === null ? {} : { total }) });
  }
}

/** Whether everything that comes from here on comes with all its attributes: no cycle has been completed yet. */
function isUnfinished(position: ReplicationCursor | undefined): boolean {
  return position === undefined || (position.usnVector.propertyUpdate === 0n && position.upToDateVector.length === 0);
}
