import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chain } from '@causeway/control';
import { DOMAINS, HOSTS, INITIAL_SNAPSHOT, Lab, type HostName } from '@causeway/lab';

const program = path.join(import.meta.dirname, '../../apps/causeway/bin/causeway');
const anotherCa = path.join(import.meta.dirname, '../../packages/connect/test/certificates/ca.pem');
const { dnsName: forest, baseDn } = DOMAINS['corp-dc1'];
const dc = HOSTS['corp-dc1'].fqdn;
const url = `https://${HOSTS.cloud.fqdn}:8443`;
const ca = '/etc/causeway/lab-ca.pem';
const configFile = '/etc/causeway/connect.yaml';
const stateDir = '/var/lib/causeway';
const passwordFile = `${stateDir}/${forest}.password`;
const database = '/var/lib/samba/private/sam.ldb';

interface Check {
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
interface Answer {
  readonly exitCode: number;
  readonly written: boolean;
  readonly agentPublicKey: string;
  readonly checks: readonly Check[];
  readonly stderr: string;
}

/** Set-up as an administrator does it: the command on connect's host, and the other two services on theirs. */
class Scene {
  readonly lab: Lab;
  readonly tenantKey: string;
  readonly #domainKey: string;
  readonly #running = new Map<HostName, ChildProcess>();

  private constructor(lab: Lab, keys: { tenantPublicKey: string; agentPublicKey: string }) {
    this.lab = lab;
    this.tenantKey = keys.tenantPublicKey;
    this.#domainKey = keys.agentPublicKey;
  }

