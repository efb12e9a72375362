import { wipeSecrets, type ReplicatedObject } from '@ad-protocols/drsr';
import { DirectoryError } from '@causeway/contract';
import type { CredentialSealer } from '@causeway/seal/seal';
import type { Guid } from '@ad-protocols/wire';
import type { ConnectConfig } from '../config.ts';
import type { ProcessReport } from '../agent/process-report.ts';
import { BATCH_USERS, type CredentialDelivery, type Move, type OutgoingUser } from './batch.ts';
import { decideCredential, isOnlyPwdLastSet, isTemporary } from './credential-decision.ts';
import type { DomainReader } from './domain-reader.ts';
import { planPage, type PageItem, type PagePlan, type PlannedUser } from './page-plan.ts';
import { sealPage, type Sealed } from './page-sealing.ts';
import type { LogLine, PasswordLog } from './password-log.ts';
import type { PasswordPorts } from './ports.ts';
import { tellQueue } from './queue-events.ts';
import type { QueuedUser, RetryQueue } from './retry-queue.ts';

interface CarrierOptions {
  readonly ports: PasswordPorts;
  readonly config: Pick<ConnectConfig, 'tenant' | 'passwordHashSync'>;
  readonly connector: string;
  readonly source: string;
  readonly sealer: CredentialSealer;
  readonly queue: RetryQueue;
  readonly log: PasswordLog;
  readonly report: ProcessReport;
  readonly signal: AbortSignal;
}

/** Objects that are to be carried. Their secrets are wiped before anything is sent. */
export interface Load {
  readonly reader: Pick<DomainReader, 'readObject'>;
  readonly objects: readonly ReplicatedObject[];
  /** Whether they have come with all their attributes. */
  readonly whole: boolean;
  /** Whether they are read because everything is, and not because they changed. */
  readonly isFullRead: boolean;
  /** Whether only those are sent that the directory does not have. */
  readonly comparing: boolean;
  readonly takesTemporary: boolean;
  /** How the stream moves on; `stay` for what is sent beside it. */
  readonly moves: StreamMoves | 'stay';
}

/** How a page moves the stream on. */
export interface StreamMoves {
  /** Where a batch leads to after which the page is not done yet. */
  readonly part: () => Move;
  /** Where the last batch leads to. */
  readonly end: () => Move;
  /** Whether a page with nothing to send moves the stream too. */
  readonly evenEmpty: boolean;
  /** Called before the first batch is sent, with how many users there are and whether the stream will move; may store and refuse. */
  readonly before: (page: { users: number; moves: boolean }) => void;
}

/** What carrying a load has come to. */
export interface Carried {
  /** Users that object synchronization knows. */
  readonly users: number;
  readonly sent: number;
  /** What became of each, as the password log tells it once the batches have been delivered. */
  readonly lines: readonly LogLine[];
}

