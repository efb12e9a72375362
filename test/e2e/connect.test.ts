import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { StatusResponse, UserExplanation } from '@causeway/contract';
import { Deployment, DOMAINS, INITIAL_SNAPSHOT, Lab, type LabUser } from '@causeway/lab';

const database = '/var/lib/samba/private/sam.ldb';
const passwordFile = '/etc/causeway/svc-causeway.password';
const stateDir = '/var/lib/causeway';
/** Bits of userAccountControl, by the filter that AD has for them. */
const bit = (flag: number): string => `(userAccountControl:1.2.840.113556.1.4.803:=${flag})`;
const users = `(sAMAccountType=805306368)(!(isCriticalSystemObject=TRUE))`;

interface Line {
  readonly process?: string;
  readonly code?: string;
  readonly msg?: string;
  readonly nextStep?: string;
  readonly sealed?: number;
  readonly users?: number;
  readonly full?: boolean;
}

/** Connect as an administrator runs it: `causeway connect run` on its host, told what to do by its configuration alone. */
class Scene {
  readonly lab: Lab;
  readonly deployment: Deployment;
  #nextUser = 0;

  constructor(lab: Lab, deployment: Deployment) {
    this.lab = lab;
    this.deployment = deployment;
  }

  /** Starts connect with some keys of its configuration replaced; gives the position in its log. */
  async restart(changes: Record<string, unknown> = {}): Promise<number> {
    await this.deployment.stop('connect');
    this.deployment.configure('connect', changes);
    const position = this.deployment.logPosition('connect');
    this.deployment.start('connect');
    return position;
  }

  log(since: number): Line[] {
    return this.deployment.log('connect', since);
  }

  /** Waits for a line of connect's log. */
  async line(what: string, since: number, is: (line: Line) => boolean): Promise<Line> {
    return this.deployment.until(what, async () => this.log(since).find(is), 60_000);
  }

  async status(): Promise<StatusResponse | undefined> {
    const { exitCode, stdout } = await this.deployment.causeway('connect', ['status', '--json']);
    return exitCode === 0 ? (JSON.parse(stdout) as StatusResponse) : undefined;
  }

  async explain(user: Pick<LabUser, 'accountName'>): Promise<UserExplanation | undefined> {
    const { exitCode, stdout } = await this.deployment.causeway('connect', ['status', user.accountName, '--json']);
    return exitCode === 0 ? (JSON.parse(stdout) as UserExplanation) : undefined;
  }

