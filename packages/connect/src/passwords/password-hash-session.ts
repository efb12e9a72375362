import type { CredentialBatch } from '@causeway/contract';
import {
  attributeValue,
  formatReplicationCursor,
  wipeSecrets,
  type DrsClient,
  type ReplicatedObject,
  type ReplicationCursor,
  type ReplicationPage,
} from '@ad-protocols/drsr';
import type { CredentialSealer } from '@causeway/seal/seal';
import { ChangeWatch } from '../dc/change-watch.ts';
import { isServiceAccount } from '../config.ts';
import { formatCredentialCursor, placeToGoOn } from './credential-cursor.ts';
import {
  credentialAttributes,
  decideCredential,
  isUserInScope,
  type CredentialDecision,
} from './credential-decision.ts';
import type { DcSession } from '../dc/dc-session.ts';
import { readHighestUsn } from '../dc/domain-controller.ts';
import { deliveryFailure, refuseNoUsers } from '../errors.ts';
import { Outbox } from './outbox.ts';
import { sealPage, type CredentialOfUser, type SealedEntry } from './page-sealing.ts';
import { CURSOR_ONLY_INTERVAL_MS, type ProcessOptions } from '../agent/process-options.ts';
import { replicationFailure } from './replication-errors.ts';
import type { SyncSession } from '../agent/sync-process.ts';

/** Objects of one page: what is held in memory at a time, three times over at most (read, sealed, delivered). */
const PAGE_OBJECTS = 500;
const stage = 'reading passwords';

interface SessionParts {
  readonly options: ProcessOptions;
  readonly dc: DcSession;
  readonly client: DrsClient;
  readonly sealer: CredentialSealer;
  readonly stored: string | null;
}

/** What one cycle has come to. */
interface CycleTotals {
  objects: number;
  usersInScope: number;
  sealed: number;
}

/** Password hash sync while it is connected. */
export class PasswordHashSyncSession implements SyncSession {
  readonly #options: ProcessOptions;
  readonly #dc: DcSession;
  readonly #client: DrsClient;
  readonly #sealer: CredentialSealer;
  readonly #watch: ChangeWatch;
  readonly #outbox = new Outbox();
  /** The cursor that the directory holds. */
  #stored: string | null;
  /** How far the DC has been read; undefined before the first page of a full read. */
  #position: ReplicationCursor | undefined;
  #deliveredAt: number;
  #lastRead = { usn: 0n, readTookMs: 0 };

