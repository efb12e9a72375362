import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StatusResponse } from '@causeway/contract';
import { SERVICE_HOSTS, SERVICES, type Deployment } from '@causeway/lab';
import type { WatchTask } from './watch-status.ts';

/** How often the directory is asked; what is measured with it is as exact as that. */
const INTERVAL_MS = 200;

/**
 * Follows the tenant's status as an agent sees it. One small program on host `connect` asks and keeps its connection, so
 * that watching takes next to nothing from what is watched.
 */
export class StatusWatch {
  readonly #deployment: Deployment;
  readonly #program: ChildProcess;
  #status: StatusResponse | undefined;
  #arrived = Promise.withResolvers<void>();

  private constructor(deployment: Deployment, program: ChildProcess) {
    this.#deployment = deployment;
    this.#program = program;
    if (program.stdout === null) throw new Error('the status program has no output');
    createInterface({ input: program.stdout }).on('line', (line) => {
      this.#status = JSON.parse(line) as StatusResponse;
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
    program.once('exit', () => this.#arrived.resolve());
  }

  static start(deployment: Deployment): StatusWatch {
    const { tenant, directory, stateDir } = deployment.configs.connect as {
      tenant: { id: string };
      directory: Directory;
      stateDir: string;
    };
    const program = deployment.lab.spawn(
      SERVICE_HOSTS.connect,
      [process.execPath, join(import.meta.dirname, 'watch-status.ts')],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const task: WatchTask = { ...directory, tenant: tenant.id, stateDir, intervalMs: INTERVAL_MS };
    program.stdin?.end(JSON.stringify(task));
    return new StatusWatch(deployment, program);
  }

  /**
   * The first status of which something is so; `onStatus` is told each one.
   *
   * Rejects when it takes too long, or a service has ended meanwhile.
   */
  async until(
    what: string,
    isSo: (status: StatusResponse) => boolean,
    { timeoutMs, onStatus }: { timeoutMs: number; onStatus?: (status: StatusResponse) => void },
  ): Promise<StatusResponse> {
    const end = performance.now() + timeoutMs;
    const running = SERVICES.filter((service) => this.#deployment.isRunning(service));
    for (;;) {
      await Promise.race([this.#arrived.promise, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
      if (this.#status !== undefined) {
        onStatus?.(this.#status);
        if (isSo(this.#status)) return this.#status;
      }
      const ended = running.find((service) => !this.#deployment.isRunning(service));
      if (ended !== undefined) throw new Error(`${ended} has ended; see ${this.#deployment.logFile(ended)}`);
      if (this.#program.exitCode !== null) throw new Error('the status program has ended');
      if (performance.now() > end) {
        throw new Error(`not within ${timeoutMs / 1000} s: ${what}; last status ${JSON.stringify(this.#status)}`);
      }
    }
  }

  async stop(): Promise<void> {
    if (this.#program.exitCode !== null || this.#program.signalCode !== null) return;
    const exit = once(this.#program, 'exit');
    this.#program.kill('SIGTERM');
    await exit;
  }
}

type Directory = Omit<WatchTask, 'tenant' | 'intervalMs'>;
