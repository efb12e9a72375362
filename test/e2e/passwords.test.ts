import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { UserExplanation } from '@causeway/contract';
import type { AgentStatus } from '@causeway/control';
import { Deployment, INITIAL_SNAPSHOT, Lab, type LabUser } from '@causeway/lab';

const database = '/var/lib/samba/private/sam.ldb';
/** The events of batches. */
const batch = [650, 651, 656, 657];

interface Answer {
  readonly started: boolean;
  readonly results: readonly { readonly dn: string; readonly status: string; readonly detail: string | null }[];
}

/** Password hash sync as an administrator sees it: by the `causeway` command and the event log. */
class Scene {
  readonly lab: Lab;
  readonly deployment: Deployment;
  #nextUser = 0;

  constructor(lab: Lab, deployment: Deployment) {
    this.lab = lab;
    this.deployment = deployment;
  }

  /** A user whom no other test has touched. */
  user(): LabUser {
    const user = this.lab.users[this.#nextUser];
    assert.ok(user, 'the lab has too few users');
    this.#nextUser += 1;
    return user;
  }

  async modify(dn: string, change: string): Promise<void> {
    const input = `dn:: ${Buffer.from(dn).toString('base64')}\nchangetype: modify\n${change}\n`;
    const { exitCode, stderr } = await this.lab.exec('corp-dc1', ['ldbmodify', '-H', database], { input });
    assert.equal(exitCode, 0, stderr);
  }

  async explain(accountName: string): Promise<UserExplanation | undefined> {
    const { exitCode, stdout } = await this.deployment.causeway('connect', ['status', accountName, '--json']);
    return exitCode === 0 ? (JSON.parse(stdout) as UserExplanation) : undefined;
  }

  /** The number of the user's password at the tenant; 0 for none. */
  async version(accountName: string): Promise<number> {
    return (await this.explain(accountName))?.credential?.version.version ?? 0;
  }

  async hasPassword(accountName: string): Promise<true | undefined> {
    return (await this.version(accountName)) > 0 ? true : undefined;
  }

  /** Runs `causeway sync …` and gives what it says. */
  async sync<T>(...args: string[]): Promise<T> {
    const { stdout, stderr } = await this.deployment.causeway('connect', ['sync', ...args, '--json']);
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout) as T;
  }

  /** Number of the newest event. */
  async newest(): Promise<number> {
    return (await this.deployment.events()).at(-1)?.recordNumber ?? 0;
  }

  async eventsAfter(recordNumber: number): Promise<Awaited<ReturnType<Deployment['events']>>> {
    return (await this.deployment.events(['--limit', '5000'])).filter((event) => event.recordNumber > recordNumber);
  }

  /** Waits for an event, and gives the ids of all since then. */
  async idsUntil(id: number, since: number): Promise<number[]> {
    return this.deployment.until(`event ${id}`, async () => {
      const ids = (await this.eventsAfter(since)).map((event) => event.id);
      return ids.includes(id) ? ids : undefined;
    });
  }

  /** Changes a password and waits for it. */
  async changes(user: LabUser, password: string): Promise<void> {
    const before = await this.version(user.accountName);
    await this.lab.setPassword(user, password);
    await this.deployment.until(`the changed password of ${user.accountName}`, async () =>
      (await this.version(user.accountName)) > before ? true : undefined,
    );
  }
}

