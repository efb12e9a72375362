import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  configurationDn,
  DOMAINS,
  HEADQUARTERS_GROUP,
  HOSTS,
  Lab,
  PARTNERS_GROUP,
  WORLDWIDE_GROUP,
  type DomainControllerName,
  type LabAccount,
} from '@causeway/lab';

process.env['CAUSEWAY_LAB_STATE'] = '/var/lib/causeway-lab-test';

const DATABASE = '/var/lib/samba/private/sam.ldb';
const CHILD = 'emea-dc1';
const OTHER_FOREST = 'fabrikam-dc1';

let lab: Lab;

async function run(command: readonly string[], input = '', env = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec('connect', command, { input, env });
  assert.equal(exitCode, 0, `${command.slice(0, 2).join(' ')}: ${stderr}`);
  return stdout;
}

/** What a domain controller's own database has of an object, names of members with GUID and SID. */
async function read(dc: DomainControllerName, base: string, ...words: string[]): Promise<string> {
  const { stdout } = await lab.exec(dc, ['ldbsearch', '-H', DATABASE, '-b', base, '--extended-dn', ...words]);
  return stdout.replaceAll('\n ', '');
}

async function describeSite(dc: DomainControllerName, attribute: string, value?: string): Promise<string | undefined> {
  const sites = `CN=Sites,${configurationDn(dc)}`;
  if (value !== undefined) {
    const record = `dn: ${sites}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`;
    await lab.exec(dc, ['ldbmodify', '-H', DATABASE], { input: record });
  }
  return new RegExp(`^${attribute}: (.*)$`, 'm').exec(await read(dc, sites, '-s', 'base', attribute))?.[1];
}

/** Whether an account may read a domain's password hashes by replication. */
async function replicates(dc: DomainControllerName, account: LabAccount, domain: string): Promise<boolean> {
  lab.writeFile(
    'connect',
    '/tmp/login',
    `username=${account.name}\npassword=${account.password}\ndomain=${domain}\n`,
    0o600,
  );
  const query = `dsgetncchanges ${DOMAINS[dc].baseDn}`;
  const command = ['rpcclient', `ncacn_ip_tcp:${HOSTS[dc].fqdn}[seal]`, '-A', '/tmp/login', '-c', query];
  return (await lab.exec('connect', command)).exitCode === 0;
}

async function rootDse(dc: DomainControllerName): Promise<string> {
  const search = ['ldapsearch', '-LLL', '-x', '-H', `ldaps://${HOSTS[dc].fqdn}`, '-s', 'base', '-b', ''];
  return run([...search, 'rootDomainNamingContext']);
}

before(async () => {
  lab = await Lab.up({ name: 'forests', users: 20, childDomain: true, secondForest: true });
});

after(async () => {
  await Lab.remove('forests');
});

