import type { LdapEntry } from '@ad-protocols/ldap';
import type { ObjectBatch } from '@causeway/contract';
import { ChangeWatch } from '../dc/change-watch.ts';
import { DcChoice } from '../dc/dc-choice.ts';
import { openDcSession, type DcSession } from '../dc/dc-session.ts';
import { readHighestUsn } from '../dc/domain-controller.ts';
import { deliveryFailure, refuseNoUsers } from '../errors.ts';
import { isServiceAccount } from '../config.ts';
import { formatObjectCursor, newRun, usnToGoOn } from './object-cursor.ts';
import { Outbox } from '../passwords/outbox.ts';
import { CURSOR_ONLY_INTERVAL_MS, type ProcessOptions } from '../agent/process-options.ts';
import type { SyncProcess, SyncSession } from '../agent/sync-process.ts';
import { mapUser, userAttributes } from './user-mapping.ts';

/**
 * SAM_NORMAL_USER_ACCOUNT: persons of class user, without computers, trusts and managed service accounts. One indexed
 * attribute; a DC answers it in half the time of objectCategory and objectClass together.
 *
 * @see [MS-SAMR] ACCOUNT_TYPE Values (2.2.1.9)
 */
const ORDINARY_USERS = '(sAMAccountType=805306368)';

/**
 * Object sync: carries the users of a domain to the directory, all of them first and then what has changed.
 *
 * Deleted users are not carried: they stay in the tenant as they were.
 */
export function createObjectSync(options: ProcessOptions): SyncProcess {
  const { config, directory, logger } = options;
  const { connector } = config;
  const choice = new DcChoice(connector.domainController, logger);
  return {
    name: 'object sync',
    async open(signal) {
      const { objectCursor } = await directory.readSource(connector.name, { signal });
      const dc = await choice.open((host) => openDcSession({ connector, host }, options, signal));
      return new ObjectSyncSession(options, dc, objectCursor);
    },
    noteFailure: (failure) => choice.noteFailure(failure),
  };
}

class ObjectSyncSession implements SyncSession {
  readonly #options: ProcessOptions;
  readonly #dc: DcSession;
  readonly #watch: ChangeWatch;
  /** The cursor that the directory holds. */
  #stored: string | null;
  /** All changes up to this USN have been read; undefined until the first full read is complete. */
  #readUpTo: bigint | undefined;
  #deliveredAt: number;
  readonly #outbox = new Outbox();
  #lastRead = { usn: 0n, readTookMs: 0 };

  constructor(options: ProcessOptions, dc: DcSession, stored: string | null) {
    this.#options = options;
    this.#dc = dc;
    this.#stored = stored;
    this.#deliveredAt = options.clock.now();
    this.#readUpTo = usnToGoOn(stored, dc.dc.invocationId);
    this.#watch = new ChangeWatch({ connection: dc.connection, clock: options.clock, ...options.config.objectSync });
  }

