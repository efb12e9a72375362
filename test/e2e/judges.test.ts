/** Programs that are not ours, on host `connect`, judge the lab's domain controller and what we read of it. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AttributeName } from '@ad-protocols/drsr';
import { DOMAINS, HOSTS, Lab, type LabAccount } from '@causeway/lab';
import { decodeGuid, type Guid } from '@ad-protocols/wire';
import type { ReaderCommand, ReadObject, ReadResult } from './drsr-reader.ts';

const { baseDn, netbiosName } = DOMAINS['corp-dc1'];
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

function writeLogin({ name, password }: LabAccount): void {
  lab.writeFile('connect', login, `username=${name}\npassword=${password}\ndomain=${netbiosName}\n`, 0o600);
}

/** Every object of the domain, read by `@ad-protocols/drsr` with the account that has the two rights. */
async function readDomain(guid: Guid): Promise<ReadObject[]> {
  const { name: user, password } = lab.serviceAccounts.sync;
  const attributes: AttributeName[] = [...secrets];
  const commands: ReaderCommand[] = [
    { do: 'open', host, domain: netbiosName, user, password, digestKey },
    { do: 'read', namingContext: { guid, dn: baseDn }, attributes },
    { do: 'close' },
  ];
  const program = path.join(import.meta.dirname, 'drsr-reader.ts');
  const { stdout, stderr } = await lab.exec('connect', [process.execPath, program], {
    input: commands.map((command) => `${JSON.stringify(command)}\n`).join(''),
  });
  const [, answer] = stdout.split('\n');
  assert.ok(answer, stderr);
  const { result, error } = JSON.parse(answer) as { result?: ReadResult; error?: { message: string } };
  assert.ok(result, error?.message);
  return result.objects;
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

  it('rpcclient looks up a name and replicates with the two rights alone', async () => {
    writeLogin(lab.serviceAccounts.sync);
    const rpcclient = ['rpcclient', `ncacn_ip_tcp:${host}[seal]`, '-A', login, '-c'];
    const [user] = lab.users;
    assert.ok(user);
    // rpcclient takes a backslash as the first half of an escape.
    const name = `${netbiosName}\\\\${user.accountName}`;
    assert.ok((await run(...rpcclient, `dscracknames ${name}`)).includes(`result_name: ${user.dn}\n`));
    await run(...rpcclient, `dsgetncchanges ${baseDn}`);
  });
});
