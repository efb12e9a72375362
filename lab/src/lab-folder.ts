import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LabError } from './errors.ts';
import { readLockHolder, takeFileLock } from './file-lock.ts';
import type { FileLock } from './file-lock.ts';
import { kill, killMarkedProcesses, LAB_MARK, listMarks } from './processes.ts';
import type { LabExtras } from './names.ts';
import { SYSTEM_PATH } from './program.ts';

/** What a lab is to have. */
export interface LabPlan extends LabExtras {
  /** How many users corp.contoso.test has, besides those every domain has. */
  readonly users: number;
  /** How many groups; undefined for those that go with any number of users. */
  readonly groups?: number;
}

/** What a lab that is up has written down about itself. */
export interface LabRecord extends LabPlan {
  readonly name: string;
  readonly createdAt: string;
}

/** The folder with everything a lab keeps on the machine, its lock, and how both are removed. */
export class LabFolder {
  readonly name: string;
  readonly path: string;

  /** @throws {LabError} ERR_LAB_NAME: not a name for a lab. */
  constructor(name: string) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      throw new LabError('ERR_LAB_NAME', `"${name}" is no name for a lab: use small letters, digits and hyphens.`);
    }
    this.name = name;
    this.path = join(stateRoot(), name);
  }

  /** Names of all labs of which anything is there: a folder, or a process. */
  static list(): string[] {
    const root = stateRoot();
    const entries = existsSync(root) ? readdirSync(root, { withFileTypes: true }) : [];
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    for (const mark of listMarks()) {
      if (dirname(mark) === root) names.push(mark.slice(root.length + 1));
    }
    return [...new Set(names)].sort();
  }

  /** The whole environment of every program that is run for the lab on the machine. */
  get environment(): Readonly<Record<string, string>> {
    return { PATH: SYSTEM_PATH, LANG: 'C.UTF-8', [LAB_MARK]: this.path };
  }

  /** What the lab has written down; `undefined` unless it has come up completely. */
  readRecord(): LabRecord | undefined {
    try {
      return JSON.parse(readFileSync(join(this.path, 'lab.json'), 'utf8')) as LabRecord;
    } catch {
      return undefined;
    }
  }

  /** Marks the lab as completely up. */
  writeRecord(plan: LabPlan): LabRecord {
    const record = { name: this.name, ...plan, createdAt: new Date().toISOString() };
    writeFileSync(join(this.path, 'lab.json'), `${JSON.stringify(record)}\n`);
    return record;
  }

  /** Makes the folder, readable for root alone: it holds private keys. */
  create(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
  }

  /**
   * Takes the lab's lock: only its holder changes the lab as a whole.
   *
   * @throws {LabError} ERR_LAB_BUSY: another process has held it for a minute.
   */
  async lock(): Promise<FileLock> {
    const lock = await this.#tryLock(60);
    if (lock !== undefined) return lock;
    const holder = readLockHolder(this.#lockFile) ?? 'unknown';
    throw new LabError('ERR_LAB_BUSY', `Process ${holder} is changing lab "${this.name}". Wait for it, or end it.`);
  }

  /** Takes the lock from whoever holds it, for `down`: a command that hangs must not keep the lab. */
  async lockByForce(): Promise<FileLock | undefined> {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const lock = await this.#tryLock(attempt === 0 ? 0 : 3);
      if (lock !== undefined) return lock;
      const holder = readLockHolder(this.#lockFile);
      // This process itself is in the middle of `up`, and wants to stop: then there is nobody to wait for.
      if (holder === process.pid) return undefined;
      if (holder !== undefined && attempt > 0) kill(holder, 'SIGKILL');
    }
    throw new LabError('ERR_LAB_BUSY', `The lock ${this.#lockFile} stays taken. Find out who has it with fuser.`);
  }

  /** Ends every process of the lab and removes its folder; with the processes go namespaces, mounts and bridges. */
  async remove(): Promise<void> {
    await killMarkedProcesses(this.path);
    rmSync(this.path, { recursive: true, force: true });
  }

  get #lockFile(): string {
    return `${this.path}.lock`;
  }

  async #tryLock(waitSeconds: number): Promise<FileLock | undefined> {
    // Without the mark: whoever removes the lab must not end those who wait to use its name.
    return takeFileLock(this.#lockFile, { waitSeconds, environment: { PATH: SYSTEM_PATH } });
  }
}

/** Where labs keep their state: /var/lib/causeway-lab, or the folder in CAUSEWAY_LAB_STATE. */
export function stateRoot(): string {
  return resolve(process.env['CAUSEWAY_LAB_STATE'] ?? '/var/lib/causeway-lab');
}

/** Where provisioned domains are kept: /var/cache/causeway-lab, or the folder in CAUSEWAY_LAB_CACHE. */
export function cacheRoot(): string {
  return resolve(process.env['CAUSEWAY_LAB_CACHE'] ?? '/var/cache/causeway-lab');
}
