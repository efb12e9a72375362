import { randomUUID } from 'node:crypto';
import { DirectoryError } from '@causeway/contract';
import type { ResultOfUser } from '@causeway/event-log';
import type { KeyId, SourceAnchor } from '@causeway/model';
import type { Guid } from '@ad-protocols/wire';
import { deliveryFailure } from '../errors.ts';
import { Outbox } from './outbox.ts';
import type { SealedEntry } from './page-sealing.ts';
import type { PasswordPorts } from './ports.ts';

/** Users of one batch at most, as administrators know them from events 656 and 657. */
export const BATCH_USERS = 50;

/** A user whose password is on its way. */
export interface OutgoingUser {
  readonly objectGuid: Guid;
  readonly anchor: SourceAnchor;
  readonly dn: string;
  /** When the password was changed at its source, ISO 8601. */
  readonly changedAt: string;
  /** Undefined when the tenant was found to have this very password. */
  readonly entry: SealedEntry | undefined;
}

/** Where a batch of a stream leads; `anew` when it begins the stream. */
export interface StreamMove {
  readonly to: string;
  readonly anew: boolean;
}

/** Where a batch leads: on, or nowhere, beside the stream. */
export type Move = StreamMove | 'stay';

interface DeliveryOptions {
  readonly ports: Pick<PasswordPorts, 'directory' | 'events' | 'clock' | 'onDelivered'>;
  readonly connector: string;
  /** The stream's name at the directory. */
  readonly source: string;
  readonly tenant: string;
  readonly keyId: KeyId;
  /** The cursor that the directory holds. */
  readonly stored: string | null;
  /** A cursor that says that nothing has been read, for a batch beside a stream that has none yet. */
  readonly unread: string;
  readonly signal: AbortSignal;
  /** Told of each batch once the directory has it. */
  readonly onAcknowledged: (users: readonly OutgoingUser[], cursor: string) => void;
  /** Told of a batch that the directory did not take. */
  readonly onRefused: (users: readonly OutgoingUser[], error: unknown) => void;
}

/**
 * Delivers a stream's batches, one after the other and in order, with an event before and after each.
 *
 * The directory takes a batch only from where the last one led to. One beside the stream leads from its present cursor to
 * the same: nothing moves, and a second agent is still noticed.
 */
export class CredentialDelivery {
  readonly #options: DeliveryOptions;
  readonly #outbox = new Outbox();
  /** Where the last batch that was handed over leads to. */
  #head: string | null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#head = options.stored;
  }

  /** Hands a batch over; resolves when the one before has been delivered, and rejects when it could not be. */
  async push(users: readonly OutgoingUser[], move: Move): Promise<void> {
    const stay = this.#head ?? this.#options.unread;
    const from = move === 'stay' || !move.anew ? this.#head : null;
    const to = move === 'stay' ? stay : move.to;
    this.#head = to;
    await this.#outbox.push(() => this.#deliver(users, { from, to, moves: move !== 'stay' }));
  }

  /** Resolves when everything has been delivered; rejects when something was not. */
  async drain(): Promise<void> {
    await this.#outbox.drain();
  }

  /** Resolves when nothing is under way any more, whatever became of it. */
  async settle(): Promise<void> {
    await this.#outbox.settle();
  }

  async #deliver(
    users: readonly OutgoingUser[],
    span: { from: string | null; to: string; moves: boolean },
  ): Promise<void> {
    const { ports, connector, keyId, source, signal, onAcknowledged } = this.#options;
    const { directory, events } = ports;
    const batch = { connector, count: users.length, trackingId: randomUUID() };
    if (users.length > 0) {
      events.write(650, batch);
      events.write(656, {
        connector,
        users: users.map(({ anchor, dn, changedAt }) => ({ anchor, dn, changeDate: changedAt })),
      });
    }
    const credentials = users.flatMap(({ entry }) => entry ?? []);
    try {
      if (credentials.length > 0 || span.moves)
        await directory.sendCredentials(source, { from: span.from, to: span.to, keyId, credentials }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#tellFailure(users, batch.trackingId, error);
      this.#options.onRefused(users, error);
      throw deliveryFailure(error, { source, tenant: this.#options.tenant, pinnedKeyId: keyId });
    }
    onAcknowledged(users, span.to);
    if (users.length === 0) return;
    events.write(657, { connector, users: users.map(resultOf) });
    events.write(651, batch);
    this.#measure(users);
  }

  #tellFailure(users: readonly OutgoingUser[], trackingId: string, error: unknown): void {
    const { ports, connector } = this.#options;
    const failure = tenantFailure(error, ports.directory.url, trackingId);
    if (users.length > 0) {
      const extendedError = failure.reason;
      const results = users.map(({ anchor, dn }) => ({ anchor, dn, result: 'Failed' as const, extendedError }));
      ports.events.write(657, { connector, users: results });
    }
    ports.events.write(652, { connector, ...failure });
  }

  #measure(users: readonly OutgoingUser[]): void {
    const { ports, connector } = this.#options;
    const sent = users.filter(({ entry }) => entry !== undefined);
    if (sent.length === 0) return;
    const changedAt = Math.min(...sent.map((user) => Date.parse(user.changedAt)));
    ports.onDelivered({ connector, changedAt, deliveredAt: ports.clock.now(), count: sent.length });
  }
}

function resultOf({ anchor, dn, entry }: OutgoingUser): ResultOfUser {
  if (entry !== undefined) return { anchor, dn, result: 'Success' };
  return { anchor, dn, result: 'Success', extendedError: 'unchanged: the tenant has this password' };
}

/**
 * What events 652 and 655 hold of a failure of the directory: code 90 when the tenant has password hash sync turned off, 81
 * for everything else, which is tried again by itself.
 */
export function tenantFailure(
  error: unknown,
  url: string,
  trackingId: string,
): { errorCode: number; reason: string; trackingId: string; server: string } {
  const refusal = error instanceof DirectoryError ? error : undefined;
  return {
    errorCode: refusal?.errorCode === 'password_sync_disabled' ? 90 : 81,
    reason: error instanceof Error ? error.message : String(error),
    trackingId: refusal?.requestId ?? trackingId,
    server: new URL(url).hostname,
  };
}
