import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectorOf, forestsOf, PASSWORD_FILE } from './connector.ts';
import type { ConnectorEntry } from './connector.ts';
import type { ExecOptions } from './container.ts';
import { addressOf, DOMAINS, HOSTS } from './names.ts';
import type { HostName } from './names.ts';
import { LabError } from './errors.ts';
import type { Lab } from './lab.ts';

/** Causeway's services, in the order in which they are started. */
export const SERVICES = ['directory', 'domain', 'connect'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Where each service runs. */
export const SERVICE_HOSTS: Readonly<Record<ServiceName, HostName>> = {
  directory: 'cloud',
  domain: 'managed-dc1',
  connect: 'connect',
};

/** A service's configuration, before it is written as YAML (of which JSON is a part). */
export type ServiceConfig = Record<string, unknown>;

const TENANT = 'contoso';
const PROGRAM = join(import.meta.dirname, '../../apps/causeway/bin/causeway');
const LAB_CA = '/etc/causeway/lab-ca.pem';
const DIRECTORY_PORT = 8443;

/** Keys as `causeway … key --json` prints them; all of them public. */
interface DomainKeys {
  readonly tenantPublicKey: string;
  readonly agentPublicKey: string;
}

/**
 * Causeway's three services on a lab's hosts, set up as an administrator would: with configuration files and the
 * `causeway` command, and nothing else.
 */
export class Deployment {
  readonly lab: Lab;
  readonly configs: Record<ServiceName, ServiceConfig>;
  readonly #running = new Map<ServiceName, ChildProcess>();

  private constructor(lab: Lab, configs: Record<ServiceName, ServiceConfig>) {
    this.lab = lab;
    this.configs = configs;
  }

  /** Writes the configuration of all services and makes their keys; starts nothing. */
  static async install(lab: Lab): Promise<Deployment> {
    const { password } = lab.serviceAccounts.sync;
    lab.writeFile('connect', PASSWORD_FILE, `${password}\n`, 0o600);
    const deployment = new Deployment(lab, {
      directory: {},
      domain: { tenant: TENANT, directory: directoryOf('domain-1'), stateDir: '/var/lib/causeway' },
      connect: {
        tenant: { id: TENANT, publicKey: Buffer.alloc(32).toString('base64') },
        directory: directoryOf('connect-1'),
        connectors: forestsOf(lab.domainControllers).map((forest) => connectorOf(forest, lab.domainControllers)),
        stateDir: '/var/lib/causeway',
      },
    });
    deployment.configure('domain');
    const keys = await deployment.#printedBy<DomainKeys>('domain', 'key');
    deployment.configure('connect', { tenant: { id: TENANT, publicKey: keys.tenantPublicKey } });
    const { publicKey } = await deployment.#printedBy<{ publicKey: string }>('connect', 'key');
    deployment.configure('directory', {
      listen: { host: addressOf('cloud', 'internet'), port: DIRECTORY_PORT },
      tls: { certificate: '/etc/causeway/tls/cert.pem', key: '/etc/causeway/tls/key.pem' },
      database: '/var/lib/causeway/directory.sqlite',
      tenants: [
        {
          id: TENANT,
          agents: [
            { id: 'connect-1', role: 'connect', publicKey },
            { id: 'domain-1', role: 'domain', publicKey: keys.agentPublicKey },
          ],
        },
      ],
    });
    mkdirSync(lab.folder('cloud', '/var/lib/causeway'), { recursive: true });
    return deployment;
  }

  /** Replaces some keys of a service's configuration and writes its file; takes effect at the next start. */
  configure(service: ServiceName, changes: ServiceConfig = {}): void {
    this.configs[service] = { ...this.configs[service], ...changes };
    const file = `/etc/causeway/${service}.yaml`;
    this.lab.writeFile(SERVICE_HOSTS[service], file, `${JSON.stringify(this.configs[service], null, 2)}\n`, 0o600);
  }

  /** The connector of a forest as it is configured now. */
  connector(forest = DOMAINS['corp-dc1'].forest): ConnectorEntry & ServiceConfig {
    const connectors = this.configs.connect['connectors'] as (ConnectorEntry & ServiceConfig)[];
    const found = connectors.find(({ name }) => name === forest);
    if (found === undefined) throw new LabError('ERR_LAB_SERVICE', `There is no connector of the forest ${forest}.`);
    return found;
  }

  /** Replaces some keys of the connector of a forest and writes connect's file; takes effect at the next start. */
  configureConnector(changes: ServiceConfig, forest = DOMAINS['corp-dc1'].forest): void {
    const changed = { ...this.connector(forest), ...changes };
    const connectors = this.configs.connect['connectors'] as ConnectorEntry[];
    this.configure('connect', { connectors: connectors.map((one) => (one.name === forest ? changed : one)) });
  }

  /** Starts a service, with more in its environment if given; returns when it runs, not when it has done anything. */
  start(service: ServiceName, env: Readonly<Record<string, string>> = {}): void {
    const log = this.logFile(service);
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, 'a', 0o600);
    const child = this.lab.spawn(SERVICE_HOSTS[service], [PROGRAM, service, 'run'], {
      env,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child.unref();
    this.#running.set(service, child);
  }

  /** Starts all services. */
  startAll(): void {
    for (const service of SERVICES) this.start(service);
  }

  /** Ends a service with a signal and gives its exit code, or `undefined` where the signal ended it. */
  async stop(service: ServiceName, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | undefined> {
    const child = this.#running.get(service);
    if (child === undefined) return undefined;
    this.#running.delete(service);
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.ref();
      child.kill(signal);
      await exit;
    }
    return child.exitCode ?? undefined;
  }

  /** Stops all services that run, the last started first. */
  async stopAll(): Promise<void> {
    for (const service of SERVICES.toReversed()) await this.stop(service);
  }

  /** Whether the service has neither ended nor been stopped. */
  isRunning(service: ServiceName): boolean {
    const child = this.#running.get(service);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** The service's process id on this machine. */
  pidOf(service: ServiceName): number {
    const outer = this.#running.get(service)?.pid;
    if (outer === undefined) throw new LabError('ERR_LAB_SERVICE', `Service ${service} is not running.`);
    const inner = readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim();
    return inner === '' ? outer : Number(inner.split(' ')[0]);
  }

  /** Where the service's output goes, on this machine. */
  logFile(service: ServiceName): string {
    return this.lab.folder(SERVICE_HOSTS[service], `/var/log/causeway/${service}.log`);
  }

  /** The service's structured log since a position in bytes (see {@link logPosition}). */
  log(service: ServiceName, since = 0): Record<string, unknown>[] {
    const text = readFileSync(this.logFile(service)).subarray(since).toString('utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Bytes in the service's log. */
  logPosition(service: ServiceName): number {
    return statSync(this.logFile(service), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Runs `causeway …` on the host of a service, to its end. */
  async causeway(service: ServiceName, args: readonly string[], options?: ExecOptions): ReturnType<Lab['exec']> {
    return this.lab.exec(SERVICE_HOSTS[service], [PROGRAM, ...args], { timeoutMs: 60_000, ...options });
  }

  /** What `causeway status --json` says, asked on connect's host; `undefined` while the directory does not answer. */
  async status(): Promise<TenantStatus | undefined> {
    const { exitCode, stdout } = await this.causeway('connect', ['status', '--json']);
    return exitCode === 0 ? (JSON.parse(stdout) as TenantStatus) : undefined;
  }

  /**
   * The events that `causeway events --json` shows on connect's host, the oldest first.
   *
   * @param filter Options of the command, such as `['--id', '656', '--since', '1h']`.
   */
  async events(filter: readonly string[] = []): Promise<LoggedEvent[]> {
    const { exitCode, stdout, stderr } = await this.causeway('connect', ['events', ...filter, '--json']);
    if (exitCode !== 0)
      throw new LabError('ERR_LAB_SERVICE', `causeway events ended with ${exitCode}: ${stderr.trim()}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LoggedEvent);
  }

  /**
   * Waits until something is so, asking again and again.
   *
   * @throws {LabError} ERR_LAB_SERVICE: not within the time, or a service that was started has ended meanwhile.
   */
  async until<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      const ended = [...this.#running.keys()].find((service) => !this.isRunning(service));
      if (ended !== undefined) {
        throw new LabError('ERR_LAB_SERVICE', `Service ${ended} has ended: ${this.#lastWords(ended)}`);
      }
      if (performance.now() > end) {
        const words = [...this.#running.keys()].map((service) => `\n${service}: ${this.#lastWords(service)}`);
        throw new LabError('ERR_LAB_SERVICE', `Not within ${timeoutMs / 1000} s: ${what}.${words.join('')}`);
      }
      await delay(50);
    }
  }

  #lastWords(service: ServiceName): string {
    return readFileSync(this.logFile(service), 'utf8').trim().split('\n').slice(-3).join('\n');
  }

  async #printedBy<T>(service: ServiceName, command: string): Promise<T> {
    const { exitCode, stdout, stderr } = await this.causeway(service, [service, command, '--json']);
    if (exitCode === 0) return JSON.parse(stdout) as T;
    throw new LabError('ERR_LAB_SERVICE', `causeway ${service} ${command} ended with ${exitCode}: ${stderr.trim()}`);
  }
}

/** An event as `causeway events --json` shows it, as far as tests look at it. */
export interface LoggedEvent {
  readonly recordNumber: number;
  readonly id: number;
  readonly name: string;
  /** ISO 8601. */
  readonly time: string;
  readonly level: string;
  readonly connector: string | null;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The counts of `causeway status --json` that the demo, tests and benchmarks look at. */
export interface TenantStatus {
  readonly users: number;
  readonly credentials: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly waitingForDomain: number;
}

function directoryOf(agent: string): ServiceConfig {
  return {
    url: `https://${HOSTS.cloud.fqdn}:${DIRECTORY_PORT}`,
    ca: LAB_CA,
    agent,
    key: '/etc/causeway/agent.key',
  };
}
