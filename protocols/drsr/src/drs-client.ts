import { nilGuid, type Guid } from '@ad-protocols/wire';
import type { AttributeName } from './attributes.ts';
import { objectQuery, pageQuery, type ChangeQuery } from './change-query.ts';
import type { ReplicationCursor } from './cursor.ts';
import { DrsBinding, guardReply, type DrsClientOptions } from './drs-binding.ts';
import { DrsStatusError } from './errors.ts';
import { extendedOperationError, extendedResults } from './extended-operation.ts';
import {
  decodeGetChangesReply,
  openGetChangesReply,
  type GetChangesHead,
  type GetChangesReply,
} from './get-changes-reply.ts';
import { encodeGetChangesRequest } from './get-changes-request.ts';
import { ReplicationCycle, type CycleStart, type NamingContext } from './replication-cycle.ts';
import { namesByType, openEntry, type ReplicatedObject } from './replicated-object.ts';

/** What to read. */
export interface ReadOptions {
  readonly namingContext: NamingContext;
  /** `isDeleted` is always read along. */
  readonly attributes: readonly AttributeName[];
  /** Where to read on from; everything when it is left out. */
  readonly cursor?: ReplicationCursor | undefined;
  /** About how many objects a page holds, at least 2; 1,000 unless given. */
  readonly maxObjects?: number;
  /** About how many bytes a page holds on the wire; 8 MiB unless given. */
  readonly maxBytes?: number;
}

/** A part of a replication cycle. */
export interface ReplicationPage {
  readonly objects: readonly ReplicatedObject[];
  /** Keep it once `objects` are kept. */
  readonly cursor: ReplicationCursor;
  /** False for the last page of the cycle. */
  readonly more: boolean;
  /** Objects to expect in the whole cycle, when the server estimates them. */
  readonly totalObjectsEstimate?: number;
  /** Which changes the cycle gives. */
  readonly start: CycleStart;
}

/** The domain controller that answers. */
export interface ReplicationSource {
  /** objectGUID of its directory service agent. */
  readonly dsa: Guid;
  /** Its invocation id: what its USNs hold for. */
  readonly invocationId: Guid;
}

const MAX_OBJECTS = 1000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The attributes in the order cursors have them, and with the one that tells tombstones. */
function withDeletion(attributes: readonly AttributeName[]): readonly AttributeName[] {
  return [...new Set([...attributes, 'isDeleted' as const])].sort();
}

/**
 * Reads what a domain controller replicates to others, secrets included, with nothing but the rights
 * "Replicating Directory Changes" and "Replicating Directory Changes All".
 *
 * One call is under way at a time, further ones wait for their turn; single objects may be asked for between pages. Any
 * failure of the connection ends it: open another client and read on from the last cursor.
 */
export class DrsClient {
  readonly #binding: DrsBinding;
  #source: ReplicationSource | undefined;

  private constructor(binding: DrsBinding) {
    this.#binding = binding;
  }

  /**
   * Connects to a domain controller and signs in.
   *
   * @throws {RpcError} when there is no connection; ERR_RPC_LOGON_REFUSED for a wrong password.
   * @throws {DrsError} ERR_DRSR_SOURCE_TOO_OLD, ERR_DRSR_REPLY
   * @throws {DrsStatusError}
   */
  static async open(options: DrsClientOptions): Promise<DrsClient> {
    return new DrsClient(await DrsBinding.open(options));
  }

  /** Who answers; known from the first reply on. */
  get source(): ReplicationSource | undefined {
    return this.#source;
  }

