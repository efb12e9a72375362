import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import type { ProcessStatus } from '@causeway/control';
import {
  Deployment,
  INITIAL_SNAPSHOT,
  Lab,
  SERVICES,
  signInByKerberos,
  type HostName,
  type LabUser,
  type ServiceName,
} from '@causeway/lab';

/** The processes of connect: one for objects, and one for the passwords of each domain. */
export type ProcessName = 'object sync' | 'password hash sync of corp.contoso.test';

/** What a service logged, or a command said, about a fault. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

/** A password that was changed at the on-premises domain controller. */
export interface PasswordChange {
  readonly name: string;
  readonly password: string;
}

/**
 * The lab of the test run with the three services on it, everything synchronized. Each test puts a fault in, and takes
 * it out; nothing of the scene is left when it ends.
 */
export class FaultScene {
  readonly lab: Lab;
  readonly deployment: Deployment;
  readonly #users: LabUser[];
  readonly #configs: Deployment['configs'];
  readonly #logPositions = new Map<ServiceName, number>();

  private constructor(lab: Lab, deployment: Deployment) {
    this.lab = lab;
    this.deployment = deployment;
    this.#configs = { ...deployment.configs };
    this.#users = lab.users.filter(({ password }) => password !== undefined);
  }

  /** Sets the services up on a lab as it was first, and starts them; a first changed password shows that all work. */
  static async begin(): Promise<FaultScene> {
    const lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    const scene = new FaultScene(lab, await Deployment.install(lab));
    try {
      await scene.putInOrder();
      return scene;
    } catch (error) {
      await scene.end();
      throw error;
    }
  }

  /** Stops the services and takes the lab back to what it was. */
  async end(): Promise<void> {
    await this.deployment.stopAll();
    await this.lab.reset(INITIAL_SNAPSHOT);
  }