  static async begin(): Promise<Scene> {
    const lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    const directory = { url, ca, agent: 'domain-1', key: '/etc/causeway/agent.key' };
    const config = { tenant: 'contoso', directory, stateDir };
    lab.writeFile('managed-dc1', '/etc/causeway/domain.yaml', JSON.stringify(config), 0o600);
    const { stdout, stderr } = await lab.exec('managed-dc1', [program, 'domain', 'key', '--json']);
    assert.notEqual(stdout, '', stderr);
    return new Scene(lab, JSON.parse(stdout) as { tenantPublicKey: string; agentPublicKey: string });
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

function outcomeOf({ checks, stderr }: Answer, id: string): Check['outcome'] {
  const check = checks.find((one) => one.id === id);
  assert.ok(check, `there is a check ${id}: ${checks.map((one) => one.id).join(', ')} ${stderr}`);
  return check.outcome;
}

/** Ids of the checks that failed. */
function failures({ checks }: Answer): string[] {
  return checks.filter(({ outcome }) => outcome.kind === 'failed').map(({ id }) => id);
}

describe(
  'setting connect up on its host, with a real domain controller and a real directory',
  { timeout: 420_000 },
  () => {
    let scene: Scene;
    before(async () => {
      scene = await Scene.begin();
      await scene.startDirectory();
    });
    after(async () => {
      await scene.end();
    });
    beforeEach(() => {
      scene.forget();
    });

    it('tests all, writes a configuration without a secret, and says how the directory gets to know the agent', async () => {
      const first = await scene.init();
      assert.deepEqual([first.exitCode, first.written, failures(first)], [1, true, ['directory.agent']]);
      const { nextStep = '' } = outcomeOf(first, 'directory.agent');
      assert.ok(nextStep.includes(`{ id: connect-1, role: connect, publicKey: "${first.agentPublicKey}" }`), nextStep);

      await scene.startDirectory(first.agentPublicKey);
      const second = await scene.answer(['connect', 'init', '--check']);
      assert.deepEqual([second.exitCode, second.written, failures(second)], [0, false, []]);
      assert.equal(outcomeOf(second, 'directory.key').kind, 'warning');
      assert.equal(outcomeOf(second, `replication.proof:${dc}`).kind, 'ok');

      scene.start('managed-dc1', ['domain', 'run']);
      await scene.until('the key is registered', async () => {
        const third = await scene.answer(['connect', 'init', '--check']);
        return outcomeOf(third, 'directory.key').kind === 'ok';
      });
      await scene.stop('managed-dc1');

      const { password } = scene.lab.serviceAccounts.sync;
      assert.deepEqual(scene.filesWith(password), []);
      assert.doesNotMatch(JSON.stringify([first, second]), new RegExp(password));
      assert.match(scene.lab.readFile('connect', passwordFile), /^causeway-secret:1:/);
      assert.match(scene.lab.readFile('connect', `${stateDir}/agent.key`), /^causeway-secret:1:/);
      await scene.startDirectory();
    });

    it('leaves a configuration that is there alone, unless it is told not to, and then keeps a copy', async () => {
      scene.lab.writeFile('connect', configFile, '# of my own\n', 0o600);
      const refused = await scene.answer(['connect', 'init', '--forest', forest, '--yes']);
      assert.deepEqual(
        [refused.exitCode, (JSON.parse(refused.stderr) as { code: string }).code],
        [2, 'ERR_CONFIG_EXISTS'],
      );
      assert.equal(scene.lab.readFile('connect', configFile), '# of my own\n');
      assert.equal((await scene.init()).written, true);
      const folder = scene.lab.folder('connect', '/etc/causeway');
      const copies = readdirSync(folder).filter((name) => /^connect\.yaml\.\d{8}T\d{6}Z$/.test(name));
      assert.deepEqual(
        copies.map((name) => readFileSync(path.join(folder, name), 'utf8')),
        ['# of my own\n'],
      );
      for (const name of copies) rmSync(path.join(folder, name));
    });

    it('takes answers from a file, and names those that are missing', async () => {
      const { name, password } = scene.lab.serviceAccounts.sync;
      const answers = {
        forest,
        account: name,
        tenant: 'contoso',
        publicKey: scene.tenantKey,
        directory: url,
        ca,
        directoryCa: ca,
      };
      scene.lab.writeFile('connect', '/tmp/answers.yaml', JSON.stringify(answers));
      const good = await scene.answer(['connect', 'init', '--answers', '/tmp/answers.yaml', '--yes'], `${password}\n`);
      assert.equal(good.written, true, good.stderr);
      scene.forget();
      const missing = await scene.answer(['connect', 'init', '--forest', forest, '--account', name, '--yes']);
      assert.equal(missing.exitCode, 2);
      assert.match(missing.stderr, /ERR_CONFIG_ANSWERS.*--tenant, --public-key, --directory/);
    });

    it('tries a wrong password once and says what to do', async () => {
      const { name } = scene.lab.serviceAccounts.enterpriseName;
      const badPasswords = async (): Promise<string | undefined> => {
        const command = ['ldbsearch', '-H', database, '-b', baseDn, `(sAMAccountName=${name})`, 'badPwdCount'];
        return /badPwdCount: (\d+)/.exec(await scene.onDc(command))?.[1];
      };
      // Without a lockout policy nobody counts.
      await scene.onDc(['samba-tool', 'domain', 'passwordsettings', 'set', '--account-lockout-threshold=10']);
      const answer = await scene.init({ account: name }, 'a wrong password');
      assert.equal(answer.exitCode, 1);
      assert.deepEqual(failures(answer).slice(0, 1), [`account.kerberos:${forest}`]);
      const { code, nextStep = '' } = outcomeOf(answer, `account.kerberos:${forest}`);
      assert.equal(code, 'ERR_CONNECT_ACCOUNT_REFUSED');
      assert.match(nextStep, /password/);
      assert.equal(outcomeOf(answer, `account.ldap:${dc}`).kind, 'skipped');
      assert.equal(answer.written, false);
      assert.equal(await badPasswords(), '1');
    });

    it('prints, for an account without rights, the commands that grant them; they do, one right by the other', async () => {
      const { name, password } = scene.lab.serviceAccounts.withoutRights;
      const init = async (): Promise<Answer> => scene.init({ account: name }, password);
      const one = `rights.get-changes:${forest}`;
      const all = `rights.get-changes-all:${forest}`;
      const proof = `replication.proof:${dc}`;

      const none = await init();
      assert.deepEqual(
        [one, all, proof].map((id) => outcomeOf(none, id).kind),
        ['failed', 'failed', 'failed'],
      );
      assert.equal(outcomeOf(none, proof).code, 'ERR_CONNECT_ACCESS_DENIED');
      assert.deepEqual([none.exitCode, none.written], [1, false]);
      const { nextStep = '' } = outcomeOf(none, one);
      assert.ok(nextStep.includes(`dsacls "${baseDn}" /G "CORP\\${name}:CA;Replicating Directory Changes"`), nextStep);
      const commands = nextStep.match(/samba-tool dsacl set .*/g) ?? [];
      assert.equal(commands.length, 2);

      await scene.onDc(['sh', '-c', commands[0] ?? '']);
      const half = await init();
      assert.deepEqual(
        [one, all, proof].map((id) => outcomeOf(half, id).kind),
        ['ok', 'failed', 'failed'],
      );

      await scene.onDc(['sh', '-c', commands[1] ?? '']);
      const both = await init();
      assert.deepEqual(
        [one, all, proof].map((id) => outcomeOf(both, id).kind),
        ['ok', 'ok', 'ok'],
      );
      assert.equal(both.written, true);
    });

    it('warns of an account that is an administrator', async () => {
      const { name, password } = scene.lab.administrators['corp-dc1'];
      const { kind, message = '' } = outcomeOf(
        await scene.init({ account: name }, password),
        `rights.too-wide:${forest}`,
      );
      assert.deepEqual(
        [kind, /Domain Admins.*Enterprise Admins.*Administrators/.test(message)],
        ['warning', true],
        message,
      );
    });

    it('finds a domain controller that has replication switched off (8456)', async () => {
      const settings = `CN=NTDS Settings,CN=CORP-DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,${baseDn}`;
      const setOptions = async (options: number): Promise<void> => {
        const input = `dn: ${settings}\nchangetype: modify\nreplace: options\noptions: ${options}\n`;
        const { exitCode, stderr } = await scene.lab.exec('corp-dc1', ['ldbmodify', '-H', database], { input });
        assert.equal(exitCode, 0, stderr);
      };
      await setOptions(5);
      try {
        const answer = await scene.init();
        const { kind, nextStep = '' } = outcomeOf(answer, `replication.enabled:${dc}`);
        assert.deepEqual([kind, /-DISABLE_OUTBOUND_REPL/.test(nextStep)], ['failed', true]);
        assert.match(outcomeOf(answer, `replication.proof:${dc}`).message ?? '', /8456/);
        assert.equal(answer.written, false);
      } finally {
        await setOptions(1);
      }
    });

    const faults: readonly (readonly [string, Record<string, string | undefined>, string, RegExp])[] = [
      [
        'a name that does not resolve',
        { dc: `nowhere.${forest}` },
        `dns.address:nowhere.${forest}`,
        /getent hosts nowhere/,
      ],
      [
        'a host where nothing listens',
        { dc: HOSTS.connect.fqdn },
        `network.ports:${HOSTS.connect.fqdn}`,
        /check that .* runs/,
      ],
      ['another authority of certificates', { ca: '/tmp/another-ca.pem' }, `certificate:${dc}`, /connectors\.ldap\.ca/],
      [
        'an account that does not exist',
        { account: 'svc-nobody' },
        `account.kerberos:${forest}`,
        /connectors\.account\.name/,
      ],
    ];
    for (const [what, changes, id, cure] of faults) {
      it(`names ${what}, with the cure, and writes nothing`, async () => {
        scene.lab.writeFile('connect', '/tmp/another-ca.pem', readFileSync(anotherCa));
        const answer = await scene.init(changes);
        assert.deepEqual([answer.exitCode, answer.written], [1, false]);
        assert.match(outcomeOf(answer, id).nextStep ?? '', cure);
      });
    }

    it('names a forest that DNS does not know', async () => {
      const { exitCode, stderr } = await scene.init({ forest: 'nowhere.test' });
      assert.equal(exitCode, 1);
      assert.match(stderr, /ERR_CONNECT_DC_NAME.*_ldap\._tcp\.dc\._msdcs\.nowhere\.test/);
    });

    it('writes the configuration all the same when only the directory does not answer', async () => {
      await scene.stop('cloud');
      const answer = await scene.init();
      assert.deepEqual([answer.exitCode, answer.written, failures(answer)], [1, true, ['directory.reach']]);
      assert.match(outcomeOf(answer, 'directory.reach').nextStep ?? '', /Start the directory/);
      await scene.startDirectory();
    });

    it('does not accept an agent in the role of another', async () => {
      const { agentPublicKey } = await scene.init();
      await scene.startDirectory(agentPublicKey, 'domain');
      const answer = await scene.answer(['connect', 'init', '--check']);
      assert.match(outcomeOf(answer, 'directory.agent').nextStep ?? '', /role: connect/);
      await scene.startDirectory();
    });

    describe('the secrets on its disk', () => {
      it('are sealed where an administrator wrote them in clear, at their first use', async () => {
        const { password } = scene.lab.serviceAccounts.sync;
        await scene.init();
        scene.lab.writeFile('connect', passwordFile, `${password}\n`, 0o600);
        assert.equal(scene.filesWith(password).length, 1);
        assert.equal(await scene.checkSecrets(), 1);
        const answer = await scene.answer(['connect', 'init', '--check']);
        assert.equal(outcomeOf(answer, `account.ldap:${dc}`).kind, 'ok');
        assert.deepEqual(scene.filesWith(password), []);
        assert.equal(await scene.checkSecrets(), 0);
      });

      it('are set by a command that shows nothing', async () => {
        const { password } = scene.lab.serviceAccounts.sync;
        await scene.init();
        const wrong = 'not the password';
        const set = await scene.causeway(['connect', 'secret', 'set', forest], `${wrong}\n`);
        assert.equal(set.exitCode, 0, set.stderr);
        assert.doesNotMatch(set.stdout + set.stderr, new RegExp(wrong));
        assert.deepEqual(scene.filesWith(wrong), []);
        await scene.causeway(['connect', 'secret', 'set', passwordFile], `${password}\n`);
        const answer = await scene.answer(['connect', 'init', '--check']);
        assert.equal(outcomeOf(answer, `account.ldap:${dc}`).kind, 'ok');
        assert.deepEqual(scene.filesWith(password), []);
      });

      it('do not open without the key of the machine', async () => {
        await scene.init();
        rmSync(scene.lab.folder('connect', `${stateDir}/secret.key`));
        const { exitCode, stdout } = await scene.causeway(['connect', 'secret', 'check']);
        assert.equal(exitCode, 1);
        assert.match(stdout, /does not open with this machine's key/);
      });
    });

    describe('the diagnosis', () => {
      const diagnose = async (
        ...args: string[]
      ): Promise<Answer & { chain: { usable: boolean; reason: string } | null }> =>
        (await scene.answer(['diagnose', 'passwordsync', ...args])) as Awaited<ReturnType<typeof diagnose>>;

      it('does without the agent, says so, and goes on', async () => {
        const { agentPublicKey } = await scene.init();
        await scene.startDirectory(agentPublicKey);
        const answer = await diagnose('--user', scene.lab.users[0]?.accountName ?? '');
        assert.equal(answer.exitCode, 1);
        assert.deepEqual(failures(answer), ['agent.runs']);
        assert.equal(outcomeOf(answer, 'agent.runs').code, 'ERR_CONTROL_UNREACHABLE');
        assert.equal(outcomeOf(answer, 'tenant.feature').kind, 'ok');
        assert.equal(outcomeOf(answer, `replication.proof:${dc}`).kind, 'ok');
        assert.equal(answer.chain?.usable, false);
        assert.match(answer.chain?.reason ?? '', /the tenant has no user/);
      });

      it('asks the agent where it runs, which seals what is in clear when it starts; a user is explained to the end', async () => {
        const { agentPublicKey } = await scene.init();
        await scene.startDirectory(agentPublicKey);
        const { password } = scene.lab.serviceAccounts.sync;
        scene.lab.writeFile('connect', passwordFile, `${password}\n`, 0o600);
        scene.start('managed-dc1', ['domain', 'run']);
        scene.start('connect', ['connect', 'run']);
        const [good, temporary] = scene.lab.users;
        assert.ok(good && temporary);
        const explain = async (user: string): Promise<Chain> =>
          JSON.parse((await scene.causeway(['explain', user, '--json'])).stdout) as Chain;
        await scene.until('the password is usable', async () => (await explain(good.accountName)).usable);
        assert.deepEqual(scene.filesWith(password), []);

        const chain = await explain(good.dn);
        assert.deepEqual(
          chain.stages.map(({ stage, ok }) => [stage, ok]),
          [
            ['domain controller', true],
            ['connector space', true],
            ['metaverse', true],
            ['tenant connector space', true],
            ['password hash sync', true],
            ['directory', true],
            ['managed domain', true],
          ],
        );
        for (const name of ['domain controller', 'password hash sync', 'directory', 'managed domain']) {
          assert.ok(chain.stages.find(({ stage }) => stage === name)?.at, `${name} has its time`);
        }

        const input = `dn:: ${Buffer.from(temporary.dn).toString('base64')}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 0\n`;
        await scene.lab.exec('corp-dc1', ['ldbmodify', '-H', database], { input });
        await scene.until('the temporary password is held back', async () => {
          const { reason, nextStep } = await explain(temporary.accountName);
          return /FilteredByTarget/.test(reason) && /ForcePasswordChangeOnLogOn/.test(nextStep ?? '');
        });

        const answer = await diagnose('--user', good.accountName);
        assert.deepEqual([answer.exitCode, failures(answer), answer.chain?.usable], [0, [], true]);
        assert.equal(outcomeOf(answer, `channel.heartbeat:${forest}`).kind, 'ok');
        assert.equal(outcomeOf(answer, `channel.cycle:${forest}`).kind, 'ok');
        await scene.stop('connect');
        await scene.stop('managed-dc1');
      });

      it('knows no connector of another case', async () => {
        await scene.init();
        const { exitCode, stderr } = await diagnose('--connector', forest.toUpperCase());
        assert.equal(exitCode, 2);
        assert.match(stderr, /ERR_CONFIG_CONNECTOR.*case counts/);
      });
    });

    it('explains one user in its first line, also while the agent does not run', async () => {
      const { agentPublicKey } = await scene.init();
      await scene.startDirectory(agentPublicKey);
      const { exitCode, stdout } = await scene.causeway(['explain', scene.lab.users[0]?.accountName ?? '']);
      assert.equal(exitCode, 1);
      assert.match(stdout.split('\n')[0] ?? '', /^✖ .*the tenant has no user/);
      assert.match(stdout, /✔ domain controller .* at corp-dc1/);
      assert.match(stdout, /connector space .* not asked: /);
      const unknown = await scene.causeway(['explain', 'nobody-at-all']);
      assert.match(unknown.stdout.split('\n')[0] ?? '', /no domain controller that is read has a user nobody-at-all/);
    });
  },
);
