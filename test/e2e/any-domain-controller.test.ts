/** The whole password sync against domain controllers that differ: what they refuse, how much they send at a time, and which of two answers. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { controlSocketOf, createControlClient, type ControlClient } from '@causeway/control';
import { testLabWithSecondDc } from '../test-lab.ts';
import { Deployment, Lab, signInByKerberos, signInByLdap, type DcSettings, type LabUser } from '@causeway/lab';

const database = '/var/lib/samba/private/sam.ldb';

type KnownUser = LabUser & { readonly password: string };
const withPassword = (users: readonly LabUser[]): KnownUser[] =>
  users.filter((user): user is KnownUser => user.password !== undefined);

/** The password that a user has after a change. */
const newPasswordOf = (user: KnownUser): string => `${user.password} after the change`;

/** A digest of the NT hash of each account, as Samba's own tool reads it on the domain controller itself. */
async function hashesOf(lab: Lab, dc: 'corp-dc1' | 'managed-dc1'): Promise<Map<string, string>> {
  const command = ['ldbsearch', '-H', database, '(&(objectClass=user)(unicodePwd=*))', 'sAMAccountName', 'unicodePwd'];
  const { exitCode, stdout, stderr } = await lab.exec(dc, command);
  assert.equal(exitCode, 0, stderr);
  const hashes = new Map<string, string>();
  for (const record of stdout.replaceAll('\n ', '').split('\n\n')) {
    const name = /^sAMAccountName:(:?) (.*)$/m.exec(record);
    const hash = /^unicodePwd:: (.*)$/m.exec(record)?.[1];
    if (!name || hash === undefined) continue;
    const text = name[1] === ':' ? Buffer.from(name[2] ?? '', 'base64').toString() : (name[2] ?? '');
    hashes.set(text, createHash('sha256').update(hash).digest('hex'));
  }
  return hashes;
}

/** All of a lab's users are there with their password, and two of them sign in with programs that are not ours. */
async function assertAllCarried(lab: Lab): Promise<void> {
  const [source, managed] = [await hashesOf(lab, 'corp-dc1'), await hashesOf(lab, 'managed-dc1')];
  assert.deepEqual(
    lab.users.filter(({ accountName }) => source.get(accountName) !== managed.get(accountName)),
    [],
  );
  for (const user of withPassword(lab.users).slice(3, 5)) {
    const signIn = await signInByKerberos(lab, { name: user.accountName, password: user.password });
    assert.ok(signIn.succeeded, signIn.answer);
  }
}

async function allApplied(deployment: Deployment): Promise<void> {
  await deployment.until('every user is applied', async () => {
    const status = await deployment.status();
    return (status?.outcomes['applied'] ?? 0) >= deployment.lab.users.length ? true : undefined;
  });
}

/** Objects that the running connect has read for passwords since it was started; 0 while it does not answer. */
async function objectsRead(agent: ControlClient): Promise<number> {
  const status = await agent.readStatus({}).catch(() => undefined);
  const passwords = status?.processes.find(({ process }) => process.startsWith('password hash sync'));
  return passwords?.counts['objectsRead'] ?? 0;
}

/** Settings of a domain controller that sends so many objects at a time. */
const page = (objects: number): Record<string, string> => ({ 'drs:max object sync': String(objects) });

