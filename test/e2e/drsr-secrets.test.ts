/** Secrets as read-only domain controllers get them (EXOP_REPL_SECRETS): who gets whose, on a real domain controller. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ntHash } from '@ad-protocols/crypto';
import { parseGuid, type Guid } from '@ad-protocols/wire';
import { DOMAINS, HOSTS, Lab, type LabAccount, type LabUser } from '@causeway/lab';
import { parseLdif, text } from './support/ldif.ts';
import type { ReaderCommand, ReadObject } from './drsr-reader.ts';
import { RemoteProgram } from './support/remote-program.ts';

const { baseDn, dnsName, netbiosName } = DOMAINS['corp-dc1'];
const host = HOSTS['corp-dc1'].fqdn;
const database = '/var/lib/samba/private/sam.ldb';
const rodc = 'RODC1';
const folder = '/tmp/drsr-rodc';
const passwordFile = '/tmp/drsr-rodc.password';
const settings = `CN=NTDS Settings,CN=${rodc},CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,${baseDn}`;
const revealGroup = 'Allowed RODC Password Replication Group';
const digestKey = randomBytes(32).toString('hex');
const digest = (value: Uint8Array): string => createHmac('sha256', digestKey).update(value).digest('hex');

let lab: Lab;
let rodcAccount: LabAccount;
let destinationDsa: Guid;
let revealed: LabUser;
let kept: LabUser;

async function run(machine: 'connect' | 'corp-dc1', ...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec(machine, command, { env: { PASSWD_FILE: passwordFile } });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** One value of one object, as `ldbsearch` gives it. */
async function valueOf(machine: 'connect' | 'corp-dc1', attribute: string, ...search: string[]): Promise<string> {
  const [record] = parseLdif(await run(machine, 'ldbsearch', '-H', ...search, attribute));
  return text(record?.get(attribute)?.[0]);
}

const guidOf = async (dn: string): Promise<Guid> =>
  parseGuid(await valueOf('corp-dc1', 'objectGUID', database, '-b', dn, '-s', 'base'));

/** What an account is given of a user. */
async function secretsOf(user: LabUser, account: LabAccount, behalf?: Guid): Promise<ReadObject | undefined> {
  const reader = new RemoteProgram<ReaderCommand>(lab, 'drsr-reader.ts');
  try {
    const { name, password } = account;
    const who = { domain: netbiosName, user: name, password, ...(behalf && { destinationDsa: behalf }) };
    await reader.ask({ do: 'open', host, digestKey, ...who });
    return await reader.ask({ do: 'secrets', guid: await guidOf(user.dn), attributes: ['unicodePwd'] });
  } finally {
    await reader.close();
  }
}

async function assertGiven(user: LabUser, account: LabAccount, behalf?: Guid): Promise<void> {
  const object = await secretsOf(user, account, behalf);
  assert.equal(object?.dn, user.dn);
  const expected = digest(ntHash(user.password ?? ''));
  assert.ok(object.attributes.unicodePwd?.digests.join() === expected, 'not the NT hash of the password');
}

async function assertDenied(user: LabUser, account: LabAccount, behalf?: Guid): Promise<void> {
  await assert.rejects(secretsOf(user, account, behalf), { code: 'ERR_DRSR_SECRETS_DENIED' });
}

before(async () => {
  lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
  // Other tests may have set passwords, of the first users.
  const [first, second] = lab.users.filter(({ password }) => password !== undefined).slice(-2);
  assert.ok(first && second);
  [revealed, kept] = [first, second];
  const administrator = lab.administrators['corp-dc1'];
  lab.writeFile('connect', passwordFile, administrator.password, 0o600);
  const where = [`--server=${host}`, `--targetdir=${folder}`, `--option=netbios name=${rodc}`, '--dns-backend=NONE'];
  const who = ['-U', `${netbiosName}\\${administrator.name}`, '--use-kerberos=off'];
  await run('connect', 'samba-tool', 'domain', 'join', dnsName, 'RODC', ...where, ...who);
  const secrets = `${folder}/private/secrets.ldb`;
  rodcAccount = {
    name: `${rodc}$`,
    password: await valueOf('connect', 'secret', secrets, `(flatname=${netbiosName})`),
  };
  destinationDsa = await guidOf(settings);
  await run('corp-dc1', 'samba-tool', 'group', 'addmembers', revealGroup, revealed.accountName);
});

after(async () => {
  await run('corp-dc1', 'samba-tool', 'group', 'removemembers', revealGroup, revealed.accountName);
  await run('corp-dc1', 'samba-tool', 'domain', 'demote', `--remove-other-dead-server=${rodc}`, '-H', database);
  await run('connect', 'rm', '-rf', folder, passwordFile);
});

describe('the secrets of one object', () => {
  it('are given to a read-only domain controller that may have them, and that is written down', async () => {
    await assertGiven(revealed, rodcAccount, destinationDsa);
    const computer = `CN=${rodc},OU=Domain Controllers,${baseDn}`;
    const search = ['ldbsearch', '-H', database, '-b', computer, '-s', 'base', 'msDS-RevealedUsers'];
    const [record] = parseLdif(await run('corp-dc1', ...search));
    const names = (record?.get('msDS-RevealedUsers') ?? []).map(text);
    // Its own account and its KDC's are there since it joined.
    assert.ok(names.some((name) => name.endsWith(`:${revealed.dn}`)));
    assert.ok(!names.some((name) => name.endsWith(`:${kept.dn}`)));
  });

  it('are not given to it of a user whom its password replication policy leaves out', async () => {
    await assertDenied(kept, rodcAccount, destinationDsa);
  });

  it('are not given to it when it does not say who it is', async () => {
    await assertDenied(revealed, rodcAccount);
  });

  it('are not given to an account with the two replication rights, which gets them with `replicateObject`', async () => {
    await assertDenied(revealed, lab.serviceAccounts.sync);
    await assertDenied(revealed, lab.serviceAccounts.sync, destinationDsa);
    await assertDenied(revealed, lab.serviceAccounts.withoutRights, destinationDsa);
  });

  it('are given to an administrator and to a domain controller, whatever the policy', async () => {
    await assertGiven(kept, lab.administrators['corp-dc1']);
    const secrets = '/var/lib/samba/private/secrets.ldb';
    const password = await valueOf('corp-dc1', 'secret', secrets, `(flatname=${netbiosName})`);
    await assertGiven(kept, { name: 'CORP-DC1$', password });
  });
});