describe('a child domain and a second forest', () => {
  test('connect finds the domain controllers of all of them, and nobody else is nearer than before', async () => {
    for (const dc of ['corp-dc1', CHILD, OTHER_FOREST] as const) {
      const { fqdn, addresses } = HOSTS[dc];
      assert.match(await run(['getent', 'hosts', fqdn]), new RegExp(`^${addresses['on-premises']}\\s`));
    }
    for (const host of ['vm1', 'managed-dc1'] as const) {
      const command = ['timeout', '1', 'bash', '-c', 'exec 3<>"/dev/tcp/10.10.0.12/389"'];
      assert.notEqual((await lab.exec(host, command)).exitCode, 0, host);
    }
  });

  test('the child is of its parent’s forest, the other forest is not', async () => {
    assert.match(await rootDse(CHILD), /^rootDomainNamingContext: DC=corp,DC=contoso,DC=test$/m);
    assert.match(await rootDse(OTHER_FOREST), /^rootDomainNamingContext: DC=fabrikam,DC=test$/m);
  });

  test('a change of the configuration reaches the other domain of the forest, either way', async () => {
    await describeSite('corp-dc1', 'description', 'written in corp');
    await describeSite(CHILD, 'adminDescription', 'written in emea');
    await lab.replicate();
    assert.equal(await describeSite(CHILD, 'description'), 'written in corp');
    assert.equal(await describeSite('corp-dc1', 'adminDescription'), 'written in emea');
  });

  test('svc-causeway may replicate passwords of every domain of its forest; svc-norights of none', async () => {
    const { sync, withoutRights } = lab.serviceAccounts;
    assert.equal(await replicates('corp-dc1', sync, 'CORP'), true);
    assert.equal(await replicates(CHILD, sync, 'CORP'), true);
    assert.equal(await replicates(OTHER_FOREST, sync, 'FABRIKAM'), true);
    assert.equal(await replicates(CHILD, withoutRights, 'CORP'), false);
    assert.equal(await replicates(OTHER_FOREST, withoutRights, 'FABRIKAM'), false);
  });

  test('svc-causeway sees what has been deleted, signed in by Kerberos also across domains', async () => {
    const { name, password } = lab.serviceAccounts.sync;
    const env = { KRB5CCNAME: '/tmp/forests.tickets' };
    for (const [dc, realm] of [
      ['corp-dc1', DOMAINS['corp-dc1'].realm],
      [CHILD, DOMAINS['corp-dc1'].realm],
      [OTHER_FOREST, DOMAINS[OTHER_FOREST].realm],
    ] as const) {
      await run(['kinit', `${name}@${realm}`], `${password}\n`, env);
      const deleted = `CN=Deleted Objects,${DOMAINS[dc].baseDn}`;
      const search = ['ldapsearch', '-LLL', '-Q', '-Y', 'GSSAPI', '-H', `ldap://${HOSTS[dc].fqdn}`];
      const found = await run([...search, '-E', '!1.2.840.113556.1.4.417', '-s', 'base', '-b', deleted, 'dn'], '', env);
      assert.ok(found.includes(`dn: ${deleted}`), dc);
    }
  });

  test('groups have members from the other domain, with its GUID and SID, and from the other forest by SID', async () => {
    const [user] = lab.branch(CHILD).users;
    assert.ok(user);
    const identity = async (dc: DomainControllerName, dn: string): Promise<string> =>
      /^dn: (<GUID=.*>);CN=/m.exec(await read(dc, dn, '-s', 'base', 'cn'))?.[1] ?? 'none';
    const worldwide = await read(
      'corp-dc1',
      DOMAINS['corp-dc1'].baseDn,
      `(sAMAccountName=${WORLDWIDE_GROUP})`,
      'member',
    );
    assert.ok(worldwide.includes(`member: ${await identity(CHILD, user.dn)};${user.dn}`), worldwide);
    const alice = lab.users[0]?.dn ?? '';
    const headquarters = await read(CHILD, DOMAINS[CHILD].baseDn, `(sAMAccountName=${HEADQUARTERS_GROUP})`, 'member');
    assert.ok(headquarters.includes(`member: ${await identity('corp-dc1', alice)};${alice}`), headquarters);
    const sid = /<SID=(.*)>$/.exec(await identity('corp-dc1', alice))?.[1] ?? 'none';
    const partners = await read(
      OTHER_FOREST,
      DOMAINS[OTHER_FOREST].baseDn,
      `(sAMAccountName=${PARTNERS_GROUP})`,
      'member',
    );
    assert.ok(partners.includes(`;<SID=${sid}>;CN=${sid},CN=ForeignSecurityPrincipals,`), partners);
  });

  test('their users sign in, their KDCs found by DNS, and reset brings those back in every domain', async () => {
    const signsIn = async (dc: typeof CHILD | typeof OTHER_FOREST, password: string): Promise<boolean> => {
      const [user] = lab.branch(dc).users;
      const command = ['kinit', `${user?.accountName}@${DOMAINS[dc].realm}`];
      return (
        (await lab.exec('connect', command, { input: `${password}\n`, env: { KRB5CCNAME: 'MEMORY:' } })).exitCode === 0
      );
    };
    for (const dc of [CHILD, OTHER_FOREST] as const) {
      const [user] = lab.branch(dc).users;
      assert.ok(user);
      assert.equal(await signsIn(dc, user.password), true, dc);
      await lab.setPassword(user, 'another pässword 1');
      assert.equal(await signsIn(dc, 'another pässword 1'), true, dc);
    }
    await lab.reset('initial');
    for (const dc of [CHILD, OTHER_FOREST] as const) {
      assert.equal(await signsIn(dc, lab.branch(dc).users[0]?.password ?? ''), true, dc);
    }
    await lab.replicate();
  });
});