describe('one domain controller, of whatever policy and page size', () => {
  let lab: Lab;
  let deployment: Deployment;

  before(() => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
  });

  after(async () => {
    await deployment.stopAll();
    await lab.configureDc('corp-dc1', {});
  });

  const aesOnly = { ntlm: 'disabled', kerberos: 'aes' } as const;
  const variants: [what: string, settings: DcSettings, connector: Record<string, unknown>][] = [
    ['no NTLM, AES only, 1 object a page', { ...aesOnly, smbConf: page(1) }, {}],
    ['RC4 only, 2 objects a page', { kerberos: 'rc4', smbConf: page(2) }, { kerberos: { allowRc4: true } }],
    ['no certificate, 3 objects a page', { ...aesOnly, smbConf: page(3) }, { ldap: { tls: 'sasl' } }],
    ['NTLM only where nothing else is configured, 133 objects a page', { smbConf: page(133) }, { signIn: 'ntlm' }],
    ['no NTLM, AES only, 1000 objects a page', { ...aesOnly, smbConf: page(1000) }, {}],
  ];

  for (const [what, settings, { signIn, ...connector }] of variants) {
    test(what, async () => {
      await deployment?.stopAll();
      await lab.reset('initial');
      await lab.configureDc('corp-dc1', settings);
      deployment = await Deployment.install(lab);
      deployment.configureConnector(connector);
      if (signIn !== undefined) {
        deployment.configureConnector({ account: { ...deployment.connector().account, signIn } });
      }
      deployment.startAll();
      await allApplied(deployment);
      await assertAllCarried(lab);
      await deployment.stopAll();
    });
  }

  test('a domain controller that knows RC4 alone is not read unless the configuration allows it', async () => {
    deployment.start('directory');
    await lab.configureDc('corp-dc1', { kerberos: 'rc4' });
    const { exitCode, stderr } = await deployment.causeway('connect', ['connect', 'run', '--once']);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /allowRc4/);
  });

  test('nothing falls back to NTLM unasked when there is no KDC', async () => {
    await lab.configureDc('corp-dc1', {});
    const nobody = { kerberos: { kdcs: ['127.0.0.1:9'] }, ldap: { tls: 'sasl' } };
    deployment.configureConnector(nobody);
    const { exitCode, stderr } = await deployment.causeway('connect', ['connect', 'run', '--once']);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /127\.0\.0\.1/);
  });
});

describe('two domain controllers of one domain', () => {
  const changed = 150;
  let lab: Lab;
  let deployment: Deployment;

  before(async () => {
    lab = await testLabWithSecondDc('any-domain-controller');
    deployment = await Deployment.install(lab);
  });

  after(async () => {
    await deployment.stopAll();
    await lab.down();
  });

  test('the one in use is stopped in mid-page: the other one sends what is missing, and nothing else', async (context) => {
    deployment.startAll();
    await allApplied(deployment);
    await assertAllCarried(lab);
    await deployment.stop('connect');

    // A delta of many pages: passwords of many users, and a domain controller that sends one object at a time.
    const users = withPassword(lab.users).slice(0, changed);
    for (const user of users) await lab.setPassword(user, newPasswordOf(user));
    await lab.replicate();
    await lab.configureDc('corp-dc1', { smbConf: page(1) });
    // Asked over its socket, and not by a command that takes longer to start than the read.
    const agent = createControlClient({ socket: controlSocketOf(lab.folder('connect', '/var/lib/causeway')) });
    context.after(async () => agent.close());
    deployment.start('connect');
    await deployment.until('the first pages are read', async () => ((await objectsRead(agent)) > 0 ? true : undefined));
    await lab.stopDc('corp-dc1');
    const fromFirst = await objectsRead(agent);
    assert.ok(fromFirst < changed, `${fromFirst} objects were read before the stop: it came too late`);

    const last = users.at(-1);
    assert.ok(last);
    for (const user of [users[0] ?? last, last]) {
      await deployment.until('the new password signs in', async () => {
        const signIn = await signInByLdap(lab, {
          name: user.userPrincipalName,
          byPrincipalName: true,
          password: newPasswordOf(user),
        });
        return signIn.succeeded ? true : undefined;
      });
    }
    const fromSecond = (await objectsRead(agent)) - fromFirst;
    assert.ok(fromSecond >= changed - fromFirst, `the second one sent ${fromSecond} objects`);
    // The pages of the stopped cycle may come twice, and nothing else: a full read would be all users and more.
    assert.ok(fromSecond < changed + 20, `the second one sent ${fromSecond} objects for ${changed} changed users`);
    assert.ok(deployment.log('connect').some(({ msg }) => String(msg).includes('corp-dc1')));
  });
});
