import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LabError } from './errors.ts';
import { HOST_MARK, isMarkedFor, LAB_MARK, listProcessesInside, runsProgram } from './processes.ts';
import { runProgram, signalGroup, SYSTEM_PATH } from './program.ts';
import type { ProgramOptions, ProgramResult } from './program.ts';

/** How to run a program inside a container to its end. */
export interface ExecOptions {
  /** Given to the program on its standard input: the only way for a secret. */
  readonly input?: ProgramOptions['input'];
  /** The program is killed after this time. Default: 120,000. */
  readonly timeoutMs?: number;
  /** Added to the small environment that every program gets (PATH, HOME, LANG). */
  readonly env?: Readonly<Record<string, string>>;
}

/** How to start a program inside a container and keep it. */
export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: StdioOptions;
}

/** The folders of its own that a container has over the machine's; all else it shares. */
export const OWN_FOLDERS: readonly string[] = ['etc', 'var', 'run', 'tmp'];

/** Signals that end a program. They are for it and not for nsenter, which waits for it and gives its exit code. */
const ENDING_SIGNALS = 'INT,TERM,HUP';

/** Folders that stay visible even where a container's own cover them: this repository and the running Node. */
const KEPT_FOLDERS = [fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''), dirname(process.execPath)];

/** What becomes process 1 of a container. */
const INIT_SCRIPT = join(import.meta.dirname, 'container-init.sh');

/**
 * One machine of the lab: process, mount, network, host name and IPC namespaces of its own, held by one process.
 *
 * When that process ends, the kernel ends every other process of the container and frees namespaces and mounts;
 * nothing of it has a name that could stay behind. Needs no driver, image or daemon.
 *
 * @see pid_namespaces(7): the end of process 1
 */
export class Container {
  readonly name: string;
  /** Its folder on the machine, with {@link OWN_FOLDERS} in it. */
  readonly folder: string;
  readonly #labFolder: string;
  readonly #ownFolders: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;