  /**
   * Runs one replication cycle, page by page. While the caller has a page the next one is asked for, and no more than that.
   *
   * Without a cursor, every object comes with all of the attributes asked for that it has. With a cursor, only objects
   * that changed come, each with only those attributes that changed; one that was cleared comes without values. Whoever
   * needs the others reads them with {@link DrsClient.replicateObject}. Objects that have none of the attributes may come
   * too, and an object that changes meanwhile may come twice in a cycle.
   *
   * @throws {DrsStatusError} when the server refuses, with the cure as the next step.
   * @throws {DrsError} ERR_DRSR_CURSOR, ERR_DRSR_REPLY, ERR_DRSR_REPLY_VERSION, ERR_DRSR_NO_PROGRESS
   * @throws {ChecksumError} ERR_DRSR_CHECKSUM; nothing of that page is given out.
   * @throws {RpcError} when the connection fails.
   */
  async *pages(options: ReadOptions): AsyncGenerator<ReplicationPage, void, undefined> {
    const attributes = withDeletion(options.attributes);
    const { namingContext, maxObjects = MAX_OBJECTS, maxBytes = MAX_BYTES } = options;
    const cycle = new ReplicationCycle(namingContext.guid, attributes, options.cursor);
    const ask = (): Promise<Uint8Array> => {
      const answer = this.#ask(pageQuery(namingContext, attributes, cycle.position, { maxObjects, maxBytes }));
      // A failure is told to whoever waits for the answer; the caller may leave before anybody does.
      answer.catch(() => undefined);
      return answer;
    };
    let answer: Promise<Uint8Array> | undefined = ask();
    try {
      while (answer) {
        const stub: Uint8Array = await answer;
        const reply = guardReply(() => openGetChangesReply(stub));
        const head = this.#learn(reply.head);
        const usable = cycle.advance(head);
        answer = head.moreData || !usable ? ask() : undefined;
        if (usable)
          yield this.#openPage(
            guardReply(() => reply.complete()),
            attributes,
            cycle,
          );
      }
    } finally {
      await answer?.catch(() => undefined);
    }
  }

  /**
   * One object with all of the attributes asked for that it has, however old they are; undefined when the domain controller
   * has no object by that GUID.
   *
   * @throws as {@link DrsClient.pages}
   * @throws {DrsError} ERR_DRSR_EXTENDED_OPERATION
   */
  async replicateObject(objectGuid: Guid, attributes: readonly AttributeName[]): Promise<ReplicatedObject | undefined> {
    const all = withDeletion(attributes);
    const askedForItself = this.#source === undefined;
    let reply = await this.#replicate(objectGuid, all);
    if (reply === undefined) return undefined;
    // Windows wants to be asked on behalf of a directory service agent that it knows. Its own is one, and now we know it.
    if (askedForItself && reply.head.extendedResult !== extendedResults.success) {
      reply = (await this.#replicate(objectGuid, all)) ?? reply;
    }
    const { extendedResult } = reply.head;
    if (extendedResult !== extendedResults.success) throw extendedOperationError(extendedResult, objectGuid);
    return this.#openObjects(reply, all).find((object) => object.guid === objectGuid);
  }

  /** Ends the session; what is under way comes to its end first. */
  async close(): Promise<void> {
    await this.#binding.close();
  }

  async #ask(query: ChangeQuery): Promise<Uint8Array> {
    const { handle, requestVersion: version } = this.#binding;
    const destinationDsa = this.#source?.dsa ?? nilGuid;
    return await this.#binding.getChanges(encodeGetChangesRequest({ ...query, handle, version, destinationDsa }));
  }

  async #replicate(objectGuid: Guid, attributes: readonly AttributeName[]): Promise<GetChangesReply | undefined> {
    const stub = await this.#ask(objectQuery(objectGuid, attributes));
    try {
      const reply = guardReply(() => decodeGetChangesReply(stub));
      this.#learn(reply.head);
      return reply;
    } catch (error) {
      if (error instanceof DrsStatusError && error.code === 'ERR_DRSR_NAMING_CONTEXT') return undefined;
      throw error;
    }
  }

  #learn(head: GetChangesHead): GetChangesHead {
    this.#source = { dsa: head.sourceDsa, invocationId: head.sourceInvocationId };
    return head;
  }

  #openObjects(reply: GetChangesReply, attributes: readonly AttributeName[]): ReplicatedObject[] {
    const names = namesByType(attributes, reply.prefixTable);
    const context = { names, sessionKeys: this.#binding.sessionKeys };
    return guardReply(() => reply.entries.map((entry) => openEntry(entry, context)));
  }

  #openPage(reply: GetChangesReply, attributes: readonly AttributeName[], cycle: ReplicationCycle): ReplicationPage {
    const { objectsEstimate, start } = cycle;
    const cursor = cycle.cursorAfter(reply);
    return {
      objects: this.#openObjects(reply, attributes),
      cursor,
      more: reply.head.moreData,
      ...(objectsEstimate === undefined ? {} : { totalObjectsEstimate: objectsEstimate }),
      start,
    };
  }
}
