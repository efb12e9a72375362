import { nilGuid, type Guid } from '@ad-protocols/wire';
import type { ReplicationCursor } from './cursor.ts';
import { DrsError } from './errors.ts';
import type { GetChangesHead, GetChangesReply } from './get-changes-reply.ts';
import { mergeUpToDateVectors } from './fail-over.ts';
import type { UpToDateEntry } from './up-to-dateness.ts';
import { sameUsnVector, startOfReplication, type UsnVector } from './usn-vector.ts';

/** The naming context to read. */
export interface NamingContext {
  /** objectGUID of its root; it is what counts. */
  readonly guid: Guid;
  /** Distinguished name of its root; sent along when it is known. */
  readonly dn?: string;
}

/** Which changes a cycle gives. */
export type CycleStart =
  /** All there is. */
  | 'beginning'
  /** What is new since the cursor, on the domain controller that the cursor is of. */
  | 'cursor'
  /** What is new since the cursor, on another domain controller: it goes through everything, but sends only that. */
  | 'up-to-dateness vector';

/** What the next request of a cycle says about where to go on. */
export interface CyclePosition {
  readonly sourceInvocationId: Guid;
  readonly usnVector: UsnVector;
  readonly upToDateVector: readonly UpToDateEntry[];
  /** Whether the request is the first of the cycle. */
  readonly atStart: boolean;
}

const nowhere = { sourceInvocationId: nilGuid, usnVector: startOfReplication, atStart: true };

/** A cursor says nothing about attributes that were not read with it, nor about another naming context. */
function checkCursor(cursor: ReplicationCursor, guid: Guid, attributes: readonly string[]): void {
  const missing = attributes.filter((name) => !cursor.attributes.includes(name));
  if (cursor.namingContext === guid && missing.length === 0) return;
  const problem =
    missing.length === 0
      ? `it is of naming context ${cursor.namingContext}, not of ${guid}`
      : `it was made without reading ${missing.join(', ')}`;
  throw new DrsError({
    code: 'ERR_DRSR_CURSOR',
    message: `the cursor cannot be read on from: ${problem}`,
    nextStep: 'Read from the beginning: leave the cursor out.',
  });
}

function noProgress(what: string): DrsError {
  return new DrsError({
    code: 'ERR_DRSR_NO_PROGRESS',
    message: `the domain controller says that there is more, but ${what}`,
    nextStep:
      'Read on from the last cursor on a new connection; when it happens again, read from another domain controller.',
  });
}

/**
 * The decisions of one replication cycle, without any input or output: where the next request goes on, and which cursor
 * each page leaves behind. Within a cycle the up-to-dateness vector stays that of its start; only the last reply gives a new one.
 *
 * @see [MS-DRSR] Cycle Start and Finish (4.1.10.1.1)
 */
export class ReplicationCycle {
  readonly #namingContext: Guid;
  readonly #attributes: readonly string[];
  #start: CycleStart;
  #position: CyclePosition;
  #objectsEstimate = 0;
  /** What tells one page from the next. */
  #lastPage = '';

  /** @throws {DrsError} ERR_DRSR_CURSOR */
  constructor(namingContext: Guid, attributes: readonly string[], cursor: ReplicationCursor | undefined) {
    this.#namingContext = namingContext;
    this.#attributes = attributes;
    if (cursor) checkCursor(cursor, namingContext, attributes);
    const { sourceInvocationId, usnVector } = cursor ?? nowhere;
    this.#position = { sourceInvocationId, usnVector, upToDateVector: cursor?.upToDateVector ?? [], atStart: true };
    this.#start = cursor ? 'cursor' : 'beginning';
  }

  /** Where the next request goes on. */
  get position(): CyclePosition {
    return this.#position;
  }

  get start(): CycleStart {
    return this.#start;
  }

  /** Objects to expect in this cycle, as the server estimated; undefined when it did not. */
  get objectsEstimate(): number | undefined {
    return this.#objectsEstimate === 0 ? undefined : this.#objectsEstimate;
  }

  /**
   * Takes a reply into account and moves the position on.
   *
   * @returns false when the reply is of another domain controller than the cursor: it must not be used, and the next
   * request starts again from the up-to-dateness vector.
   * @throws {DrsError} ERR_DRSR_NO_PROGRESS
   */
  advance(head: GetChangesHead): boolean {
    const { sourceInvocationId, usnVector, upToDateVector, atStart } = this.#position;
    if (sourceInvocationId !== nilGuid && sourceInvocationId !== head.sourceInvocationId) {
      this.#position = { ...nowhere, upToDateVector };
      this.#start = upToDateVector.length === 0 ? 'beginning' : 'up-to-dateness vector';
      return false;
    }
    if (head.moreData && head.objectCount === 0 && sameUsnVector(head.usnVector, usnVector)) {
      throw noProgress('sent nothing and moved nowhere');
    }
    if (atStart) this.#objectsEstimate = head.objectsEstimate;
    this.#position = {
      sourceInvocationId: head.sourceInvocationId,
      usnVector: head.usnVector,
      upToDateVector,
      atStart: false,
    };
    return true;
  }

  /**
   * The cursor to keep once the page of a reply is kept.
   *
   * @throws {DrsError} ERR_DRSR_NO_PROGRESS when the page is the one before once more.
   */
  cursorAfter({
    head,
    upToDateVector,
    entries,
  }: Pick<GetChangesReply, 'head' | 'upToDateVector' | 'entries'>): ReplicationCursor {
    const { objectUpdate, propertyUpdate } = head.usnVector;
    const page = [
      objectUpdate,
      propertyUpdate,
      entries.length,
      entries[0]?.name.guid,
      entries.at(-1)?.name.guid,
    ].join();
    if (head.moreData && entries.length > 0 && page === this.#lastPage) throw noProgress('sent the same objects again');
    this.#lastPage = page;
    return {
      namingContext: this.#namingContext,
      attributes: this.#attributes,
      sourceInvocationId: head.sourceInvocationId,
      usnVector: head.usnVector,
      upToDateVector:
        head.moreData || upToDateVector === undefined
          ? this.#position.upToDateVector
          : mergeUpToDateVectors(this.#position.upToDateVector, upToDateVector),
    };
  }
}
