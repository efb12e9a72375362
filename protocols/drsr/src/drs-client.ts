import type { Mechanism } from '@ad-protocols/gss';
import { nilGuid, type Guid } from '@ad-protocols/wire';
import { attributeDefinition, type Attribute, type AttributeDefinition } from './attributes.ts';
import { objectQuery, pageQuery, secretsQuery, type ChangeQuery } from './change-query.ts';
import type { ReplicationCursor } from './cursor.ts';
import { crackedNames, crackNamesQuery, type CrackedName, type NamesToCrack } from './crack-names/crack-names.ts';
import { decodeCrackNamesReply } from './crack-names/crack-names-reply.ts';
import { encodeCrackNamesRequest } from './crack-names/crack-names-request.ts';
import type { DomainControllerInfo, InfoLevel } from './domain-controller-info/domain-controller.ts';
import { decodeDomainControllerInfoReply } from './domain-controller-info/domain-controller-info-reply.ts';
import { encodeDomainControllerInfoRequest } from './domain-controller-info/domain-controller-info-request.ts';
import { DrsBinding, guardReply, type DrsClientOptions } from './drs-binding.ts';
import { DrsError, DrsStatusError } from './errors.ts';
import { EXTENDED_SUCCESS, extendedOperationError, saysObjectIsMissing, secretsDenied } from './extended-operation.ts';
import {
  decodeGetChangesReply,
  openGetChangesReply,
  type GetChangesHead,
  type GetChangesReply,
} from './get-changes-reply.ts';
import { encodeGetChangesRequest } from './get-changes-request.ts';
import { methods } from './methods.ts';
import { ReplicationCycle, type CycleStart, type NamingContext } from './replication-cycle.ts';
import {
  attributesByType,
  openEntries,
  openLinks,
  type EntryContext,
  type ReplicatedLink,
  type ReplicatedObject,
} from './replicated-object.ts';

/** What to read. */
export interface ReadOptions {
  readonly namingContext: NamingContext;
  /** `isDeleted` is always read along. Values of linked attributes come as {@link ReplicationPage.linkValues}. */
  readonly attributes: readonly Attribute[];
  /** Where to read on from; everything when it is left out. */
  readonly cursor?: ReplicationCursor | undefined;
  /** About how many objects a page holds, at least 2; 1,000 unless given. */
  readonly maxObjects?: number;
  /** About how many bytes a page holds on the wire; 8 MiB unless given. */
  readonly maxBytes?: number;
  /**
   * Whether an object that changed comes after all objects above it that changed (DRS_GET_ANC); false unless given. It may be
   * changed within a cycle: who misses a parent reads the page again, from the cursor before it, with this set.
   */
  readonly ancestorsFirst?: boolean;
  /**
   * Whether an object that a link value leads to comes before the link value, if it changed (DRS_GET_TGT); false unless given.
   * It may be changed within a cycle like `ancestorsFirst`. Takes Windows Server 2008 R2 or later, or Samba.
   */
  readonly linkTargets?: boolean;
}