describe('password hash sync, rule by rule, from a real domain controller', { timeout: 420_000 }, () => {
  let scene: Scene;
  let mustChange: LabUser;
  let disabled: LabUser;
  let expired: LabUser;

  before(async () => {
    const lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    const deployment = await Deployment.install(lab);
    scene = new Scene(lab, deployment);
    mustChange = scene.user();
    disabled = scene.user();
    expired = scene.user();
    await scene.modify(mustChange.dn, 'replace: pwdLastSet\npwdLastSet: 0');
    await scene.modify(disabled.dn, 'replace: userAccountControl\nuserAccountControl: 514');
    await scene.modify(expired.dn, 'replace: accountExpires\naccountExpires: 130000000000000000');
    deployment.startAll();
    await deployment.until('there is an event log', async () =>
      (await deployment.causeway('connect', ['events'])).exitCode === 0 ? true : undefined,
    );
    await scene.idsUntil(623, 0);
  });

  after(async () => {
    await scene.deployment.stopAll();
    await scene.lab.reset(INITIAL_SNAPSHOT);
  });

  it('begins with a full run after the first synchronization of objects, told in the known order', async () => {
    const events = await scene.deployment.events(['--limit', '5000']);
    const ids = events.map(({ id }) => id);
    const order = ids.filter((id) => [601, 613, 617, 618, 622, 623].includes(id));
    assert.deepEqual(order, [601, 613, 617, 618, 622, 623]);
    const within = ids.slice(ids.indexOf(618), ids.indexOf(622));
    for (const id of [...batch, 619]) assert.ok(within.includes(id), `${id} is among ${within.join()}`);
    const requests = events.filter(({ id }) => id === 656).map(({ data }) => data['users'] as unknown[]);
    assert.ok(requests.every(({ length }) => length >= 1 && length <= 50));
    assert.ok(requests.flat().length >= scene.lab.users.length - 2);
  });

  it('beats with the GUID of the connector', async () => {
    const [beat] = await scene.deployment.events(['--id', '654']);
    assert.match(beat?.message ?? '', /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/);
  });

  it('holds back a temporary password and that of a disabled user, and carries that of an expired account', async () => {
    assert.equal(await scene.version(mustChange.accountName), 0);
    assert.equal(await scene.version(disabled.accountName), 0);
    assert.ok(await scene.hasPassword(expired.accountName));
    const { results } = await scene.sync<Answer>('passwords', '--user', mustChange.accountName);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['FilteredByTarget'],
    );
  });

  it('sends both as soon as they may be used, though the passwords have not changed', async () => {
    await scene.modify(disabled.dn, 'replace: userAccountControl\nuserAccountControl: 512');
    await scene.modify(mustChange.dn, 'replace: pwdLastSet\npwdLastSet: -1');
    for (const { accountName } of [disabled, mustChange]) {
      await scene.deployment.until(`the password of ${accountName}`, () => scene.hasPassword(accountName));
    }
  });

  it('sends passwords of new users, with other letters and with long names', async () => {
    for (const name of ['zofie.müller-łukasz', 'a-name-longer-than-20-characters']) {
      const made = await scene.lab.exec('corp-dc1', ['samba-tool', 'user', 'create', name], {
        input: 'Some-new-Passw0rd\nSome-new-Passw0rd\n',
      });
      assert.equal(made.exitCode, 0, made.stderr);
      await scene.deployment.until(`the password of ${name}`, () => scene.hasPassword(name));
    }
  });

  it('sends one user now, or one unit, and leaves the stream alone', async () => {
    const user = scene.user();
    const since = await scene.newest();
    const one = await scene.sync<Answer>('passwords', '--user', user.userPrincipalName);
    assert.deepEqual(
      one.results.map(({ dn, status }) => [dn, status]),
      [[user.dn, 'Success']],
    );
    const ids = (await scene.eventsAfter(since)).map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id) => batch.includes(id)),
      [650, 656, 657, 651],
    );
    const unit = user.dn.slice(user.dn.indexOf(',') + 1);
    const all = await scene.sync<Answer>('passwords', '--ou', unit);
    const members = scene.lab.users.filter(({ dn }) => dn.endsWith(`,${unit}`));
    assert.deepEqual(
      all.results.map(({ dn, status }) => `${dn} ${status}`).sort(),
      members.map(({ dn }) => `${dn} Success`).sort(),
    );
    await scene.changes(user, 'Changed-after-1-Passw0rd');
  });

  it('compares everybody in a full run, sends nothing that the tenant has, and goes on after it was killed', async () => {
    const since = await scene.newest();
    await scene.sync('passwords', '--all');
    await scene.idsUntil(618, since);
    await scene.deployment.stop('connect', 'SIGKILL');
    scene.deployment.start('connect');
    await scene.deployment.until('the agent answers', async () =>
      (await scene.deployment.causeway('connect', ['sync', 'status'])).exitCode === 0 ? true : undefined,
    );
    const ids = await scene.idsUntil(623, since);
    const order = ids.filter((id) => [617, 618, 622, 623].includes(id));
    assert.deepEqual(order, [617, 618, 622, 623]);
    const results = (await scene.eventsAfter(since))
      .filter(({ id }) => id === 657)
      .flatMap(({ data }) => data['users'] as { result: string; extendedError?: string }[]);
    assert.ok(results.length >= scene.lab.users.length);
    assert.ok(results.every(({ result, extendedError }) => result === 'Success' && extendedError !== undefined));
  });

  it('sends nothing in staging mode, and then what has changed and no more', async () => {
    const user = scene.user();
    await scene.sync('staging', 'on');
    const before = await scene.version(user.accountName);
    const since = await scene.newest();
    await scene.lab.setPassword(user, 'Changed-while-staging-1');
    const refused = await scene.deployment.causeway('connect', ['sync', 'passwords', '--user', user.accountName]);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stderr, /staging/);
    assert.deepEqual(
      (await scene.eventsAfter(since)).filter(({ id }) => [...batch, 653, 654].includes(id)),
      [],
    );
    assert.equal(await scene.version(user.accountName), before);
    await scene.sync('staging', 'off');
    await scene.deployment.until('the password that was changed meanwhile', async () =>
      (await scene.version(user.accountName)) > before ? true : undefined,
    );
    const ids = (await scene.eventsAfter(since)).map(({ id }) => id);
    assert.ok(!ids.includes(617), 'nothing is read anew');
    assert.equal(ids.filter((id) => id === 656).length, 1);
  });

  it('loses nothing when the engine has no database any more and the agent has forgotten what it knew', async () => {
    const user = scene.user();
    await scene.deployment.stop('connect');
    await scene.lab.exec('connect', [
      'sh',
      '-c',
      'rm -f /var/lib/causeway/engine.sqlite* /var/lib/causeway/agent.sqlite*',
    ]);
    await scene.lab.setPassword(user, 'Changed-while-away-1');
    const since = await scene.newest();
    const before = await scene.version(user.accountName);
    scene.deployment.start('connect');
    await scene.idsUntil(623, since);
    assert.ok((await scene.version(user.accountName)) > before);
  });

  it('tells once, as an error, of which domain the rights are missing, with the status of the domain controller', async () => {
    const { name, password } = scene.lab.serviceAccounts.withoutRights;
    const passwordFile = '/etc/causeway/svc-norights.password';
    scene.lab.writeFile('connect', passwordFile, `${password}\n`, 0o600);
    const since = await scene.newest();
    await scene.deployment.stop('connect');
    scene.deployment.configureConnector({ account: { name, passwordFile } });
    scene.deployment.start('connect');
    await scene.idsUntil(611, since);
    const process = `password hash sync of ${scene.deployment.connector().name}`;
    await scene.deployment.until('it has failed several times', async () => {
      const { agent } = await scene.sync<{ agent: AgentStatus }>('status');
      return (agent.processes.find((one) => one.process === process)?.failure?.attempts ?? 0) >= 3 ? true : undefined;
    });
    const failures = (await scene.eventsAfter(since)).filter(({ id }) => id === 611);
    assert.deepEqual(
      failures.map(({ level, data }) => [level, data['domain'], data['status']]),
      [['Error', scene.deployment.connector().name, 8453]],
    );
  });
});