  constructor({ options, dc, client, sealer, stored }: SessionParts) {
    this.#options = options;
    this.#dc = dc;
    this.#client = client;
    this.#sealer = sealer;
    this.#stored = stored;
    const now = { keyId: sealer.keyId, domainGuid: dc.dc.domainGuid, attributes: credentialAttributes };
    this.#position = placeToGoOn(stored, now);
    this.#deliveredAt = options.clock.now();
    this.#watch = new ChangeWatch({
      connection: dc.connection,
      clock: options.clock,
      ...options.config.passwordHashSync,
    });
  }

  async cycle(signal: AbortSignal): Promise<void> {
    const { clock, report, config } = this.#options;
    const startedAt = clock.now();
    const usn = await readHighestUsn(this.#dc.connection);
    if (this.#hasRolledBack(usn)) this.#position = undefined;
    const fromBeginning = this.#position === undefined;
    try {
      const totals = await this.#carry({ isFull: isUnfinishedFull(this.#position), fromBeginning }, signal);
      this.#lastRead = { usn, readTookMs: clock.now() - startedAt };
      if (fromBeginning) report.count({ fullCycles: 1 });
      if (totals.sealed > 0) this.#announce(fromBeginning, totals);
    } catch (error) {
      const { account } = config.connector;
      throw replicationFailure(error, {
        host: this.#dc.host,
        account: account.name,
        passwordFile: account.passwordFile,
      });
    } finally {
      await this.#outbox.settle();
    }
  }

  async waitForWork(signal: AbortSignal): Promise<void> {
    await this.#watch.next(this.#lastRead, signal);
  }

  async close(): Promise<void> {
    this.#dc.connection.close();
    await this.#client.close();
  }

  /** Reads one replication cycle page by page, and seals and delivers each page while the next is read. */
  async #carry(read: { isFull: boolean; fromBeginning: boolean }, signal: AbortSignal): Promise<CycleTotals> {
    const totals: CycleTotals = { objects: 0, usersInScope: 0, sealed: 0 };
    let from = read.fromBeginning ? null : this.#stored;
    const { guid, dn } = { guid: this.#dc.dc.domainGuid, dn: this.#dc.dc.baseDn };
    const pages = this.#client.pages({
      namingContext: { guid, dn },
      attributes: credentialAttributes,
      maxObjects: PAGE_OBJECTS,
      ...(this.#position === undefined ? {} : { cursor: this.#position }),
    });
    for await (const page of pages) {
      signal.throwIfAborted();
      const credentials = await this.#seal(page, read.isFull || page.start === 'beginning', totals);
      if (!page.more && read.fromBeginning && totals.usersInScope === 0)
        refuseNoUsers(this.#options.config, { host: this.#dc.host, baseDn: dn, objects: totals.objects });
      if (this.#isWorthSending(page, credentials, read.isFull)) {
        const to = formatCredentialCursor({
          keyId: this.#sealer.keyId,
          replication: formatReplicationCursor(page.cursor),
        });
        const batch = { from, to, keyId: this.#sealer.keyId, credentials };
        from = to;
        await this.#outbox.push(() => this.#deliver(batch, signal));
      }
      this.#position = page.cursor;
      this.#showProgress(page, read.isFull, totals);
    }
    await this.#outbox.drain();
    return totals;
  }

  /** Decides about each object of a page and seals what is to be carried; wipes every secret of the page. */
  async #seal(page: ReplicationPage, whole: boolean, totals: CycleTotals): Promise<SealedEntry[]> {
    const { config, report, logger } = this.#options;
    const carried: CredentialOfUser[] = [];
    const read: ReplicatedObject[] = [...page.objects];
    try {
      for (const changed of page.objects) {
        const { object, decision } = await this.#decide(changed, whole);
        if (object !== changed) read.push(object);
        if (decision.kind === 'carry') carried.push({ guid: object.guid, credential: decision.credential });
        if (decision.kind === 'skip') report.skip(decision.reason);
        if (isUserInScope(decision) && !this.#isServiceAccount(object)) totals.usersInScope += 1;
      }
      const { syncNtlm } = config.passwordHashSync;
      const { entries, problems } = await sealPage(carried, {
        sealer: this.#sealer,
        tenant: config.tenant.id,
        syncNtlm,
      });
      for (const { anchor, problem } of problems) {
        report.skip(problem);
        logger.warn({ process: 'password hash sync', anchor }, `the user ${anchor} ${problem}: not carried`);
      }
      totals.objects += page.objects.length;
      totals.sealed += entries.length;
      report.count({ objectsRead: page.objects.length, sealed: entries.length });
      return entries;
    } finally {
      wipeSecrets(read);
    }
  }

  /** What a replicated object means, and the object that says so: the whole one where the changes alone do not say it. */
  async #decide(
    changed: ReplicatedObject,
    whole: boolean,
  ): Promise<{ object: ReplicatedObject; decision: CredentialDecision }> {
    const decision = decideCredential(changed, whole);
    if (decision.kind !== 'readWhole') return { object: changed, decision };
    const object = await this.#client.replicateObject(changed.guid, credentialAttributes);
    if (object === undefined) return { object: changed, decision: { kind: 'irrelevant' } };
    return { object, decision: decideCredential(object, true) };
  }

  #isServiceAccount(object: ReplicatedObject): boolean {
    const name = attributeValue(object, 'sAMAccountName');
    return name !== undefined && isServiceAccount(name, this.#options.config.connector);
  }

  /** Whether the DC's USNs have gone back behind what was read: its database was put back by other means than AD's restore. */
  #hasRolledBack(usn: bigint): boolean {
    const place = this.#position;
    if (place?.sourceInvocationId !== this.#dc.dc.invocationId || usn >= place.usnVector.propertyUpdate) return false;
    this.#options.logger.warn(
      { process: 'password hash sync', code: 'ERR_CONNECT_USN_ROLLBACK', usn: String(usn) },
      `the domain controller ${this.#dc.host} has gone back to an older state: reading everything again`,
    );
    return true;
  }

  /** An empty page of a full read is worth sending only as its last; of a delta, when the stored cursor has become old. */
  #isWorthSending(page: ReplicationPage, credentials: readonly SealedEntry[], isFull: boolean): boolean {
    if (credentials.length > 0) return true;
    if (page.more) return false;
    return isFull || this.#options.clock.now() - this.#deliveredAt >= CURSOR_ONLY_INTERVAL_MS;
  }

  async #deliver(batch: CredentialBatch, signal: AbortSignal): Promise<void> {
    const { config, directory, report, clock } = this.#options;
    const source = config.connector.name;
    try {
      await directory.sendCredentials(source, batch, { signal });
    } catch (error) {
      throw deliveryFailure(error, { source, tenant: config.tenant.id, pinnedKeyId: this.#sealer.keyId });
    }
    this.#stored = batch.to;
    this.#deliveredAt = clock.now();
    report.count({ delivered: batch.credentials.length });
    report.acknowledge(batch.to);
  }

  /** Only a full read is long enough to be shown. */
  #showProgress(page: ReplicationPage, isFull: boolean, { objects }: CycleTotals): void {
    if (!isFull) return;
    const estimate = Math.max(page.totalObjectsEstimate ?? 0, objects + 1);
    this.#options.onProgress({ stage, done: objects, total: page.more ? estimate : objects });
  }

  #announce(full: boolean, { objects, sealed }: CycleTotals): void {
    const fields = { process: 'password hash sync', full, objects, sealed, ms: this.#lastRead.readTookMs };
    this.#options.logger.info(fields, `delivered ${sealed} credentials`);
  }
}

/** Whether everything that comes from here on comes with all its attributes: no cycle has been completed yet. */
function isUnfinishedFull(position: ReplicationCursor | undefined): boolean {
  return position === undefined || (position.usnVector.propertyUpdate === 0n && position.upToDateVector.length === 0);
}
