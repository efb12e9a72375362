import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DOMAINS, HOSTS, Lab } from '@causeway/lab';
import type { DcSettings, LabAccount, LabUser } from '@causeway/lab';

process.env['CAUSEWAY_LAB_STATE'] = '/var/lib/causeway-lab-test';

const { baseDn, netbiosName, realm } = DOMAINS['corp-dc1'];
const FIRST = HOSTS['corp-dc1'].fqdn;
const SECOND = HOSTS['corp-dc2'].fqdn;
const TICKETS = { KRB5CCNAME: '/tmp/domain-controllers.tickets' };

let lab: Lab;
let alice: LabUser & { password: string };

/** Runs a program on `connect`: its exit code and all it said. */
async function run(command: readonly string[], input = '', env = {}): Promise<{ exitCode: number; said: string }> {
  const { exitCode, stdout, stderr } = await lab.exec('connect', command, { input, env: { ...TICKETS, ...env } });
  return { exitCode, said: `${stdout}\n${stderr}` };
}

async function signIn(principal: string, password: string, env = {}): Promise<{ exitCode: number; said: string }> {
  return run(['kinit', '-E', principal], `${password}\n`, env);
}

/** Session key and ticket key of each ticket that there is after a ticket for a domain controller's LDAP was got. */
async function encryptionTypes(fqdn: string, env = {}): Promise<string[]> {
  const kvno = await run(['kvno', `ldap/${fqdn}`], '', env);
  assert.equal(kvno.exitCode, 0, kvno.said);
  const { said } = await run(['klist', '-e']);
  const pairs = [...said.matchAll(/Etype \(skey, tkt\): (.*?), (\S*)/g)].flatMap(([, session, ticket]) => [
    session,
    ticket,
  ]);
  return [...new Set(pairs.map((name) => name?.replace('DEPRECATED:', '') ?? ''))];
}

/** An environment in which MIT's programs know one encryption type alone. */
function onlyType(name: string): Record<string, string> {
  const file = `/tmp/krb5-${name}.conf`;
  const settings = lab.readFile('connect', '/etc/krb5.conf');
  lab.writeFile(
    'connect',
    file,
    settings.replace('[libdefaults]\n', `[libdefaults]\n  permitted_enctypes = ${name}\n`),
  );
  return { KRB5_CONFIG: file };
}

/** Whether an account may read password hashes by replication, signed in with NTLM. */
async function replicatesWithNtlm({ name, password }: LabAccount): Promise<boolean> {
  lab.writeFile('connect', '/tmp/login', `username=${name}\npassword=${password}\ndomain=${netbiosName}\n`, 0o600);
  const command = ['rpcclient', `ncacn_ip_tcp:${FIRST}[seal]`, '-A', '/tmp/login', '-c', `dsgetncchanges ${baseDn}`];
  return (await run(command)).exitCode === 0;
}

/** The second domain controller is stopped: its KDC has settings of its own, and would answer too. */
async function configure(settings: DcSettings): Promise<void> {
  await lab.configureDc('corp-dc1', settings);
  await lab.stopDc('corp-dc2');
}

before(async () => {
  lab = await Lab.up({ name: 'controllers', users: 20, secondDc: true });
  const [user] = lab.users;
  assert.ok(user?.password !== undefined);
  alice = { ...user, password: user.password };
});

after(async () => {
  await Lab.remove('controllers');
});

describe('a second domain controller', () => {
  test('serves what has been replicated to it, while the first is stopped', async () => {
    await lab.setPassword(alice, 'replicated pässword 1');
    await lab.replicate();
    await lab.stopDc('corp-dc1');
    const kinit = await signIn(alice.userPrincipalName, 'replicated pässword 1');
    assert.equal(kinit.exitCode, 0, kinit.said);
    assert.equal((await run(['kvno', `ldap/${SECOND}`])).exitCode, 0);
    const search = ['ldapsearch', '-LLL', '-Q', '-Y', 'GSSAPI', '-H', `ldap://${SECOND}`, '-s', 'base', '-b', ''];
    assert.match((await run([...search, 'dnsHostName'])).said, /^dnsHostName: corp-dc2\.corp\.contoso\.test$/m);
    await lab.startDc('corp-dc1');
  });

  test('goes back to a snapshot together with the first', async () => {
    await lab.reset('initial');
    assert.equal((await signIn(alice.userPrincipalName, alice.password)).exitCode, 0);
    await lab.stopDc('corp-dc1');
    assert.equal((await signIn(alice.userPrincipalName, alice.password)).exitCode, 0);
    await lab.startDc('corp-dc1');
    await lab.replicate();
  });

  test('is only there where it was asked for', async () => {
    await assert.rejects(Lab.up({ name: 'controllers', users: 20 }), { code: 'ERR_LAB_EXISTS' });
    assert.deepEqual(
      Lab.status('controllers')
        .hosts.filter(({ samba }) => samba)
        .map(({ name }) => name)
        .sort(),
      ['corp-dc1', 'corp-dc2', 'managed-dc1'],
    );
  });
});

