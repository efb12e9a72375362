/** Programs that are not ours, on host `connect`, judge the lab's domain controller and what we read of it. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AttributeName, CrackedName, DomainControllerInfo2 } from '@ad-protocols/drsr';
import { DOMAINS, HOSTS, Lab, type LabAccount } from '@causeway/lab';
import { decodeGuid, type Guid } from '@ad-protocols/wire';
import type { ReaderCommand, ReadObject, ReadResult } from './drsr-reader.ts';
import { RemoteProgram } from './support/remote-program.ts';

const { baseDn, dnsName, netbiosName } = DOMAINS['corp-dc1'];
const host = HOSTS['corp-dc1'].fqdn;
const digestKey = randomBytes(32).toString('hex');
const blobs = '/tmp/dssync-blobs';
const login = '/tmp/judges.login';
const keytab = '/tmp/judges.keytab';
const environment = { KRB5CCNAME: '/tmp/judges.tickets' };
/** The secrets that both read: smbtorture saves the ones that a type of its own describes. */
const secrets = ['unicodePwd', 'supplementalCredentials'] as const;

let lab: Lab;

/** Runs a program on `connect` that must succeed, and gives what it printed. */
async function run(...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec('connect', command, { env: environment });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** What a command of rpcclient printed; who signs in is in the login file. */
async function rpcclient(command: string): Promise<string> {
  return await run('rpcclient', `ncacn_ip_tcp:${host}[seal]`, '-A', login, '-c', command);
}

function writeLogin({ name, password }: LabAccount): void {
  lab.writeFile('connect', login, `username=${name}\npassword=${password}\ndomain=${netbiosName}\n`, 0o600);
}

/** `@ad-protocols/drsr`, signed in with the account that has the two rights. */
async function openReader(): Promise<RemoteProgram<ReaderCommand>> {
  const reader = new RemoteProgram<ReaderCommand>(lab, 'drsr-reader.ts');
  const { name: user, password } = lab.serviceAccounts.sync;
  await reader.ask({ do: 'open', host, domain: netbiosName, user, password, digestKey });
  return reader;
}

/** Every object of the domain, read by `@ad-protocols/drsr` with the account that has the two rights. */
async function readDomain(guid: Guid): Promise<ReadObject[]> {
  const attributes: AttributeName[] = [...secrets];
  const reader = await openReader();
  try {
    const { objects } = await reader.ask<ReadResult>({
      do: 'read',
      namingContext: { guid, dn: baseDn },
      attributes,
    });
    return objects;
  } finally {
    await reader.close();
  }
}

/** HMACs of the values that smbtorture has saved of an attribute: it numbers them and does not say whose they are. */
function savedDigests(attribute: string): string[] {
  const folder = lab.folder('connect', blobs);
  return globSync(`${attribute}[0-9]*`, { cwd: folder })
    .map((file) =>
      createHmac('sha256', digestKey)
        .update(readFileSync(path.join(folder, file)))
        .digest('hex'),
    )
    .sort();
}

/** Our names of what level 2 tells, and rpcclient's. */
const controllerFields = [
  ['netbiosName', 'netbios_name'],
  ['dnsHostName', 'dns_name'],
  ['siteName', 'site_name'],
  ['siteDn', 'site_dn'],
  ['computerDn', 'computer_dn'],
  ['serverDn', 'server_dn'],
  ['dsaDn', 'ntds_dn'],
  ['isPdc', 'is_pdc'],
  ['isEnabled', 'is_enabled'],
  ['isGlobalCatalog', 'is_gc'],
  ['siteGuid', 'site_guid'],
  ['computerGuid', 'computer_guid'],
  ['serverGuid', 'server_guid'],
  ['dsaGuid', 'ntds_guid'],
] as const satisfies readonly (readonly [keyof DomainControllerInfo2, string])[];

/** The fields that rpcclient prints, one a line. */
function fieldsOf(printed: string): Map<string, string> {
  return new Map([...printed.matchAll(/^(\w+):\s*(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

before(async () => {
  lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
  await lab.exportKeytab(lab.serviceAccounts.sync, 'connect', keytab);
  await run('kinit', '-k', '-t', keytab, lab.serviceAccounts.sync.name);
});

after(async () => {
  await run('rm', '-rf', blobs, login, keytab, environment.KRB5CCNAME);
});

describe('programs that are not ours', () => {
  it('smbtorture replicates the domain, and has the secrets that we read', async () => {
    writeLogin(lab.administrators['corp-dc1']);
    await run('mkdir', '-m', '700', '-p', blobs);
    const save = ['--option=dssync:print_pwd_blobs=yes', `--option=dssync:save_pwd_blobs_dir=${blobs}`];
    const binding = `ncacn_ip_tcp:${host}[seal]`;
    // What it says has the secrets in it: only the verdict may be shown.
    const command = ['smbtorture', binding, '-A', login, ...save, 'drs.rpc.dssync'];
    const { exitCode, stdout } = await lab.exec('connect', command);
    const verdicts = stdout.split('\n').filter((line) => /^(success|failure|error): /.test(line));
    assert.equal(exitCode, 0, verdicts.join());
    assert.deepEqual(verdicts, ['success: dssync.DC_FetchData']);

    const search = ['-LLL', '-Q', '-Y', 'GSSAPI', '-H', `ldap://${host}`, '-b', baseDn, '-s', 'base', 'objectGUID'];
    const guid = /^objectGUID:: (\S+)$/m.exec(await run('ldapsearch', ...search))?.[1];
    const objects = await readDomain(decodeGuid(Buffer.from(guid ?? '', 'base64')));
    for (const secret of secrets) {
      const read = objects.flatMap(({ attributes }) => attributes[secret]?.digests ?? []).sort();
      assert.ok(read.length > lab.users.length, `${read.length} values of ${secret}`);
      assert.ok(savedDigests(secret).join() === read.join(), `${secret}: smbtorture has other values`);
    }
  });

  it('kvno gets tickets for the services of the domain controller, which klist shows with AES keys', async () => {
    const services = ['ldap', 'host', 'cifs'].map((service) => `${service}/${host}`);
    assert.equal((await run('kvno', ...services)).trim().split('\n').length, services.length);
    const types = [...(await run('klist', '-e')).matchAll(/Etype \(skey, tkt\): (.*?), (\S+)/g)];
    assert.ok(types.length >= 4);
    for (const [, session, ticket] of types) {
      assert.deepEqual([session, ticket], ['aes256-cts-hmac-sha1-96', 'aes256-cts-hmac-sha1-96']);
    }
  });

  it('rpcclient replicates with the two rights alone', async () => {
    writeLogin(lab.serviceAccounts.sync);
    await rpcclient(`dsgetncchanges ${baseDn}`);
  });

  it('rpcclient finds the names that we find', async () => {
    writeLogin(lab.serviceAccounts.sync);
    const accounts = [...lab.users.slice(0, 5).map(({ accountName }) => accountName), 'nobody'];
    const reader = await openReader();
    const ours = await reader.ask<CrackedName[]>({
      do: 'names',
      names: {
        formatOffered: 'unknown', // as rpcclient offers it
        formatDesired: 'distinguishedName',
        names: accounts.map((account) => `${netbiosName}\\${account}`),
      },
    });
    await reader.close();
    for (const [index, account] of accounts.entries()) {
      // rpcclient takes a backslash as the first half of an escape.
      const theirs = fieldsOf(await rpcclient(`dscracknames ${netbiosName}\\\\${account}`));
      const { status, domain = '(null)', name = '(null)' } = ours[index] ?? {};
      assert.deepEqual([domain, name], [theirs.get('dns_domain_name'), theirs.get('result_name')]);
      assert.equal(status, ['ok', 'resolvingFailed', 'notFound'][Number(theirs.get('status'))]);
    }
  });

  it('rpcclient is told of the domain controllers that we are told of', async () => {
    writeLogin(lab.serviceAccounts.sync);
    const reader = await openReader();
    const ours = await reader.ask<DomainControllerInfo2[]>({ do: 'controllers', domain: dnsName, level: 2 });
    await reader.close();
    const [, ...theirs] = (await rpcclient(`dsgetdcinfo ${dnsName} 2`)).split('----------\n');
    const told = ours.map((controller) =>
      Object.fromEntries(controllerFields.map(([field, label]) => [label, String(controller[field])])),
    );
    assert.deepEqual(
      told,
      theirs.map((controller) => Object.fromEntries(fieldsOf(controller))),
    );
  });
});