/** A part of a replication cycle. */
export interface ReplicationPage {
  readonly objects: readonly ReplicatedObject[];
  /** Values added to linked attributes and removed from them; mostly in the last pages of a cycle. */
  readonly linkValues: readonly ReplicatedLink[];
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

/** What a domain controller says that keeps its secrets to itself. */
const refusals: ReadonlySet<string> = new Set(['ERR_DRSR_ACCESS_DENIED', 'ERR_DRSR_SECRETS_DENIED']);

const MAX_OBJECTS = 1000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The attributes in the order cursors have them, each once, and with the one that tells tombstones. */
function withDeletion(attributes: readonly Attribute[]): readonly AttributeDefinition[] {
  const definitions = [...attributes, 'isDeleted' as const].map(attributeDefinition);
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** The results of a call that returned 0. @throws {DrsStatusError} for any other status. */
function succeeded<Reply extends { readonly status: number }>(purpose: string, reply: Reply): Reply {
  if (reply.status !== 0) throw new DrsStatusError(purpose, reply.status);
  return reply;
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
  readonly #destinationDsa: Guid | undefined;
  #source: ReplicationSource | undefined;

  private constructor(binding: DrsBinding, destinationDsa: Guid | undefined) {
    this.#binding = binding;
    this.#destinationDsa = destinationDsa;
  }

  /**
   * Connects to a domain controller and signs in.
   *
   * @throws {RpcError} when there is no connection; ERR_RPC_LOGON_REFUSED for a wrong password.
   * @throws {DrsError} ERR_DRSR_SOURCE_TOO_OLD, ERR_DRSR_REPLY
   * @throws {DrsStatusError}
   */
  static async open(options: DrsClientOptions): Promise<DrsClient> {
    return new DrsClient(await DrsBinding.open(options), options.destinationDsa);
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
    const names = attributes.map(({ name }) => name);
    const cycle = new ReplicationCycle(options.namingContext.guid, names, options.cursor);
    const ask = (): Promise<Uint8Array> => {
      const answer = this.#ask(this.#pageQuery(options, attributes, cycle));
      // A failure is told to whoever waits for the answer; the caller may leave before anybody does.
      answer.catch(() => undefined);
      return answer;
    };
    let answer: Promise<Uint8Array> | undefined = ask();
    try {
      while (answer) {
        const stub: Uint8Array = await answer;
        const reply = guardReply(() => openGetChangesReply(stub, this.#binding.transferSyntax));
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
  async replicateObject(objectGuid: Guid, attributes: readonly Attribute[]): Promise<ReplicatedObject | undefined> {
    const all = withDeletion(attributes);
    const unknownCaller = this.#onBehalfOf === nilGuid;
    let reply = await this.#replicate(objectQuery(objectGuid, all));
    if (reply === undefined) return undefined;
    // Windows wants to be asked on behalf of a directory service agent that it knows. Its own is one, and now we know it.
    if (unknownCaller && reply.head.extendedResult !== EXTENDED_SUCCESS) {
      reply = (await this.#replicate(objectQuery(objectGuid, all))) ?? reply;
    }
    const { extendedResult } = reply.head;
    if (extendedResult !== EXTENDED_SUCCESS) throw extendedOperationError(extendedResult, objectGuid);
    return this.#openObject(reply, all, objectGuid);
  }

  /**
   * One object with its secrets as a read-only domain controller gets them (EXOP_REPL_SECRETS), and with those of the other
   * attributes asked for; undefined when the domain controller has no object by that GUID.
   *
   * For those who sign in as a read-only domain controller, with its `destinationDsa`: its password replication policy decides, and
   * **the domain controller writes down what it revealed** (msDS-RevealedUsers). Whoever has the two replication rights uses
   * {@link DrsClient.replicateObject}, which gives the same and leaves no trace.
   *
   * @throws {DrsError} ERR_DRSR_SECRETS_DENIED when the object's secrets are not for this account, whatever its rights.
   * @throws as {@link DrsClient.replicateObject}
   * @see [MS-DRSR] ReplSingleObjRequestMsg (4.1.10.4.2), UpdateRevealedList (4.1.10.5.9)
   */
  async replicateSecrets(objectGuid: Guid, attributes: readonly Attribute[]): Promise<ReplicatedObject | undefined> {
    const all = withDeletion(attributes);
    let reply: GetChangesReply | undefined;
    try {
      // Whom the secrets are for has to be said: as long as nobody is known, a question without secrets tells who answers.
      if (this.#onBehalfOf === nilGuid) await this.replicateObject(objectGuid, []);
      reply = await this.#replicate(secretsQuery(objectGuid, all));
    } catch (error) {
      const isRefusal = error instanceof DrsStatusError && refusals.has(error.code);
      throw isRefusal ? secretsDenied(objectGuid, error) : error;
    }
    if (reply === undefined) return undefined;
    const { extendedResult } = reply.head;
    if (extendedResult !== EXTENDED_SUCCESS) throw extendedOperationError(extendedResult, objectGuid);
    const object = this.#openObject(reply, all, objectGuid);
    if (object === undefined) throw secretsDenied(objectGuid);
    return object;
  }

  /**
   * Translates names of objects from one format to another, or lists what the format offered says. No right to replicate is
   * needed.
   *
   * @returns one for each name, in the same order; for a list as many as there are.
   * @throws {DrsStatusError}
   * @throws {DrsError} ERR_DRSR_REPLY
   * @throws {RangeError} for no names, or more than 10,000.
   * @throws {RpcError} when the connection fails.
   * @see [MS-DRSR] IDL_DRSCrackNames (4.1.4)
   */
  async crackNames(names: NamesToCrack): Promise<readonly CrackedName[]> {
    const { handle, transferSyntax } = this.#binding;
    const request = encodeCrackNamesRequest({ handle, ...crackNamesQuery(names) }, transferSyntax);
    const stub = await this.#binding.call(methods.crackNames, request);
    const reply = guardReply(() => decodeCrackNamesReply(stub, transferSyntax));
    return crackedNames(names, succeeded(methods.crackNames.purpose, reply));
  }

  /**
   * The domain controllers of a domain.
   *
   * @param domain DNS or NetBIOS name.
   * @param level How much to tell of each: 2 holds what 1 holds, 3 what 2 holds. Windows tells of read-only ones at 3
   *   alone, Samba at each.
   * @throws {DrsStatusError}
   * @throws {DrsError} ERR_DRSR_REPLY
   * @throws {RpcError} when the connection fails.
   * @see [MS-DRSR] IDL_DRSDomainControllerInfo (4.1.5)
   */
  async domainControllers<Level extends InfoLevel>(
    domain: string,
    level: Level,
  ): Promise<readonly DomainControllerInfo[Level][]> {
    const { handle, transferSyntax } = this.#binding;
    const request = encodeDomainControllerInfoRequest({ handle, domain, level }, transferSyntax);
    const stub = await this.#binding.call(methods.domainControllerInfo, request);
    const reply = guardReply(() => decodeDomainControllerInfoReply(stub, transferSyntax));
    succeeded(methods.domainControllerInfo.purpose, reply);
    if (reply.level !== level) {
      throw new DrsError({
        code: 'ERR_DRSR_REPLY',
        message: `the domain controller told of domain controllers at level ${reply.level} instead of ${level}`,
        nextStep: 'Ask for a lower level.',
      });
    }
    return reply.items as readonly DomainControllerInfo[Level][];
  }

  /**
   * Signs in once more, for example before a Kerberos ticket ends; a cycle that is under way goes on. Secrets are decrypted with
   * whichever session key they were encrypted with.
   *
   * @param mechanism who signs in; as before unless given.
   * @throws {RpcError} as `RpcConnection.reauthenticate`
   */
  async reauthenticate(mechanism?: Mechanism): Promise<void> {
    await this.#binding.reauthenticate(mechanism);
  }

  /** Ends the session; what is under way comes to its end first. */
  async close(): Promise<void> {
    await this.#binding.close();
  }

  #pageQuery(options: ReadOptions, attributes: readonly AttributeDefinition[], cycle: ReplicationCycle): ChangeQuery {
    const { maxObjects = MAX_OBJECTS, maxBytes = MAX_BYTES, ancestorsFirst = false, linkTargets = false } = options;
    if (linkTargets && this.#binding.requestVersion < 10) {
      throw new DrsError({
        code: 'ERR_DRSR_SOURCE_TOO_OLD',
        message: 'the domain controller cannot send the targets of links before the links',
        nextStep:
          'Use a domain controller with Windows Server 2008 R2 or later, or Samba; or do without `linkTargets`.',
      });
    }
    const { compression } = this.#binding;
    const page = { maxObjects, maxBytes, ancestorsFirst, linkTargets, compression };
    return pageQuery(options.namingContext, attributes, cycle.position, page);
  }

  /** Nil as long as nobody is known. */
  get #onBehalfOf(): Guid {
    return this.#destinationDsa ?? this.#source?.dsa ?? nilGuid;
  }

  async #ask(query: ChangeQuery): Promise<Uint8Array> {
    const { handle, requestVersion: version, transferSyntax } = this.#binding;
    const request = { ...query, handle, version, destinationDsa: this.#onBehalfOf };
    return await this.#binding.call(methods.getChanges, encodeGetChangesRequest(request, transferSyntax));
  }

  /** The reply to an extended operation; undefined when there is no such object. */
  async #replicate(query: ChangeQuery): Promise<GetChangesReply | undefined> {
    try {
      const stub = await this.#ask(query);
      const reply = guardReply(() => decodeGetChangesReply(stub, this.#binding.transferSyntax));
      this.#learn(reply.head);
      return reply;
    } catch (error) {
      if (saysObjectIsMissing(error)) return undefined;
      throw error;
    }
  }

  #learn(head: GetChangesHead): GetChangesHead {
    this.#source = { dsa: head.sourceDsa, invocationId: head.sourceInvocationId };
    return head;
  }

  #contextOf({ prefixTable }: GetChangesReply, attributes: readonly AttributeDefinition[]): EntryContext {
    return {
      attributes: attributesByType(attributes, prefixTable),
      prefixTable,
      sessionKeys: this.#binding.sessionKeys,
    };
  }

  #openObject(reply: GetChangesReply, all: readonly AttributeDefinition[], guid: Guid): ReplicatedObject | undefined {
    const context = this.#contextOf(reply, all);
    return guardReply(() => openEntries(reply.entries, context)).find((object) => object.guid === guid);
  }

  #openPage(
    reply: GetChangesReply,
    attributes: readonly AttributeDefinition[],
    cycle: ReplicationCycle,
  ): ReplicationPage {
    const { objectsEstimate, start } = cycle;
    const cursor = cycle.cursorAfter(reply);
    const context = this.#contextOf(reply, attributes);
    return {
      objects: guardReply(() => openEntries(reply.entries, context)),
      linkValues: openLinks(reply.linkValues, context.attributes),
      cursor,
      more: reply.head.moreData,
      ...(objectsEstimate === undefined ? {} : { totalObjectsEstimate: objectsEstimate }),
      start,
    };
  }
}