/** Carries objects to the directory: decides, compares, seals, remembers who waits, and hands over batches. */
export class PasswordCarrier {
  readonly #options: CarrierOptions;
  /** Users on their way to the directory who need not wait any more once it has them. */
  readonly #underWay = new Set<Guid>();
  /** What the directory has acknowledged and the agent's state does not say yet. */
  readonly #acknowledged = new Set<Guid>();
  #lines: LogLine[] = [];

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  async carry(load: Load, delivery: CredentialDelivery): Promise<Carried> {
    const { ports, connector, report } = this.#options;
    const read: ReplicatedObject[] = [...load.objects];
    let plan: PagePlan;
    let outgoing: { users: OutgoingUser[]; lines: LogLine[] };
    try {
      const items = await this.#look(load, read);
      plan = planPage(items, load);
      outgoing = await this.#seal(plan.send, load.comparing);
    } finally {
      wipeSecrets(read);
    }
    const { users } = outgoing;
    this.#remember(plan, [...plan.log, ...outgoing.lines], () => {
      if (load.moves === 'stay') return;
      load.moves.before({ users: plan.users, moves: users.length > 0 || load.moves.evenEmpty });
    });
    const onlyPwdLastSet = load.objects.filter(isOnlyPwdLastSet).length;
    if (onlyPwdLastSet > 0) ports.events.write(668, { connector, count: onlyPwdLastSet });
    const sent = users.filter(({ entry }) => entry !== undefined).length;
    report.count({ objectsRead: load.objects.length, sealed: sent });
    for (const { objectGuid } of users) this.#underWay.add(objectGuid);
    await handOver(users, load.moves, delivery);
    const lines = [...plan.log, ...outgoing.lines, ...users.map(successOf)];
    return { users: plan.users, sent, lines };
  }

  /** To be told of each batch that the directory has: it is stored with the next load, or by {@link PasswordCarrier.settle}. */
  acknowledge(users: readonly OutgoingUser[]): void {
    for (const user of users) {
      if (this.#underWay.delete(user.objectGuid)) this.#acknowledged.add(user.objectGuid);
      this.#lines.push(successOf(user));
    }
  }

  /** To be told of a batch that the directory did not take, when it is the first in a row. */
  refuse(users: readonly OutgoingUser[], error: unknown): void {
    const { connector, log } = this.#options;
    const status = error instanceof DirectoryError ? 'Error' : 'Unknown';
    const detail = error instanceof Error ? error.message : String(error);
    log.append(
      connector,
      users.map((user) => ({ ...successOf(user), status, detail })),
    );
  }

  /** Stores what was acknowledged: who need not wait any more, and what became of whom. */
  settle(): void {
    const { ports, connector, queue, log } = this.#options;
    if (this.#lines.length === 0) return;
    const waited = [...this.#acknowledged].flatMap((guid) => queue.find(guid) ?? []);
    ports.agent.transaction(() => {
      queue.remove([...this.#acknowledged]);
      log.append(connector, this.#lines);
    });
    this.#acknowledged.clear();
    this.#lines = [];
    tellQueue(ports.events, 606, { connector, users: waited.filter(({ dormant }) => !dormant) });
  }

  /** Decides about each object; reads those whole whose changes alone do not say enough. `read` gets what has to be wiped. */
  async #look({ objects, whole, reader }: Load, read: ReplicatedObject[]): Promise<PageItem[]> {
    const { ports, connector, queue, report } = this.#options;
    const items: PageItem[] = [];
    for (const changed of objects) {
      let object = changed;
      let decision = decideCredential(changed, whole);
      if (decision.kind === 'readWhole') {
        object = (await reader.readObject(changed.guid)) ?? { ...changed, isDeleted: true };
        read.push(object);
        decision = decideCredential(object, true);
      }
      if (decision.kind === 'irrelevant') continue;
      if (decision.kind === 'noPassword') report.skip('has no password');
      const { guid: objectGuid, dn } = object;
      const target = ports.scope.find(connector, objectGuid);
      items.push({ objectGuid, dn, decision, target, queued: queue.find(objectGuid) });
    }
    return items;
  }

  /** Seals what goes; what the directory has already goes as news of itself alone. */
  async #seal(
    planned: readonly PlannedUser[],
    comparing: boolean,
  ): Promise<{ users: OutgoingUser[]; lines: LogLine[] }> {
    const { sealer, config, report } = this.#options;
    const missing = comparing ? await this.#missing(planned) : undefined;
    const fresh = planned.filter(({ anchor }) => missing?.has(anchor) ?? true);
    const { syncNtlm } = config.passwordHashSync;
    const results = await sealPage(fresh, { sealer, tenant: config.tenant.id, syncNtlm });
    const sealed = new Map<PlannedUser, Sealed | undefined>(fresh.map((user, index) => [user, results[index]]));
    const users: OutgoingUser[] = [];
    const lines: LogLine[] = [];
    for (const user of planned) {
      const { objectGuid, anchor, dn, credential } = user;
      const { changedAt } = credential.version;
      const result = sealed.get(user);
      if (result !== undefined && 'problem' in result) {
        report.skip(result.problem);
        lines.push({
          objectGuid,
          anchor,
          dn,
          status: 'MissingAttribute',
          changedAt,
          detail: `the user ${result.problem}`,
        });
      } else users.push({ objectGuid, anchor, dn, changedAt, entry: result?.entry });
    }
    return { users, lines };
  }

  /** Whom of these the directory does not have, by anchor. */
  async #missing(planned: readonly PlannedUser[]): Promise<ReadonlySet<string>> {
    const { ports, source, sealer, signal } = this.#options;
    if (planned.length === 0) return new Set();
    const credentials = planned.map(({ anchor, credential }) => ({
      anchor,
      version: credential.version,
      ...(isTemporary(credential) && { mustChangePassword: true as const }),
    }));
    const request = { keyId: sealer.keyId, credentials };
    return new Set((await ports.directory.findMissingCredentials(source, request, { signal })).missing);
  }

  /** Puts onto the disk who waits, in one transaction and before the cursor moves past them. */
  #remember(plan: PagePlan, lines: readonly LogLine[], before: () => void): void {
    const { ports, connector, queue, log } = this.#options;
    const missing = lines.filter(({ status }) => status === 'MissingAttribute');
    const added = plan.queue.filter((user) => isTriedAgain(user) && !isTriedAgain(queue.find(user.objectGuid)));
    // Who waits now was sent before in vain: what is under way is older.
    for (const guid of plan.waiting) if (!this.#underWay.delete(guid)) this.#acknowledged.delete(guid);
    ports.agent.transaction(() => {
      this.settle();
      queue.remove([...plan.dequeue, ...missing.map(({ objectGuid }) => objectGuid)]);
      queue.put(plan.queue);
      log.append(connector, lines);
      before();
    });
    for (const { anchor, detail } of missing)
      ports.logger.warn(
        { process: 'password hash sync', connector, anchor },
        `${detail ?? ''}: its password stays here`,
      );
    tellQueue(ports.events, 605, { connector, users: added });
    tellQueue(ports.events, 620, { connector, users: plan.givenUp });
  }
}

function isTriedAgain(user: QueuedUser | undefined): boolean {
  return user?.dormant === false;
}

/** Hands users over in batches of at most {@link BATCH_USERS}; an empty one only to move the cursor. */
async function handOver(
  users: readonly OutgoingUser[],
  moves: Load['moves'],
  delivery: CredentialDelivery,
): Promise<void> {
  for (let start = 0; start < users.length; start += BATCH_USERS) {
    const batch = users.slice(start, start + BATCH_USERS);
    await delivery.push(batch, moveOf(batch, moves, start + BATCH_USERS >= users.length));
  }
  if (users.length === 0 && moves !== 'stay' && moves.evenEmpty) await delivery.push([], moves.end());
}

/** The last batch of a page moves the stream to its end, and those before it to a part of it, unless they carry nothing. */
function moveOf(batch: readonly OutgoingUser[], moves: Load['moves'], isLast: boolean): Move {
  if (moves === 'stay') return 'stay';
  if (isLast) return moves.end();
  return batch.some(({ entry }) => entry !== undefined) ? moves.part() : 'stay';
}

function successOf({ objectGuid, anchor, dn, changedAt, entry }: OutgoingUser): LogLine {
  const detail = entry === undefined ? 'the tenant has this password' : undefined;
  return { objectGuid, anchor, dn, status: 'Success', changedAt, detail };
}
