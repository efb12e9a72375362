import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { copyTree } from './copy-tree.ts';
import { takeFileLock } from './file-lock.ts';
import { runOrThrow, SYSTEM_PATH } from './program.ts';

/** Entries nobody has used for this long are removed. */
const UNUSED_DAYS_MAX = 14;

/** Folders that take long to make, kept for the next lab. An entry is complete from the moment it has its name. */
export class FolderCache {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  /** `environment` goes to the programs that copy and lock; it carries the lab's mark. */
  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /**
   * Fills folders from the parts of the entry of that name; where there is none, lets `build` fill them and keeps a
   * copy. Folders of one entry always fit each other. Several processes may ask for the same entry at once: one
   * builds it, the others wait.
   */
  async fill(name: string, folders: Readonly<Record<string, string>>, build: () => Promise<void>): Promise<void> {
    const entry = join(this.#folder, name);
    if (!existsSync(entry)) {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const lock = await takeFileLock(`${entry}.lock`, { waitSeconds: 3600, environment: this.#environment });
      try {
        if (!existsSync(entry)) {
          await build();
          // Copied beside it and renamed: a copy that was cut short never has the entry's name.
          const unfinished = `${entry}.unfinished`;
          rmSync(unfinished, { recursive: true, force: true });
          await this.#copyParts(folders, (part, folder) => [folder, join(unfinished, part)]);
          renameSync(unfinished, entry);
          this.#removeUnused();
          return;
        }
      } finally {
        lock?.release();
      }
    }
    utimesSync(entry, new Date(), new Date());
    await this.#copyParts(folders, (part, folder) => [join(entry, part), folder]);
  }

  async #copyParts(
    folders: Readonly<Record<string, string>>,
    direction: (part: string, folder: string) => [source: string, target: string],
  ): Promise<void> {
    await Promise.all(
      Object.entries(folders).map(async ([part, folder]) => copyTree(...direction(part, folder), this.#environment)),
    );
  }

  #removeUnused(): void {
    const oldest = Date.now() - UNUSED_DAYS_MAX * 86_400_000;
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (!name.endsWith('.lock') && statSync(path).mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
    }
  }
}

/** What the content of a new domain depends on: the sources that make it and the version of Samba, as a short name. */
export async function hashContentSources(): Promise<string> {
  const hash = createHash('sha256');
  const content = join(import.meta.dirname, 'content');
  for (const file of [
    ...readdirSync(content)
      .sort()
      .map((name) => join(content, name)),
    join(import.meta.dirname, 'names.ts'),
  ]) {
    hash.update(readFileSync(file));
  }
  const { stdout } = await runOrThrow(['samba', '--version'], { env: { PATH: SYSTEM_PATH } });
  return hash.update(stdout).digest('hex').slice(0, 12);
}
