import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { UserExplanation } from '@causeway/contract';
import type { AgentStatus, Preview, Run } from '@causeway/control';
import { Deployment, INITIAL_SNAPSHOT, Lab, type LabUser } from '@causeway/lab';

const program = join(import.meta.dirname, '../../apps/causeway/bin/causeway');
const secondConfig = '/etc/causeway/connect-2.yaml';
const secondLog = '/var/log/causeway/connect-2.log';
const samDatabase = '/var/lib/samba/private/sam.ldb';

describe('handing over from the active agent to one that was staging', { timeout: 300_000 }, () => {
  let lab: Lab;
  let deployment: Deployment;
  let second: ChildProcess;
  let object: LabUser;
  let password: LabUser;

  before(async () => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    deployment = await Deployment.install(lab);
    const [first, other] = lab.users.slice(40);
    assert.ok(first && other);
    [object, password] = [first, other];
    await installSecond();
    deployment.startAll();
    await until('everything is there', async () => {
      const status = await deployment.status();
      return status !== undefined && status.credentials >= lab.users.length && status.waitingForDomain === 0;
    });
  });

  after(async () => {
    if (second.exitCode === null) {
      const exit = once(second, 'exit');
      second.ref();
      second.kill('SIGTERM');
      await exit;
    }
    await deployment.stopAll();
    await lab.reset(INITIAL_SNAPSHOT);
  });

  /** A second agent on the same host, with state, key and name of its own. */
  async function installSecond(): Promise<void> {
    const { directory, ...config } = deployment.configs.connect;
    // Secrets are sealed to an agent's own state folder.
    const passwordFile = '/etc/causeway/svc-causeway-2.password';
    lab.writeFile('connect', passwordFile, `${lab.serviceAccounts.sync.password}\n`, 0o600);
    const [connector] = config['connectors'] as [{ account: object }];
    const connectors = [{ ...connector, account: { ...connector.account, passwordFile } }];
    const agent = { ...(directory as object), agent: 'connect-2', key: '/etc/causeway/agent-2.key' };
    const text = { ...config, connectors, directory: agent, stateDir: '/var/lib/causeway-2', staging: true };
    lab.writeFile('connect', secondConfig, JSON.stringify(text), 0o600);
    const { stdout } = await deployment.causeway('connect', ['connect', 'key', '-c', secondConfig, '--json']);
    const { publicKey } = JSON.parse(stdout) as { publicKey: string };
    const [tenant] = deployment.configs.directory['tenants'] as [{ id: string; agents: object[] }];
    const agents = [...tenant.agents, { id: 'connect-2', role: 'connect', publicKey }];
    deployment.configure('directory', { tenants: [{ ...tenant, agents }] });
  }

  function startSecond(): void {
    const file = lab.folder('connect', secondLog);
    mkdirSync(dirname(file), { recursive: true });
    const output = openSync(file, 'a', 0o600);
    second = lab.spawn('connect', [program, 'connect', 'run', '-c', secondConfig], {
      stdio: ['ignore', output, output],
    });
    second.unref();
    closeSync(output);
  }

  async function ofSecond<T>(...args: string[]): Promise<T | undefined> {
    const { exitCode, stdout } = await deployment.causeway('connect', [...args, '-c', secondConfig, '--json']);
    return exitCode === 0 ? (JSON.parse(stdout) as T) : undefined;
  }

  async function runsOfSecond(): Promise<readonly Run[]> {
    return (await ofSecond<{ runs: Run[] }>('sync', 'history'))?.runs ?? [];
  }

  async function explain({ accountName }: LabUser): Promise<UserExplanation> {
    const { stdout } = await deployment.causeway('connect', ['status', accountName, '--json']);
    return JSON.parse(stdout) as UserExplanation;
  }

  async function until(what: string, is: () => Promise<boolean>): Promise<void> {
    await deployment.until(what, async () => ((await is()) ? true : undefined));
  }

  it('imports and synchronizes while it is staging, finds nothing to do, and sends nothing', async () => {
    startSecond();
    await until('the second agent has synchronized', async () =>
      (await runsOfSecond()).some(
        ({ connector, runProfile }) => connector.endsWith('AAD') && runProfile === 'Delta Synchronization',
      ),
    );
    const runs = await runsOfSecond();
    assert.ok(runs.every(({ runProfile }) => runProfile !== 'Export'));
    assert.equal((await ofSecond<{ agent: AgentStatus }>('sync', 'status'))?.agent.stagingMode, true);
    const preview = await ofSecond<Preview>('sync', 'preview');
    assert.deepEqual([preview?.adds, preview?.updates, preview?.deletes], [0, 0, 0]);
  });

  it('takes over with what changed while nobody was active, and nothing else', async () => {
    await deployment.stop('connect');
    const before = await explain(password);
    await lab.setPassword(password, 'Handed-0ver-Passw0rd');
    const input = `dn:: ${Buffer.from(object.dn).toString('base64')}\nchangetype: modify\nreplace: title\ntitle: Heir\n\n`;
    assert.equal((await lab.exec('corp-dc1', ['ldbmodify', '-H', samDatabase], { input })).exitCode, 0);
    const [newest] = await runsOfSecond();
    await ofSecond('sync', 'staging', 'off');
    await until('the object', async () => (await explain(object)).user?.jobTitle === 'Heir');
    await until('the password', async () => {
      const { credential } = await explain(password);
      return (credential?.version.version ?? 0) > (before.credential?.version.version ?? 0);
    });
    const since = (await runsOfSecond()).filter(({ id }) => id > (newest?.id ?? 0));
    const profiles = since.filter(({ connector }) => !connector.endsWith('AAD')).map(({ runProfile }) => runProfile);
    assert.ok(
      profiles.every((profile) => profile.startsWith('Delta')),
      profiles.join(),
    );
    const sent = since.reduce(
      (sum, { counts }) => sum + (counts['exportUpdates'] ?? 0) + (counts['exportAdds'] ?? 0),
      0,
    );
    assert.equal(sent, 1);
    assert.ok(since.every(({ counts }) => (counts['exportDeletes'] ?? 0) === 0));
  });
});
