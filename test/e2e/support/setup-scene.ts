import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DOMAINS, HOSTS, INITIAL_SNAPSHOT, type HostName, type Lab } from '@causeway/lab';

const program = path.join(import.meta.dirname, '../../../apps/causeway/bin/causeway');
export const { dnsName: forest, baseDn } = DOMAINS['corp-dc1'];
/** The domain controller of the on-premises domain. */
export const dc = HOSTS['corp-dc1'].fqdn;
/** URL of the directory. */
export const url = `https://${HOSTS.cloud.fqdn}:8443`;
export const ca = '/etc/causeway/lab-ca.pem';
export const configFile = '/etc/causeway/connect.yaml';
export const stateDir = '/var/lib/causeway';
export const passwordFile = `${stateDir}/${forest}.password`;
/** The domain controller's own database. */
export const database = '/var/lib/samba/private/sam.ldb';

/** A check as `--json` prints it. */
export interface Check {
  readonly id: string;
  readonly outcome: {
    readonly kind: 'ok' | 'warning' | 'failed' | 'skipped';
    readonly code?: string;
    readonly message?: string;
    readonly nextStep?: string;
    readonly because?: string;
  };
}

/** What `--json` prints of checks. */
export interface Answer {
  readonly exitCode: number;
  readonly written: boolean;
  readonly agentPublicKey: string;
  readonly checks: readonly Check[];
  readonly stderr: string;
}

/** Set-up as an administrator does it: the command on connect's host, and the other two services on theirs. */
export class SetupScene {
  readonly lab: Lab;
  readonly tenantKey: string;
  readonly #domainKey: string;
  readonly #running = new Map<HostName, ChildProcess>();

  private constructor(lab: Lab, keys: { tenantPublicKey: string; agentPublicKey: string }) {
    this.lab = lab;
    this.tenantKey = keys.tenantPublicKey;
    this.#domainKey = keys.agentPublicKey;
  }

  /** Takes a lab back to what it was first, and makes the tenant's key. */
  static async begin(lab: Lab): Promise<SetupScene> {
    await lab.reset(INITIAL_SNAPSHOT);
    const directory = { url, ca, agent: 'domain-1', key: '/etc/causeway/agent.key' };
    const config = { tenant: 'contoso', directory, stateDir };
    lab.writeFile('managed-dc1', '/etc/causeway/domain.yaml', JSON.stringify(config), 0o600);
    const { stdout, stderr } = await lab.exec('managed-dc1', [program, 'domain', 'key', '--json']);
    assert.notEqual(stdout, '', stderr);
    return new SetupScene(lab, JSON.parse(stdout) as { tenantPublicKey: string; agentPublicKey: string });
  }

  async end(): Promise<void> {
    for (const host of this.#running.keys()) await this.stop(host);
    await this.lab.reset(INITIAL_SNAPSHOT);
  }

  /** Starts the directory, which knows the domain's agent and, if its key is given, connect's. */
  async startDirectory(connectKey?: string, role = 'connect'): Promise<void> {
    await this.stop('cloud');
    const agents = [{ id: 'domain-1', role: 'domain', publicKey: this.#domainKey }];
    if (connectKey !== undefined) agents.push({ id: 'connect-1', role, publicKey: connectKey });
    this.lab.writeFile(
      'cloud',
      '/etc/causeway/directory.yaml',
      JSON.stringify({
        listen: { host: '0.0.0.0', port: 8443 },
        tls: { certificate: '/etc/causeway/tls/cert.pem', key: '/etc/causeway/tls/key.pem' },
        database: `${stateDir}/directory.sqlite`,
        tenants: [{ id: 'contoso', agents }],
      }),
      0o600,
    );
    this.start('cloud', ['directory', 'run']);
    await this.until('the directory answers', async () => {
      const { exitCode } = await this.lab.exec('cloud', ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/8443']);
      return exitCode === 0;
    });
  }

  start(host: HostName, args: readonly string[]): void {
    this.#running.set(host, this.lab.spawn(host, [program, ...args], { stdio: 'ignore' }));
  }

  async stop(host: HostName): Promise<void> {
    const child = this.#running.get(host);
    this.#running.delete(host);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  async until(what: string, ask: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + 60_000;
    while (!(await ask())) {
      assert.ok(performance.now() < end, `not within a minute: ${what}`);
      await delay(50);
    }
  }

  /** `causeway connect init` with flags; those of `changes` take the place of the right ones, undefined leaves one out. */
  async init(
    changes: Record<string, string | undefined> = {},
    password = this.lab.serviceAccounts.sync.password,
  ): Promise<Answer> {
    const flags: Record<string, string | undefined> = {
      forest,
      account: this.lab.serviceAccounts.sync.name,
      tenant: 'contoso',
      'public-key': this.tenantKey,
      directory: url,
      ca,
      'directory-ca': ca,
      ...changes,
    };
    const args = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
    return this.answer(['connect', 'init', ...args, '--yes', '--force'], `${password}\n`);
  }

  /** Runs a command on connect's host with `--json`. */
  async answer(args: readonly string[], input = ''): Promise<Answer> {
    const { exitCode, stdout, stderr } = await this.causeway([...args, '--json'], input);
    const answer = stdout === '' ? { written: false, agentPublicKey: '', checks: [] } : (JSON.parse(stdout) as object);
    return { ...(answer as Omit<Answer, 'exitCode' | 'stderr'>), exitCode, stderr };
  }

  async causeway(args: readonly string[], input = '') {
    return this.lab.exec('connect', [program, ...args], { input, timeoutMs: 60_000 });
  }

  /** The exit code of `causeway connect secret check`. */
  async checkSecrets(): Promise<number> {
    return (await this.causeway(['connect', 'secret', 'check'])).exitCode;
  }

  async onDc(command: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.lab.exec('corp-dc1', command);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  }

  /** Files of connect's host that hold a text, as it is or in UTF-16. */
  filesWith(text: string): string[] {
    return ['/etc/causeway', stateDir, '/tmp'].flatMap((folder) => {
      const root = this.lab.folder('connect', folder);
      return readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter((file) => {
          const content = readFileSync(file);
          return [Buffer.from(text), Buffer.from(text, 'utf16le')].some((form) => content.includes(form));
        });
    });
  }

  forget(): void {
    for (const folder of ['/etc/causeway/connect.yaml', stateDir]) {
      rmSync(this.lab.folder('connect', folder), { recursive: true, force: true });
    }
  }
}

/** What a check came to. */
export function outcomeOf({ checks, stderr }: Answer, id: string): Check['outcome'] {
  const check = checks.find((one) => one.id === id);
  assert.ok(check, `there is a check ${id}: ${checks.map((one) => one.id).join(', ')} ${stderr}`);
  return check.outcome;
}

/** Ids of the checks that failed. */
export function failures({ checks }: Answer): string[] {
  return checks.filter(({ outcome }) => outcome.kind === 'failed').map(({ id }) => id);
}
