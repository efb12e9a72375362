import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { HOSTS } from './names.ts';
import { runOrThrow } from './program.ts';

/** What hosts keep on their disks, as far as the lab or Causeway wrote it: paths below the folder of all hosts. */
const STATE_FOLDERS = Object.keys(HOSTS).flatMap((host) =>
  ['etc/causeway', 'etc/samba', 'var/lib/causeway', 'var/lib/samba'].map((path) => join(host, path)),
);

/** The snapshot that every lab has: as it was before its domain controllers first served. */
export const INITIAL_SNAPSHOT = 'initial';

/** Copies of what all hosts keep on their disks, in the lab's state folder. Nothing may be writing meanwhile. */
export class SnapshotStore {
  readonly #labFolder: string;
  readonly #environment: Readonly<Record<string, string>>;

  /** `environment` goes to the programs that copy; it carries the lab's mark. */
  constructor(labFolder: string, environment: Readonly<Record<string, string>>) {
    this.#labFolder = labFolder;
    this.#environment = environment;
  }

  /** Names of the snapshots, newest first. */
  list(): string[] {
    if (!existsSync(this.#path())) return [];
    const names = readdirSync(this.#path()).filter((name) => !name.endsWith('.unfinished'));
    const made = new Map(names.map((name) => [name, statSync(this.#path(name)).birthtimeMs]));
    return names.sort((a, b) => (made.get(b) ?? 0) - (made.get(a) ?? 0));
  }

  /** Keeps the present state under a name; an older snapshot of that name is replaced. */
  async save(name: string): Promise<void> {
    checkSnapshotName(name);
    const unfinished = this.#path(`${name}.unfinished`);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await this.#copy(join(this.#labFolder, 'hosts'), unfinished);
    await rm(this.#path(name), { recursive: true, force: true });
    await rename(unfinished, this.#path(name));
  }

  /**
   * Makes a snapshot's state the present one.
   *
   * @throws {LabError} ERR_LAB_SNAPSHOT: there is none by that name.
   */
  async restore(name: string): Promise<void> {
    this.requireSnapshot(name);
    const hosts = join(this.#labFolder, 'hosts');
    await Promise.all(STATE_FOLDERS.map(async (path) => rm(join(hosts, path), { recursive: true, force: true })));
    await this.#copy(this.#path(name), hosts);
  }

  /** @throws {LabError} ERR_LAB_SNAPSHOT: there is none by that name. */
  requireSnapshot(name: string): void {
    checkSnapshotName(name);
    if (existsSync(this.#path(name))) return;
    const present = this.list().join(', ');
    throw new LabError('ERR_LAB_SNAPSHOT', `There is no snapshot "${name}". There are: ${present}.`);
  }

  #path(...parts: string[]): string {
    return join(this.#labFolder, 'snapshots', ...parts);
  }

  async #copy(from: string, to: string): Promise<void> {
    const present = STATE_FOLDERS.filter((path) => existsSync(join(from, path)));
    await runOrThrow(['cp', '--archive', '--parents', ...present, to], {
      env: this.#environment,
      cwd: from,
      timeoutMs: 600_000,
    });
  }
}

function checkSnapshotName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,40}$/.test(name)) return;
  throw new LabError('ERR_LAB_SNAPSHOT', `"${name}" is no name for a snapshot: use small letters, digits and hyphens.`);
}
