import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  Deployment,
  Lab,
  signInByKerberos,
  signInByLdap,
  signInByNtlm,
  STAFF_DN,
  type LabUser,
  type SignIn,
} from '@causeway/lab';

/** A user whose password the test knows. */
interface Known {
  readonly accountName: string;
  readonly userPrincipalName: string;
  readonly password: string;
}

describe('the main job: a corporate password signs in at the managed domain', () => {
  let lab: Lab;
  let deployment: Deployment;
  let known: (LabUser & Known)[];

  before(async () => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset('initial');
    deployment = await Deployment.install(lab);
    known = lab.users.filter((user): user is LabUser & Known => user.password !== undefined);
    deployment.startAll();
    await deployment.until('every user is applied', async () => {
      const status = await deployment.status();
      return status !== undefined && (status.outcomes['applied'] ?? 0) >= lab.users.length ? status : undefined;
    });
  });

  after(async () => {
    await deployment.stopAll();
  });

  async function ldif(text: string): Promise<void> {
    const command = ['ldbmodify', '-H', '/var/lib/samba/private/sam.ldb'];
    const { exitCode, stderr } = await lab.exec('corp-dc1', command, { input: `${text}\n` });
    assert.equal(exitCode, 0, stderr);
  }

  /** The sign-in, tried again until it ends as expected. */
  async function eventually(expected: boolean, attempt: () => Promise<SignIn>): Promise<SignIn> {
    return deployment.until(`a sign-in that ${expected ? 'succeeds' : 'is refused'}`, async () => {
      const signIn = await attempt();
      return signIn.succeeded === expected ? signIn : undefined;
    });
  }

  async function outcomeOf(user: { accountName: string }): Promise<{ status: string; reason: string }> {
    const { stdout } = await deployment.causeway('connect', ['status', user.accountName, '--json']);
    return JSON.parse(stdout) as { status: string; reason: string };
  }

  test('every kind of password works: long ones, with spaces, in other scripts', async () => {
    const longest = known.toSorted((left, right) => right.password.length - left.password.length)[0];
    const spaced = known.find(({ password }) => password.includes(' '));
    const foreign = known.find(({ password }) => /[^ -~]/.test(password));
    const foreignName = known.find(({ accountName }) => /[^ -~]/.test(accountName));
    for (const user of [longest, spaced, foreign, foreignName]) {
      assert.ok(user, 'the lab has such a user');
      const byName = { name: user.accountName, password: user.password };
      const byPrincipal = { name: user.userPrincipalName, byPrincipalName: true, password: user.password };
      for (const signIn of [
        await signInByKerberos(lab, byName),
        await signInByKerberos(lab, byPrincipal),
        await signInByNtlm(lab, byName),
        await signInByLdap(lab, byPrincipal),
      ]) {
        assert.ok(signIn.succeeded, `${user.accountName}: ${signIn.command}: ${signIn.answer}`);
      }
    }
  });

  test('an account without its own password, such as Administrator, is not carried', async () => {
    const { name, password } = lab.administrators['corp-dc1'];
    assert.equal((await signInByKerberos(lab, { name, password })).succeeded, false);
    const { name: local, password: own } = lab.administrators['managed-dc1'];
    assert.equal((await signInByKerberos(lab, { name: local, password: own })).succeeded, true);
  });

  test('a changed password replaces the old one in Kerberos, NTLM and LDAP', async () => {
    const user = known[20];
    assert.ok(user);
    const password = `${user.password} 2`;
    await lab.setPassword(user, password);
    await eventually(true, async () => signInByKerberos(lab, { name: user.accountName, password }));
    for (const signIn of [signInByKerberos, signInByNtlm, signInByLdap]) {
      const old = await signIn(lab, { name: user.accountName, password: user.password });
      assert.equal(old.succeeded, false, old.command);
      const current = await signIn(lab, { name: user.accountName, password });
      assert.ok(current.succeeded, `${current.command}: ${current.answer}`);
    }
  });

  test('a user made after the first synchronization arrives, renamed follows, disabled is kept out, deleted is gone', async () => {
    const password = 'Made later, signs in at once 1';
    const dn = `CN=Later Person,${STAFF_DN}`;
    const unicodePwd = Buffer.from(`"${password}"`, 'utf16le').toString('base64');
    await ldif(
      `dn: ${dn}\nchangetype: add\nobjectClass: user\nsAMAccountName: later\nuserPrincipalName: later@contoso.test\n` +
        `userAccountControl: 512\nunicodePwd:: ${unicodePwd}\n`,
    );
    await eventually(true, async () => signInByKerberos(lab, { name: 'later', password }));

    await ldif(`dn: ${dn}\nchangetype: modify\nreplace: sAMAccountName\nsAMAccountName: later.renamed\n`);
    await eventually(true, async () => signInByNtlm(lab, { name: 'later.renamed', password }));
    assert.equal((await signInByNtlm(lab, { name: 'later', password })).succeeded, false);

    await ldif(`dn: ${dn}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n`);
    await eventually(false, async () => signInByKerberos(lab, { name: 'later.renamed', password }));
    assert.equal((await outcomeOf({ accountName: 'later.renamed' })).status, 'disabled');

    await ldif(`dn: ${dn}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 512\n`);
    await eventually(true, async () => signInByKerberos(lab, { name: 'later.renamed', password }));

    await ldif(`dn: ${dn}\nchangetype: delete\n`);
    const gone = await eventually(false, async () => signInByKerberos(lab, { name: 'later.renamed', password }));
    assert.match(gone.answer, /not found in Kerberos database/);
  });

  test('a password that must be changed first stays on-premises until it has been', async () => {
    const password = 'Temporary, to be changed 1';
    const dn = `CN=New Starter,${STAFF_DN}`;
    const unicodePwd = Buffer.from(`"${password}"`, 'utf16le').toString('base64');
    await ldif(
      `dn: ${dn}\nchangetype: add\nobjectClass: user\nsAMAccountName: starter\nuserAccountControl: 512\n` +
        `userPrincipalName: starter@contoso.test\nunicodePwd:: ${unicodePwd}\npwdLastSet: 0\n`,
    );
    const waiting = await deployment.until('the user waits for a credential', async () => {
      const { exitCode, stdout } = await deployment.causeway('connect', ['status', 'starter', '--json']);
      if (exitCode !== 0) return undefined;
      const answer = JSON.parse(stdout) as { status: string; reason: string };
      return answer.status === 'waitingForCredential' ? answer : undefined;
    });
    assert.notEqual(waiting.reason, '');
    assert.equal((await signInByKerberos(lab, { name: 'starter', password })).succeeded, false);

    // Clearing the flag changes pwdLastSet alone; the password comes all the same.
    await ldif(`dn: ${dn}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: -1\n`);
    await eventually(true, async () => signInByKerberos(lab, { name: 'starter', password }));
  });

  test('each service can be killed at work, and what was changed meanwhile arrives', async () => {
    for (const [index, service] of (['connect', 'directory', 'domain'] as const).entries()) {
      const user = known[30 + index];
      assert.ok(user);
      await deployment.stop(service, 'SIGKILL');
      const password = `${user.password} after ${service}`;
      await lab.setPassword(user, password);
      deployment.start(service);
      await eventually(true, async () => signInByKerberos(lab, { name: user.accountName, password }));
    }
  });

  test('services stop in order when told to', async () => {
    for (const service of ['connect', 'domain', 'directory'] as const) {
      assert.equal(await deployment.stop(service), 0, service);
    }
  });

  test('a domain service that lost all it remembers follows from the beginning, and changes nothing', async () => {
    const place = '/var/lib/causeway/feed-place.json';
    const remembered = lab.readFile('managed-dc1', place);
    const usn = await highestUsn();
    assert.equal((await lab.exec('managed-dc1', ['rm', place])).exitCode, 0);
    deployment.start('directory');
    deployment.start('domain');
    await deployment.until('the domain service has come as far as before', async () => {
      const { stdout } = await lab.exec('managed-dc1', ['cat', place]);
      return stdout === remembered ? true : undefined;
    });
    assert.equal(await highestUsn(), usn, 'nothing was written to the managed domain');
  });

  async function highestUsn(): Promise<string> {
    const base = ['-s', 'base', '-b', '', 'highestCommittedUSN'];
    const { stdout } = await lab.exec('managed-dc1', ['ldbsearch', '-H', '/var/lib/samba/private/sam.ldb', ...base]);
    return /highestCommittedUSN: (\d+)/.exec(stdout)?.[1] ?? assert.fail('the DC tells its highest USN');
  }
});