  /**
   * Brings every service back to its configuration, starts what does not run, and waits until a changed password has
   * arrived and both processes of connect have delivered.
   */
  async putInOrder(): Promise<void> {
    for (const service of SERVICES) {
      if (!isDeepStrictEqual(this.deployment.configs[service], this.#configs[service])) {
        await this.deployment.stop(service);
        this.deployment.configure(service, this.#configs[service]);
      }
      if (this.deployment.isRunning(service)) continue;
      // What has ended by itself is stopped too, so that nobody waits for it.
      await this.deployment.stop(service);
      if (service === 'directory') await this.startDirectory();
      else this.deployment.start(service);
    }
    await this.synchronized();
    this.mark('connect');
    const since = new Date().toISOString();
    await this.arrives(await this.changePassword());
    await this.deployment.until('every process has worked since', async () =>
      (await this.processes()).every(({ failure, lastSuccessAt }) => failure === null && (lastSuccessAt ?? '') > since)
        ? true
        : undefined,
    );
  }

  /** The processes of connect, as `causeway sync status` tells them. */
  async processes(): Promise<readonly ProcessStatus[]> {
    const { exitCode, stdout, stderr } = await this.deployment.causeway('connect', ['sync', 'status', '--json']);
    assert.equal(exitCode, 0, stderr);
    return (JSON.parse(stdout) as { agent: { processes: readonly ProcessStatus[] } }).agent.processes;
  }

  /** Waits until the directory has every user's credential and the managed domain has applied everything. */
  async synchronized(): Promise<void> {
    const total = this.lab.users.length;
    await this.deployment.until('everything is synchronized', async () => {
      const status = await this.deployment.status();
      if (status === undefined || status.waitingForDomain > 0) return undefined;
      return status.credentials >= total && (status.outcomes['applied'] ?? 0) >= total ? true : undefined;
    });
  }

  /** From here on {@link faults} looks at what the service logs. */
  mark(service: ServiceName): void {
    this.#logPositions.set(service, this.deployment.logPosition(service));
  }

  /** Starts a service whose log is looked at from here on. */
  start(service: ServiceName, env?: Readonly<Record<string, string>>): void {
    this.mark(service);
    this.deployment.start(service, env);
  }

  /** Starts the directory and waits until it serves. */
  async startDirectory(): Promise<void> {
    this.start('directory');
    await this.deployment.until('the directory listens', async () =>
      this.logged('directory').find(({ message }) => message === 'directory listens'),
    );
  }

  /** Everything that the service has logged since the mark, with what a fault has. */
  logged(service: ServiceName): (Fault & Record<string, unknown>)[] {
    return this.deployment
      .log(service, this.#logPositions.get(service))
      .map((line) => ({ code: '', nextStep: '', ...line, message: String(line['msg']) }));
  }

  /** The faults that the service has logged since the mark. */
  faults(service: ServiceName): (Fault & Record<string, unknown>)[] {
    return this.logged(service).filter(({ nextStep }) => nextStep !== '');
  }

  /** Waits until the service has logged a fault with this code, and gives it. */
  async fault(service: ServiceName, code: string): Promise<Fault & Record<string, unknown>> {
    return this.deployment.until(`${service} logs ${code}`, async () =>
      this.faults(service).find((record) => record.code === code),
    );
  }

  /** Waits until a process of connect has logged that it works again. */
  async worksAgain(process: ProcessName): Promise<void> {
    await this.deployment.until(`${process} works again`, async () =>
      this.logged('connect').find(({ message }) => message.startsWith(`${process} works again`)),
    );
  }

  /** Asserts that each process of the service has logged a fault when it began, and not again at every attempt. */
  assertLoggedOnce(service: ServiceName): void {
    const lastOf = new Map<unknown, string>();
    for (const { process, code, nextStep } of this.logged(service).filter((line) => line.code !== '')) {
      // What has a code and no next step says that it works again.
      const told = nextStep === '' ? '' : `${code}: ${nextStep}`;
      assert.ok(told === '' || told !== lastOf.get(process), `${String(process)} says again ${told}`);
      lastOf.set(process, told);
    }
  }

  /** Waits until a process of connect has failed so many times in a row. */
  async attempts(process: ProcessName, least: number): Promise<void> {
    await this.deployment.until(`${process} has tried ${least} times`, async () => {
      const status = (await this.processes()).find((one) => one.process === process);
      return (status?.failure?.attempts ?? 0) >= least ? true : undefined;
    });
  }

  /** Runs `causeway …` on a service's host, which has to fail, and gives its exit code and what it says. */
  async refusal(service: ServiceName, args: readonly string[], env = {}): Promise<Fault & { exitCode: number }> {
    const { exitCode, stderr } = await this.deployment.causeway(service, [...args, '--json'], { env });
    assert.notEqual(exitCode, 0, `causeway ${args.join(' ')} fails`);
    return { ...(JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Fault), exitCode };
  }

  /** `causeway connect run --once`, which has to fail with exit code 1. */
  async runOnceRefusal(env = {}): Promise<Fault> {
    const { exitCode, ...fault } = await this.refusal('connect', ['connect', 'run', '--once'], env);
    assert.equal(exitCode, 1);
    return fault;
  }

  /** Gives a user a new password at the on-premises domain controller; another user each time. */
  async changePassword(): Promise<PasswordChange> {
    const user = this.#users.pop();
    assert.ok(user !== undefined, 'the lab has a user whose password was not changed yet');
    const password = `Changed-${crypto.randomUUID()}`;
    await this.lab.setPassword(user, password);
    return { name: user.accountName, password };
  }

  /** Waits until the user signs in at the managed domain with the changed password. */
  async arrives(change: PasswordChange): Promise<void> {
    await this.deployment.until(`${change.name} signs in with the changed password`, async () =>
      (await this.signsIn(change)) ? true : undefined,
    );
  }

  /** Whether the user signs in at the managed domain with the changed password. */
  async signsIn(change: PasswordChange): Promise<boolean> {
    return (await signInByKerberos(this.lab, change)).succeeded;
  }

  /** Puts another text in the place of a file on a host until the returned thing is disposed of. */
  replaceFile(host: HostName, file: string, change: (text: string) => string, mode?: number): Disposable {
    const before = this.lab.readFile(host, file);
    this.lab.writeFile(host, file, change(before), mode);
    return {
      [Symbol.dispose]: () => {
        this.lab.writeFile(host, file, before, mode);
      },
    };
  }

  /** Starts a relay of the test on host `connect`; see relay.ts for its orders. */
  async startRelay(listen: string, target: string, ports: readonly number[]): Promise<Relay> {
    const program = new URL('relay.ts', import.meta.url).pathname;
    const command = [process.execPath, program, listen, target, ...ports.map(String)];
    const relay = new Relay(this.lab.spawn('connect', command, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await relay.ready();
    return relay;
  }
}

/** A running relay.ts. */
export class Relay {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(process: ChildProcess) {
    assert.ok(process.stdout);
    this.#process = process;
    this.#answers = createInterface(process.stdout)[Symbol.asyncIterator]();
  }

  async ready(): Promise<void> {
    assert.equal((await this.#answers.next()).value, 'pass');
  }

  /** Gives an order; it holds when this resolves. */
  async order(order: string): Promise<void> {
    this.#process.stdin?.write(`${order}\n`);
    assert.equal((await this.#answers.next()).value, order);
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL');
  }
}
