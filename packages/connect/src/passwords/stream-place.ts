import type { KeyId } from '@causeway/model';
import type { StreamMove } from './batch.ts';
import { beginning, formatCredentialCursor, newRun, parseCredentialCursor } from './credential-cursor.ts';

/** Where a channel's stream is at the directory, and what its next cursor is. */
export class StreamPlace {
  readonly #keyId: KeyId;
  readonly #run = newRun();
  #part = 0;
  /** The place of the cursor that the directory has for certain. */
  #acknowledged: string;
  /** The place of the last cursor that was handed over. */
  #place: string;
  /** Whether the next batch begins the stream anew. */
  #isAnew = false;

  /** @param stored The cursor that the directory holds. */
  constructor(keyId: KeyId, stored: string | null) {
    this.#keyId = keyId;
    this.#acknowledged = placeOf(stored);
    this.#place = this.#acknowledged;
  }

  /** Everything is read again: the next batch begins the stream. */
  restart(): void {
    this.#place = beginning;
    this.#isAnew = true;
  }

  /** A cursor that says that nothing has been read. */
  unread(): string {
    return this.#partCursor(beginning);
  }

  /** Where a batch leads to after which its page is not done yet: to where the page began. */
  part(): StreamMove {
    return this.#move(this.#partCursor(this.#place));
  }

  /** Where the last batch of a page leads to. */
  end(place: string): StreamMove {
    this.#place = place;
    return this.#move(formatCredentialCursor({ keyId: this.#keyId, place }));
  }

  /** To be told of every cursor that the directory has acknowledged. */
  acknowledge(cursor: string): void {
    this.#acknowledged = placeOf(cursor);
  }

  /** Where the directory may be before a page that leads to `place` has been acknowledged. */
  possible(place: string): string[] {
    return [...new Set([this.#acknowledged, this.#place, place])];
  }

  #partCursor(place: string): string {
    this.#part += 1;
    return formatCredentialCursor({ keyId: this.#keyId, place, part: { run: this.#run, number: this.#part } });
  }

  #move(to: string): StreamMove {
    const anew = this.#isAnew;
    this.#isAnew = false;
    return { to, anew };
  }
}

/** The place of a stored cursor; {@link beginning} for none, or for one that is not of this release. */
export function placeOf(cursor: string | null): string {
  return (cursor === null ? undefined : parseCredentialCursor(cursor)?.place) ?? beginning;
}