  async cycle(signal: AbortSignal): Promise<void> {
    const startedAt = this.#options.clock.now();
    // Taken before the search: what changes while it runs is read again by the next one.
    const highest = await readHighestUsn(this.#dc.connection);
    if (this.#readUpTo !== undefined && highest < this.#readUpTo) this.#startAnew(highest);
    const isFull = this.#readUpTo === undefined;
    try {
      const { users, objects } = await this.#carry({ isFull, highest }, signal);
      this.#readUpTo = highest;
      this.#lastRead = { usn: highest, readTookMs: this.#options.clock.now() - startedAt };
      if (isFull) this.#options.report.count({ fullCycles: 1 });
      if (users > 0) this.#announce({ full: isFull, users, objects });
    } finally {
      await this.#outbox.settle();
    }
  }

  /** Reads users page by page and delivers each page while the next is read; the last one moves the cursor to `highest`. */
  async #carry(
    read: { isFull: boolean; highest: bigint },
    signal: AbortSignal,
  ): Promise<{ users: number; objects: number }> {
    const { clock, config, onProgress, report } = this.#options;
    const run = newRun();
    const total = { users: 0, others: 0, objects: 0 };
    let from = read.isFull ? null : this.#stored;
    let number = 0;
    let held: ObjectBatch['users'] = [];
    const send = async (to: string): Promise<void> => {
      const batch = { from, to, users: held };
      from = to;
      held = [];
      await this.#outbox.push(() => this.#deliver(batch, signal));
    };
    for await (const entries of this.#search()) {
      if (held.length > 0) await send(this.#cursor(this.#readUpTo ?? 0n, { run, number: (number += 1) }));
      held = this.#usersOf(entries);
      total.users += held.length;
      total.others += held.filter(({ user }) => !isServiceAccount(user.accountName, config.connector)).length;
      total.objects += entries.length;
      report.count({ objectsRead: entries.length });
      onProgress({ stage: 'reading users', done: total.users });
    }
    if (read.isFull && total.others === 0)
      refuseNoUsers(config, { host: this.#dc.host, baseDn: this.#dc.dc.baseDn, objects: total.objects });
    const cursorIsOld = clock.now() - this.#deliveredAt >= CURSOR_ONLY_INTERVAL_MS;
    if (read.isFull || held.length > 0 || (read.highest !== this.#readUpTo && cursorIsOld)) {
      await send(this.#cursor(read.highest));
    }
    await this.#outbox.drain();
    return total;
  }

  /** USNs never go back, unless the DC's database was put back by other means than a restore that AD knows of. */
  #startAnew(highest: bigint): void {
    this.#options.logger.warn(
      { process: 'object sync', code: 'ERR_CONNECT_USN_ROLLBACK', usn: String(highest), read: String(this.#readUpTo) },
      `the domain controller ${this.#dc.host} has gone back to an older state: reading everything again`,
    );
    this.#readUpTo = undefined;
  }

  async waitForWork(signal: AbortSignal): Promise<void> {
    await this.#watch.next(this.#lastRead, signal);
  }

  async close(): Promise<void> {
    this.#dc.connection.close();
  }

  #search(): AsyncGenerator<LdapEntry[]> {
    const filter =
      this.#readUpTo === undefined ? ORDINARY_USERS : `(&(uSNChanged>=${this.#readUpTo + 1n})${ORDINARY_USERS})`;
    return this.#dc.connection.pages({ base: this.#dc.dc.baseDn, scope: 'sub', filter, attributes: userAttributes });
  }

  #usersOf(entries: readonly LdapEntry[]): ObjectBatch['users'] {
    const users: ObjectBatch['users'] = [];
    for (const entry of entries) {
      const mapped = mapUser(entry, this.#dc.dc.dnsName);
      if (mapped.kind === 'user') users.push({ anchor: mapped.anchor, user: { ...mapped.user } });
      else this.#options.report.skip(mapped.reason);
    }
    return users;
  }

  #cursor(usn: bigint, batch?: { run: string; number: number }): string {
    return formatObjectCursor({ invocationId: this.#dc.dc.invocationId, usn, batch });
  }

  async #deliver(batch: ObjectBatch, signal: AbortSignal): Promise<void> {
    const { config, directory, report, clock } = this.#options;
    const source = config.connector.name;
    try {
      await directory.sendObjects(source, batch, { signal });
    } catch (error) {
      throw deliveryFailure(error, { source, tenant: config.tenant.id });
    }
    this.#stored = batch.to;
    this.#deliveredAt = clock.now();
    report.count({ delivered: batch.users.length });
    report.acknowledge(batch.to);
  }

  #announce(done: { full: boolean; users: number; objects: number }): void {
    const { logger, onProgress } = this.#options;
    onProgress({ stage: 'reading users', done: done.users, total: done.users });
    const fields = { process: 'object sync', ...done, ms: this.#lastRead.readTookMs };
    logger.info(fields, `delivered ${done.users} users`);
  }
}