describe('settings of a domain controller', () => {
  test('NTLM disabled and AES alone: RC4 and NTLM are refused', async () => {
    await configure({ ntlm: 'disabled', kerberos: 'aes' });
    const refused = await signIn(alice.userPrincipalName, alice.password, onlyType('arcfour-hmac'));
    assert.match(refused.said, /KDC has no support for encryption type/);
    assert.equal((await signIn(alice.userPrincipalName, alice.password)).exitCode, 0);
    assert.deepEqual(await encryptionTypes(FIRST), ['aes256-cts-hmac-sha1-96']);
    assert.equal(await replicatesWithNtlm(lab.serviceAccounts.sync), false);
  });

  test('RC4 alone: AES is refused, session keys and tickets are RC4', async () => {
    await configure({ kerberos: 'rc4' });
    const refused = await signIn(alice.userPrincipalName, alice.password, onlyType('aes256-cts'));
    assert.match(refused.said, /KDC has no support for encryption type/);
    assert.equal((await signIn(alice.userPrincipalName, alice.password)).exitCode, 0);
    assert.deepEqual(await encryptionTypes(FIRST), ['arcfour-hmac']);
  });

  test('parameters of smb.conf, until others are given', async () => {
    const effective = async (): Promise<string> => {
      const { stdout } = await lab.exec('corp-dc1', ['testparm', '-s', '--parameter-name=drs:max object sync']);
      return stdout.trim();
    };
    await configure({ smbConf: { 'drs:max object sync': '3' } });
    assert.equal(await effective(), '3');
    await configure({});
    assert.equal(await effective(), '');
    assert.equal(await replicatesWithNtlm(lab.serviceAccounts.sync), true);
  });
});

describe('service accounts', () => {
  test('svc-causeway is a plain user, and has no right in the domain but the two', async () => {
    const onDc = async (...args: string[]): Promise<string> => {
      const { stdout, stderr, exitCode } = await lab.exec('corp-dc1', args);
      assert.equal(exitCode, 0, stderr);
      return stdout;
    };
    const dn = `CN=${lab.serviceAccounts.sync.name},CN=Users,${baseDn}`;
    const database = ['-H', '/var/lib/samba/private/sam.ldb'];
    const attributes = ['memberOf', 'adminCount', 'tokenGroups', 'objectSid', 'servicePrincipalName'];
    const account = await onDc('ldbsearch', ...database, '-s', 'base', '-b', dn, ...attributes);
    const sid = /^objectSid: (\S+)$/m.exec(account)?.[1] ?? 'none';
    assert.doesNotMatch(account, /^(memberOf|adminCount|servicePrincipalName):/m);
    const groups = [...account.matchAll(/^tokenGroups: (\S+)$/gm)].map(([, group]) => group);
    // Domain Users, and with it the local group Users.
    assert.deepEqual(groups, [sid.replace(/-\d+$/, '-513'), 'S-1-5-32-545']);
    const sddl = await onDc('samba-tool', 'dsacl', 'get', ...database, `--objectdn=${baseDn}`);
    const entries = [...sddl.matchAll(/\(([^()]*)\)/g)]
      .map(([, entry = '']) => entry)
      .filter((entry) => entry.endsWith(sid));
    assert.deepEqual(entries.map((entry) => entry.split(';').slice(0, 4).join(';')).sort(), [
      'OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2',
      'OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2',
    ]);
  });

  test('a keytab of an account signs it in', async () => {
    await lab.exportKeytab(lab.serviceAccounts.sync, 'connect', '/tmp/sync.keytab');
    const { said } = await run(['klist', '-ke', '/tmp/sync.keytab']);
    for (const type of ['aes256-cts-hmac-sha1-96', 'aes128-cts-hmac-sha1-96', 'arcfour-hmac']) {
      assert.ok(said.includes(type), type);
    }
    const kinit = await run(['kinit', '-k', '-t', '/tmp/sync.keytab', lab.serviceAccounts.sync.name]);
    assert.equal(kinit.exitCode, 0, kinit.said);
  });

  test('svc-enterprise signs in with a name of another suffix and may replicate', async () => {
    const account = lab.serviceAccounts.enterpriseName;
    assert.equal(account.userPrincipalName, 'hash.reader@contoso.test');
    const kinit = await signIn(account.userPrincipalName, account.password);
    assert.equal(kinit.exitCode, 0, kinit.said);
    assert.ok((await run(['klist'])).said.includes(`@${realm}`));
    assert.equal(await replicatesWithNtlm(account), true);
  });
});
