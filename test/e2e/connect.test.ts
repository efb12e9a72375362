import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import type { StatusResponse, UserExplanation } from '@causeway/contract';
import { Deployment, DOMAINS, HOSTS, INITIAL_SNAPSHOT, Lab, type LabUser } from '@causeway/lab';

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

  /** The connector of the configuration, with some keys replaced. */
  connector(changes: Record<string, unknown>): Record<string, unknown> {
    return { connector: { ...(this.deployment.configs.connect['connector'] as object), ...changes } };
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

  async credentials(): Promise<number | undefined> {
    return (await this.status())?.credentials;
  }
}

describe('connect on its host, a real domain controller and a real directory', { timeout: 420_000 }, () => {
  let scene: Scene;

  before(async () => {
    const lab = Lab.attach(process.env['CAUSEWAY_LAB']);
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

  it('carries a changed password and a new user within a second, and goes on from its cursor after a restart', async () => {
    const position = scene.deployment.logPosition('connect');
    const changed = performance.now();
    const arrived = await scene.changePassword(scene.user());
    await scene.line('one credential delivered', position, ({ sealed }) => sealed === 1);
    const tookMs = performance.now() - changed;
    assert.ok(tookMs < 3000, `${Math.round(tookMs)} ms, the change itself included`);
    await arrived();

    const name = 'new.colleague';
    const made = await scene.lab.exec('corp-dc1', ['samba-tool', 'user', 'create', name], {
      input: 'Some-new-Passw0rd\nSome-new-Passw0rd\n',
    });
    assert.equal(made.exitCode, 0, made.stderr);
    await scene.deployment.until('the new user with a credential', async () =>
      (await scene.explain({ accountName: name }))?.credential ? true : undefined,
    );

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

  it('says when the service account has a wrong password, and goes on once its file is right', async () => {
    const right = scene.lab.readFile('connect', passwordFile);
    await scene.deployment.stop('connect');
    scene.lab.writeFile('connect', passwordFile, 'not-the-password\n', 0o600);
    const position = await scene.restart();
    const line = await scene.line('the refusal', position, ({ code }) => code === 'ERR_CONNECT_ACCOUNT_REFUSED');
    assert.match(line.msg ?? '', /corp-dc1\.corp\.contoso\.test refuses the service account svc-causeway/);
    assert.match(line.nextStep ?? '', new RegExp(passwordFile));
    const arrived = await scene.changePassword(scene.user());
    scene.lab.writeFile('connect', passwordFile, right, 0o600);
    await arrived();
    await toldOnce(position, 'ERR_CONNECT_ACCOUNT_REFUSED');
  });

  it('carries users though the replication rights are missing, names them, and goes on once they are granted', async () => {
    const { name, password } = scene.lab.serviceAccounts.withoutRights;
    const { name: usual } = scene.lab.serviceAccounts.sync;
    const file = '/etc/causeway/other.password';
    scene.lab.writeFile('connect', file, `${password}\n`, 0o600);
    const position = await scene.restart(scene.connector({ account: { name, passwordFile: file } }));
    const line = await scene.line('missing rights', position, ({ code }) => code === 'ERR_CONNECT_ACCESS_DENIED');
    assert.match(line.msg ?? '', new RegExp(name));
    assert.match(line.nextStep ?? '', /"Replicating Directory Changes All"/);
    const user = scene.user();
    await scene.modify(user, 'replace: displayName\ndisplayName: Renamed Meanwhile');
    await scene.deployment.until('the new display name', async () =>
      (await scene.explain(user))?.user?.displayName === 'Renamed Meanwhile' ? true : undefined,
    );
    const arrived = await scene.changePassword(user);
    await grantReplication(scene.lab, name);
    await arrived();
    await toldOnce(position, 'ERR_CONNECT_ACCESS_DENIED');
    await scene.restart(scene.connector({ account: { name: usual, passwordFile } }));
  });

  it('outlasts a domain controller that is down', async () => {
    const position = scene.deployment.logPosition('connect');
    await scene.lab.stopDc('corp-dc1');
    const line = await scene.line('the outage', position, ({ code }) => code?.startsWith('ERR_CONNECT_DC_') === true);
    assert.match(line.msg ?? '', new RegExp(HOSTS['corp-dc1'].fqdn));
    await scene.lab.startDc('corp-dc1');
    await (
      await scene.changePassword(scene.user())
    )();
    assert.ok(scene.log(position).some(({ msg }) => /password hash sync works again/.test(msg ?? '')));
  });

  it('refuses a domain controller whose certificate is for another name, and goes on with a right one', async () => {
    const position = scene.deployment.logPosition('connect');
    const present = async (request: { host: 'corp-dc1' } | { dnsNames: string[] }): Promise<void> => {
      await scene.lab.replaceCertificate('corp-dc1', request);
      await scene.lab.stopDc('corp-dc1');
      await scene.lab.startDc('corp-dc1');
    };
    await present({ dnsNames: ['dc2.corp.contoso.test'] });
    const line = await scene.line('the name', position, ({ code }) => code === 'ERR_CONNECT_DC_CERTIFICATE');
    assert.match(line.msg ?? '', /not issued for the name corp-dc1\.corp\.contoso\.test/);
    await present({ host: 'corp-dc1' });
    await (
      await scene.changePassword(scene.user())
    )();
  });

  it('outlasts a directory that is down', async () => {
    const position = scene.deployment.logPosition('connect');
    await scene.deployment.stop('directory');
    const arrived = await scene.changePassword(scene.user());
    const line = await scene.line('the outage', position, ({ code }) => code === 'ERR_DIRECTORY_REFUSED');
    assert.match(line.msg ?? '', /cloud\.internet\.test/);
    await delay(2000);
    scene.deployment.start('directory');
    await arrived();
    await toldOnce(position, 'ERR_DIRECTORY_REFUSED');
  });

  it('seals nothing to a key that is not the registered one, names both, and goes on with the right one', async () => {
    const { tenant } = scene.deployment.configs.connect;
    const registered = (await scene.status())?.key?.keyId ?? '';
    // A point of X25519 that is nobody's: the base point.
    const publicKey = Buffer.concat([Buffer.from([9]), Buffer.alloc(31)]).toString('base64');
    const position = await scene.restart({ tenant: { ...(tenant as object), publicKey } });
    const line = await scene.line('the other key', position, ({ code }) => code === 'ERR_CONNECT_KEY_MISMATCH');
    assert.match(line.msg ?? '', new RegExp(`has the id [0-9a-f]{16}; .* registered ${registered}`));
    const arrived = await scene.changePassword(scene.user());
    assert.equal(
      scene.log(position).some(({ sealed }) => sealed !== undefined),
      false,
    );
    await scene.restart({ tenant });
    await arrived();
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
    for (const process of ['object sync', 'password hash sync']) {
      await scene.line(
        `${process} reads everything`,
        position,
        (line) => line.process === process && line.full === true,
      );
    }
    assert.ok(scene.log(position).some(({ code }) => code === 'ERR_CONNECT_USN_ROLLBACK'));
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

  /** A fault is told once by each of the two processes, however often they try, and so is its end. */
  async function toldOnce(since: number, code: string): Promise<void> {
    const lines = scene.log(since).filter((line) => line.code === code && line.nextStep !== undefined);
    for (const process of ['object sync', 'password hash sync']) {
      assert.ok(
        lines.filter((line) => line.process === process).length <= 1,
        `${process} told ${code} again and again`,
      );
    }
    assert.ok(lines.length > 0);
  }
});

/** Grants an account the two rights, as an administrator does. */
async function grantReplication(lab: Lab, account: string): Promise<void> {
  const shown = await lab.exec('corp-dc1', ['samba-tool', 'user', 'show', account, '--attributes=objectSid']);
  const sid = /^objectSid: (\S+)$/m.exec(shown.stdout)?.[1];
  assert.ok(sid);
  const rights = ['1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2'];
  const sddl = rights.map((right) => `(OA;;CR;${right};;${sid})`).join('');
  const granted = await lab.exec('corp-dc1', [
    'samba-tool',
    'dsacl',
    'set',
    `--objectdn=${DOMAINS['corp-dc1'].baseDn}`,
    `--sddl=${sddl}`,
  ]);
  assert.equal(granted.exitCode, 0, granted.stderr);
}