  /** How many entries of the domain controller's own database a filter finds. */
  async count(filter: string): Promise<number> {
    const command = ['ldbsearch', '-H', database, '-b', DOMAINS['corp-dc1'].baseDn, `(&${users}${filter})`, 'cn'];
    const { stdout } = await this.lab.exec('corp-dc1', command);
    return Number(/^# returned (\d+) records$/m.exec(stdout)?.[1]) - Number(/^# (\d+) referrals$/m.exec(stdout)?.[1]);
  }

  async modify(user: LabUser, change: string): Promise<void> {
    const input = `dn:: ${Buffer.from(user.dn).toString('base64')}\nchangetype: modify\n${change}\n`;
    const { exitCode, stderr } = await this.lab.exec('corp-dc1', ['ldbmodify', '-H', database], { input });
    assert.equal(exitCode, 0, stderr);
  }

  /** A user whom no other test has touched. */
  user(): LabUser {
    const user = this.lab.users[this.#nextUser];
    assert.ok(user, 'the lab has too few users');
    this.#nextUser += 1;
    return user;
  }

  /** Sets a user's password at the source; gives what waits until the directory has the credential of just this change. */
  async changePassword(user: LabUser): Promise<() => Promise<void>> {
    await this.lab.setPassword(user, `Changed-${user.index}-Passw0rd`);
    const version = await this.passwordVersion(user);
    return async () => {
      await this.deployment.until(`credential ${version} of ${user.accountName}`, async () => {
        const explanation = await this.explain(user);
        return explanation?.credential?.version.version === version ? true : undefined;
      });
    };
  }

  /** The version of unicodePwd in the domain controller's own database. */
  async passwordVersion(user: LabUser): Promise<number> {
    const command = ['ldbsearch', '-H', database, '--show-binary', '-b', user.dn, '-s', 'base', 'replPropertyMetaData'];
    const { stdout } = await this.lab.exec('corp-dc1', command);
    const text = stdout.replaceAll(/\n /g, '');
    const version = /attid\s*: DRSUAPI_ATTID_unicodePwd \(0x9005A\)\s*version\s*: 0x[0-9a-f]+ \((\d+)\)/.exec(
      text,
    )?.[1];
    assert.ok(version, text.slice(0, 500));
    return Number(version);
  }

  /** The last runs of the forest's connector, the newest first. */
  async runs(): Promise<{ counts: Record<string, number> }[]> {
    const forest = DOMAINS['corp-dc1'].forest;
    const { stdout } = await this.deployment.causeway('connect', ['sync', 'history', '--connector', forest, '--json']);
    return stdout === '' ? [] : (JSON.parse(stdout) as { runs: { counts: Record<string, number> }[] }).runs;
  }

  async credentials(): Promise<number | undefined> {
    return (await this.status())?.credentials;
  }
}

describe('connect on its host, a real domain controller and a real directory', { timeout: 420_000 }, () => {
  let scene: Scene;

  before(async () => {
    const lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    const deployment = await Deployment.install(lab);
    scene = new Scene(lab, deployment);
    deployment.start('directory');
    deployment.start('domain');
    await deployment.until('the tenant key is registered', async () => (await scene.status())?.key ?? undefined);
    await deployment.stop('domain');
  });

  after(async () => {
    await scene.deployment.stopAll();
    await scene.lab.reset(INITIAL_SNAPSHOT);
  });

  it('carries every user, and every password that may be used, though it is killed on the way', async () => {
    const disabled = scene.user();
    const mustChange = scene.user();
    await scene.modify(disabled, 'replace: userAccountControl\nuserAccountControl: 514');
    await scene.modify(mustChange, 'replace: pwdLastSet\npwdLastSet: 0');
    await scene.restart();
    await scene.deployment.until('a first batch of users', async () => (await scene.status())?.users || undefined);
    await scene.deployment.stop('connect', 'SIGKILL');
    await scene.restart();
    const held = (await scene.count(bit(2))) + (await scene.count('(pwdLastSet=0)(!(userAccountControl=514))'));
    const all = await scene.count('');
    assert.ok(all >= scene.lab.users.length && held >= 2, `${all} users, ${held} of them without a usable password`);
    await scene.deployment.until(`${all} users and ${all - held} credentials`, async () => {
      const status = await scene.status();
      return status?.users === all && status.credentials === all - held ? true : undefined;
    });
    assert.equal((await scene.explain(disabled))?.credential, null);
    assert.equal((await scene.explain(mustChange))?.credential, null);

    await scene.modify(disabled, 'replace: userAccountControl\nuserAccountControl: 512');
    await scene.modify(mustChange, 'replace: pwdLastSet\npwdLastSet: -1');
    await scene.deployment.until('both passwords, once they may be used', async () =>
      (await scene.credentials()) === all - held + 2 ? true : undefined,
    );
  });

  it('carries a new user, a changed password within seconds, and goes on from its cursor after a restart', async () => {
    const name = 'new.colleague';
    const made = await scene.lab.exec('corp-dc1', ['samba-tool', 'user', 'create', name], {
      input: 'Some-new-Passw0rd\nSome-new-Passw0rd\n',
    });
    assert.equal(made.exitCode, 0, made.stderr);
    await scene.deployment.until('the new user with a credential', async () =>
      (await scene.explain({ accountName: name }))?.credential ? true : undefined,
    );

    const position = scene.deployment.logPosition('connect');
    const changed = performance.now();
    const arrived = await scene.changePassword(scene.user());
    await scene.line('one credential delivered', position, ({ sealed }) => sealed === 1);
    const tookMs = performance.now() - changed;
    assert.ok(tookMs < 3000, `${Math.round(tookMs)} ms, the change itself included`);
    await arrived();

    await scene.deployment.stop('connect');
    const after = await scene.changePassword(scene.user());
    const restarted = await scene.restart();
    await after();
    const delivered = scene.log(restarted).filter(({ sealed }) => sealed !== undefined);
    assert.deepEqual(
      delivered.map(({ sealed, full }) => ({ sealed, full })),
      [{ sealed: 1, full: false }],
    );
  });

  it('reads everything again when the domain controller has gone back to an older state behind its back', async () => {
    const { lab } = scene;
    const folder = lab.folder('corp-dc1', '/var/lib/samba/private');
    const copy = `${folder}.older`;
    await lab.stopDc('corp-dc1');
    cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
    await lab.startDc('corp-dc1');
    const forgotten = scene.user();
    // Enough changes that the older state has not caught up with them when connect looks again.
    for (let change = 0; change < 20; change += 1) {
      await scene.modify(forgotten, `replace: description\ndescription: change ${change}`);
    }
    await (
      await scene.changePassword(forgotten)
    )();
    const position = scene.deployment.logPosition('connect');
    await lab.stopDc('corp-dc1');
    rmSync(folder, { recursive: true });
    renameSync(copy, folder);
    await lab.startDc('corp-dc1');
    await (
      await scene.changePassword(scene.user())
    )();
    // The full synchronization says how many users it went through.
    await scene.line('password hash sync reads everything', position, (line) => (line.users ?? 0) > lab.users.length);
    await scene.deployment.until('object sync reads everything', async () =>
      (await scene.runs()).find(({ counts }) => (counts['unchanged'] ?? 0) > lab.users.length),
    );
    const told = scene.log(position).filter(({ code }) => code === 'ERR_CONNECT_USN_ROLLBACK');
    assert.deepEqual(new Set(told.map(({ process }) => process)), new Set(['object sync', 'password hash sync']));
    const status = await scene.status();
    assert.ok(status !== undefined && status.users >= lab.users.length, 'nobody was deleted for it');
  });

  it('ends with a failure when it runs once and cannot, or cannot run at all', async () => {
    await scene.deployment.stop('connect');
    await scene.deployment.stop('directory');
    const once = await scene.deployment.causeway('connect', ['connect', 'run', '--once']);
    assert.equal(once.exitCode, 1);
    assert.match(once.stderr, /cloud\.internet\.test.*\n *next step: /);
    scene.lab.writeFile('connect', passwordFile, scene.lab.readFile('connect', passwordFile), 0o644);
    const open = await scene.deployment.causeway('connect', ['connect', 'run']);
    assert.notEqual(open.exitCode, 0);
    assert.match(open.stderr, /has mode 0644.*\n *next step: run: chmod 600/);
    scene.lab.writeFile('connect', passwordFile, scene.lab.readFile('connect', passwordFile), 0o600);
    scene.deployment.start('directory');
    await scene.deployment.until('the directory answers', async () => scene.status());
    const works = await scene.deployment.causeway('connect', ['connect', 'run', '--once']);
    assert.equal(works.exitCode, 0, works.stderr);
  });

  it('keeps no password, and no secret of one, in its state and its log', () => {
    const secrets = [scene.lab.serviceAccounts.sync, scene.lab.serviceAccounts.withoutRights].map(
      ({ password }) => password,
    );
    const files = ['object-sync.json', 'password-hash-sync.json'].map((name) => path.join(stateDir, name));
    const texts = files.map((file) => scene.lab.readFile('connect', file));
    texts.push(readFileSync(scene.deployment.logFile('connect'), 'utf8'));
    for (const text of texts) {
      assert.ok(text.length > 100);
      for (const secret of [...secrets, 'Changed-', 'Some-new-']) assert.equal(text.includes(secret), false);
    }
  });
});