  /** `ownFolders` must be in its folder before it is started; the switch, which serves nobody, has none. */
  constructor(labFolder: string, name: string, ownFolders: readonly string[] = OWN_FOLDERS) {
    this.name = name;
    this.#ownFolders = ownFolders;
    this.folder = join(labFolder, 'hosts', name);
    this.#labFolder = labFolder;
    this.#environment = {
      PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}`,
      HOME: '/root',
      LANG: 'C.UTF-8',
      [LAB_MARK]: labFolder,
    };
  }

  /** Whether its process 1 is alive. */
  isRunning(): boolean {
    return this.#findInit() !== undefined;
  }

  /**
   * The id of its process 1 as the machine sees it.
   *
   * @throws {LabError} ERR_LAB_NOT_UP: it is not running.
   */
  initPid(): number {
    const pid = this.#findInit();
    if (pid === undefined) {
      throw new LabError('ERR_LAB_NOT_UP', `Host ${this.name} is not running. Run "npm run -s lab -- up".`);
    }
    return pid;
  }

  /** Starts the container. */
  async start(): Promise<void> {
    const unshare = ['--pid', '--fork', '--kill-child', '--mount', '--net', '--uts', '--ipc'];
    const owned = this.#ownFolders;
    const kept = KEPT_FOLDERS.filter((folder) => owned.some((own) => folder.startsWith(`/${own}/`)));
    const child = spawn('unshare', [...unshare, 'sh', INIT_SCRIPT, this.name, this.folder, owned.join(' '), ...kept], {
      env: { ...this.#environment, [HOST_MARK]: this.name },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const ready = new Promise<number>((resolve, reject) => {
      const look = (chunk: Buffer): void => {
        output += chunk.toString('utf8');
        const match = /^ready (\d+)$/m.exec(output);
        if (match !== null) resolve(Number(match[1]));
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('error', reject);
      child.once('close', () => {
        reject(new LabError('ERR_LAB_HOST', `Host ${this.name} could not be started: ${output.trim()}`));
      });
    });
    const pid = await ready;
    // The script has said its last word; what it becomes now is what process 1 stays.
    while (child.exitCode === null && child.signalCode === null && !runsProgram(pid, 'sleep')) await sleep(1);
    writeFileSync(join(this.folder, 'init.pid'), `${pid}\n`);
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }

  /** Runs a program in the container to its end and gives its output, whatever the exit code. */
  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ProgramResult> {
    const { input, timeoutMs, env } = options;
    return runProgram(this.commandLine(command), { input, timeoutMs, env: { ...this.#environment, ...env } });
  }

  /** Runs a program in the container that must succeed. */
  async execOrThrow(command: readonly string[], options: ExecOptions = {}): Promise<ProgramResult> {
    const result = await this.exec(command, options);
    if (result.exitCode === 0) return result;
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-6).join('\n');
    throw new LabError(
      'ERR_LAB_PROGRAM',
      `${command.slice(0, 3).join(' ')} on ${this.name} ended with exit code ${result.exitCode}: ${said}`,
    );
  }

  /**
   * Starts a program in the container, in a process group of its own.
   *
   * `kill` of the process given back reaches the whole group, and `exit` is emitted when the program itself has
   * ended.
   */
  spawn(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [file, ...args] = this.commandLine(command);
    const child = spawn(file, args, {
      env: { ...this.#environment, ...options.env },
      stdio: options.stdio ?? 'pipe',
      detached: true,
    });
    child.kill = (signal) => signalGroup(child.pid, typeof signal === 'string' ? signal : 'SIGTERM');
    return child;
  }

  /** The command line on the machine that runs a command in the container. */
  commandLine(command: readonly string[]): [string, ...string[]] {
    const into = ['--target', String(this.initPid()), '--mount', '--uts', '--ipc', '--net', '--pid'];
    return [
      'env',
      `--block-signal=${ENDING_SIGNALS}`,
      'nsenter',
      ...into,
      'env',
      `--default-signal=${ENDING_SIGNALS}`,
      '--',
      ...command,
    ];
  }

  /** The environment every program in the container starts with. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment;
  }

  /** Runs `ip` with a batch of commands in the container's network, while process ids stay the machine's. */
  async configureNetwork(commands: readonly string[]): Promise<void> {
    const command = ['nsenter', '--target', String(this.initPid()), '--net', 'ip', '-batch', '-'];
    const result = await runProgram(command, { input: `${commands.join('\n')}\n`, env: this.#environment });
    if (result.exitCode !== 0) {
      throw new LabError('ERR_LAB_HOST', `The network of ${this.name} could not be set: ${result.stderr.trim()}`);
    }
  }

  /** The container's processes besides process 1: their programs by process id inside. */
  processes(): Map<number, string> {
    const pid = this.#findInit();
    return pid === undefined ? new Map() : listProcessesInside(pid);
  }

  /** Sends a signal to processes by their ids inside; -1 means all but process 1. */
  async signal(signal: 'TERM' | 'KILL', pids: readonly number[]): Promise<void> {
    // Some may be gone by now, which is what was wanted.
    await this.exec(['kill', `-${signal}`, '--', ...pids.map(String)]);
  }

  /** Kills every process of the container except process 1, and waits until they are gone. */
  async killProcesses(): Promise<void> {
    const deadline = performance.now() + 15_000;
    while (this.processes().size > 0) {
      await this.signal('KILL', [-1]);
      if (performance.now() > deadline) {
        throw new LabError('ERR_LAB_LEFTOVERS', `Processes on ${this.name} do not end. Look at them with ps there.`);
      }
      await sleep(10);
    }
  }

  #findInit(): number | undefined {
    let pid: number;
    try {
      pid = Number(readFileSync(join(this.folder, 'init.pid'), 'utf8'));
    } catch {
      return undefined;
    }
    return isMarkedFor(pid, this.#labFolder, this.name) ? pid : undefined;
  }
}
