import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { stateFolderError } from './errors.ts';

/** Makes the state folder with mode 0700 when it is not there. @throws {CausewayError} ERR_DOMAIN_STATE_DIR */
export async function prepareStateFolder(stateDir: string): Promise<void> {
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw stateFolderError(stateDir, cause);
  }
}

/** Makes the names of the files in a folder durable. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Which feed is followed, and into which database: a place counts for exactly these. */
export interface Feed {
  readonly tenant: string;
  readonly directory: string;
  /** Invocation id of the managed DC's database: another one after it was restored from a backup or made anew. */
  readonly database: string;
}

const placeSchema = z.strictObject({
  tenant: z.string(),
  directory: z.string(),
  database: z.string(),
  cursor: z.int().min(0),
  /** The first change that did not get through; null when all did. */
  unsettledFrom: z.int().min(1).nullable(),
});

/**
 * How far the change feed has been applied, on the disk: written beside, flushed, renamed.
 *
 * Losing it does no harm: the feed is followed from 0 again, and every write is idempotent.
 */
export class FeedPlace {
  readonly #path: string;
  readonly #folder: string;
  readonly #feed: Feed;

  constructor(options: { stateDir: string; feed: Feed }) {
    this.#folder = options.stateDir;
    this.#path = join(options.stateDir, 'feed-place.json');
    this.#feed = options.feed;
  }

  /** Where to read on, before the first change that did not get through; undefined when there is no place of this feed. */
  async read(): Promise<number | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw stateFolderError(this.#folder, cause);
    }
    const place = placeSchema.safeParse(parseJson(text)).data;
    const { tenant, directory, database } = this.#feed;
    if (place?.tenant !== tenant || place.directory !== directory || place.database !== database) return undefined;
    return Math.min(place.cursor, (place.unsettledFrom ?? Infinity) - 1);
  }

  /** Stores a place durably. @throws {CausewayError} ERR_DOMAIN_STATE_DIR: disk full, for example; try again later. */
  async write(cursor: number, unsettledFrom?: number): Promise<void> {
    const beside = `${this.#path}.new`;
    try {
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ ...this.#feed, cursor, unsettledFrom: unsettledFrom ?? null })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, this.#path);
      await flushFolder(this.#folder);
    } catch (cause) {
      throw stateFolderError(this.#folder, cause);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
