import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { ntHash } from '@ad-protocols/crypto';
import type { AttributeName, CrackedName, DomainControllerInfo3 } from '@ad-protocols/drsr';
import { DOMAINS, HOSTS, Lab, type LabAccount } from '@causeway/lab';
import { parseGuid, type Guid } from '@ad-protocols/wire';
import { parseLdif, text } from './support/ldif.ts';
import type { ReaderCommand, ReadObject, ReadResult } from './drsr-reader.ts';
import { RemoteError, RemoteProgram } from './support/remote-program.ts';

const domain = DOMAINS['corp-dc1'];
const host = HOSTS['corp-dc1'].fqdn;
const localDatabase = '/var/lib/samba/private/sam.ldb';
const digestKey = randomBytes(32).toString('hex');
const attributes: AttributeName[] = [
  'lockoutTime',
  'objectSid',
  'pwdLastSet',
  'sAMAccountName',
  'supplementalCredentials',
  'unicodePwd',
  'userAccountControl',
];

const digest = (value: Uint8Array): string => createHmac('sha256', digestKey).update(value).digest('hex');

/** Each object once, in an order that says nothing about pages. */
function sorted({ objects }: ReadResult): ReadObject[] {
  const once = [...new Map(objects.map((object) => [object.guid, object])).values()];
  return once.sort((left, right) => (left.guid < right.guid ? -1 : 1));
}

describe('reading a domain controller', () => {
  let lab: Lab;
  let namingContext: { guid: Guid; dn: string };
  const readers: RemoteProgram<ReaderCommand>[] = [];

  async function search(database: string, ...args: string[]): Promise<Map<string, Uint8Array[]>[]> {
    const machine = database === localDatabase ? 'corp-dc1' : 'connect';
    const result = await lab.exec(machine, ['ldbsearch', '-H', database, ...args]);
    assert.equal(result.exitCode, 0, result.stderr);
    return parseLdif(result.stdout);
  }

  const onDcSearch = async (...args: string[]): ReturnType<typeof search> => await search(localDatabase, ...args);

  async function onDc(...command: string[]): Promise<void> {
    const { exitCode, stderr } = await lab.exec('corp-dc1', command);
    assert.equal(exitCode, 0, stderr);
  }

  async function open(
    account: LabAccount = lab.serviceAccounts.sync,
    more: Partial<ReaderCommand & { do: 'open' }> = {},
  ): Promise<RemoteProgram<ReaderCommand>> {
    const reader = new RemoteProgram<ReaderCommand>(lab, 'drsr-reader.ts');
    readers.push(reader);
    const { name: user, password } = account;
    await reader.ask({ do: 'open', host, domain: domain.netbiosName, user, password, digestKey, ...more });
    return reader;
  }

  const readAll = async (
    reader: RemoteProgram<ReaderCommand>,
    more: Partial<ReaderCommand & { do: 'read' }> = {},
  ): Promise<ReadResult> => await reader.ask({ do: 'read', namingContext, attributes, ...more });

  before(async () => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    const [root] = await search(localDatabase, '-b', domain.baseDn, '-s', 'base', 'objectGUID');
    namingContext = { guid: parseGuid(text(root?.get('objectGUID')?.[0])), dn: domain.baseDn };
  });
  after(async () => {
    await Promise.all(readers.map(async (reader) => reader.close()));
  });

  it("gives every user's credential exactly as Samba's own replication gives it", async () => {
    const folder = '/tmp/drsr-clone';
    const { name, password } = lab.administrators['corp-dc1'];
    lab.writeFile('connect', '/tmp/drsr-clone.password', password, 0o600);
    const { objects } = await readAll(await open());
    const clone = await lab.exec(
      'connect',
      [
        'samba-tool',
        'drs',
        'clone-dc-database',
        domain.dnsName,
        '--include-secrets',
        `--targetdir=${folder}`,
        `--server=${host}`,
        `--username=${domain.netbiosName}\\${name}`,
        '--use-kerberos=off',
      ],
      { env: { PASSWD_FILE: '/tmp/drsr-clone.password' } },
    );
    assert.equal(clone.exitCode, 0, clone.stderr);
    const wanted = ['objectGUID', 'sAMAccountName', 'unicodePwd', 'supplementalCredentials', 'pwdLastSet', 'objectSid'];
    const users = await search(`${folder}/private/sam.ldb`, '(objectClass=user)', ...wanted);
    await lab.exec('connect', ['rm', '-rf', folder, '/tmp/drsr-clone.password']);

    const byGuid = new Map(objects.map((object) => [object.guid, object]));
    let compared = 0;
    for (const user of users) {
      const object = byGuid.get(parseGuid(text(user.get('objectGUID')?.[0])));
      const account = text(user.get('sAMAccountName')?.[0]);
      assert.ok(object, account);
      for (const secret of ['unicodePwd', 'supplementalCredentials'] as const) {
        const expected = (user.get(secret) ?? []).map(digest);
        assert.ok(
          expected.join() === (object.attributes[secret]?.digests ?? []).join(),
          `${secret} of ${account} differs`,
        );
        compared += expected.length;
      }
      const pwdLastSet = Buffer.alloc(8);
      pwdLastSet.writeBigInt64LE(BigInt(text(user.get('pwdLastSet')?.[0]) || 0));
      assert.equal(object.attributes.pwdLastSet?.digests[0], digest(pwdLastSet), account);
      assert.equal(object.sid, text(user.get('objectSid')?.[0]), account);
      assert.equal(object.attributes.sAMAccountName?.digests[0], digest(Buffer.from(account, 'utf16le')), account);
    }
    assert.ok(users.length >= lab.users.length + 3, `${users.length} users`);
    assert.ok(compared >= 2 * lab.users.length, `${compared} secrets compared`);
    const withHash = objects.filter((object) => object.attributes.unicodePwd?.digests.length === 1);
    assert.equal(withHash.length, users.filter((user) => user.has('unicodePwd')).length);
  });

  it('gives the NT hash of every password that is known, non-ASCII ones included', async () => {
    const byDn = new Map((await readAll(await open())).objects.map((object) => [object.dn, object]));
    let known = 0;
    for (const user of lab.users) {
      const hash = byDn.get(user.dn)?.attributes.unicodePwd;
      assert.ok(hash, user.accountName);
      // Other tests may have set passwords since.
      if (user.password === undefined || hash.version > 1) continue;
      assert.ok(hash.digests[0] === digest(ntHash(user.password)), user.accountName);
      known += 1;
    }
    assert.ok(known >= 150, `${known} passwords known`);
  });

  it('gives the same secrets whatever the session key that they are encrypted with: 16 bytes or 32', async () => {
    const expected = sorted(await readAll(await open()));
    assert.ok(expected.filter((object) => object.attributes.unicodePwd).length > lab.users.length);
    for (const mechanism of ['Kerberos AES-256', 'Kerberos AES-128', 'Kerberos RC4'] as const) {
      const reader = await open(lab.serviceAccounts.sync, { mechanism, realm: domain.realm });
      assert.ok(isDeepStrictEqual(sorted(await readAll(reader)), expected), `${mechanism} gives other objects`);
    }
  });

  it('gives the classes of every kind of object as the schema has them', async () => {
    const schema = ['-b', `CN=Schema,CN=Configuration,${domain.baseDn}`, '(objectClass=classSchema)'];
    const classes = await onDcSearch(...schema, 'lDAPDisplayName', 'governsID');
    const oidByName = new Map(
      classes.map((record) => [text(record.get('lDAPDisplayName')?.[0]), text(record.get('governsID')?.[0])]),
    );
    const reader = await open(lab.administrators['corp-dc1']);
    const kinds = [
      'user',
      'computer',
      'group',
      'organizationalUnit',
      'domainDNS',
      'trustedDomain',
      'dnsNode',
      'rIDSet',
    ];
    const filter = `(|${kinds.map((kind) => `(objectClass=${kind})`).join('')})`;
    const objects = await onDcSearch('-b', domain.baseDn, filter, 'objectGUID', 'objectClass');
    const seen = new Set<string>();
    for (const object of objects) {
      const names = (object.get('objectClass') ?? []).map(text);
      if (names.every((name) => seen.has(name))) continue;
      const guid = parseGuid(text(object.get('objectGUID')?.[0]));
      const oids = await reader.ask<string[]>({ do: 'classes', guid });
      assert.deepEqual(
        oids.sort(),
        names.map((name) => oidByName.get(name) ?? name).sort(),
        text(object.get('dn')?.[0]),
      );
      for (const name of names) seen.add(name);
    }
    assert.ok(
      ['user', 'computer', 'group', 'organizationalUnit', 'domainDNS', 'rIDSet'].every((name) => seen.has(name)),
    );
  });

  it('finds an object that has none of the attributes asked for', async () => {
    const guid = namingContext.guid;
    const object = await (await open()).ask<ReadObject | undefined>({ do: 'object', guid, attributes: ['unicodePwd'] });
    assert.deepEqual([object?.dn, object?.attributes], [domain.baseDn, {}]);
  });

  it('gives the same objects whatever the size of a page', async () => {
    const reader = await open();
    const whole = await readAll(reader, { maxObjects: 1000 });
    assert.ok(whole.estimate !== undefined && whole.estimate >= sorted(whole).length - 1);
    for (const maxObjects of [2, 133]) {
      const result = await readAll(reader, { maxObjects });
      assert.ok(result.pages >= sorted(whole).length / maxObjects - 1, `${result.pages} pages`);
      assert.deepEqual(sorted(result), sorted(whole), `pages of ${maxObjects}`);
      assert.equal(result.cursor, whole.cursor);
    }
  });

  it('goes on in the middle of a cycle on a new connection, and loses nothing', async () => {
    const first = await readAll(await open(), { maxObjects: 50, pagesMax: 2 });
    assert.equal(first.more, true);
    const rest = await readAll(await open(), { cursor: first.cursor });
    const guids = new Set([...first.objects, ...rest.objects].map((object) => object.guid));
    const whole = await readAll(await open());
    for (const object of whole.objects) assert.ok(guids.has(object.guid), object.dn);
  });

  it('serves other calls after a caller has left a cycle', async () => {
    const reader = await open();
    const { objects } = await readAll(reader, { maxObjects: 10, pagesMax: 1 });
    const [object] = objects;
    assert.ok(object);
    const single = await reader.ask<ReadObject | undefined>({ do: 'object', guid: object.guid, attributes });
    assert.equal(single?.dn, object.dn);
    assert.equal((await readAll(reader)).more, false);
  });

  it('gives in a delta only the user whose password was changed, and of it only what changed', async () => {
    const reader = await open();
    const whole = await readAll(reader);
    assert.equal((await readAll(reader, { cursor: whole.cursor })).objects.length, 0);
    const user = lab.users[7];
    assert.ok(user);
    const password = `Drsr-${randomBytes(9).toString('base64url')}-é`;
    await lab.setPassword(user, password);
    const delta = await readAll(reader, { cursor: whole.cursor });
    assert.equal(delta.start, 'cursor');
    assert.deepEqual(
      delta.objects.map((object) => object.dn),
      [user.dn],
    );
    const [changed] = delta.objects;
    const prior = whole.objects.find((object) => object.dn === user.dn);
    assert.ok(changed && prior);
    assert.ok(
      changed.attributes.unicodePwd?.digests[0] === digest(ntHash(password)),
      'the NT hash is not of the new password',
    );
    assert.equal(changed.attributes.unicodePwd.version, (prior.attributes.unicodePwd?.version ?? 0) + 1);
    assert.deepEqual(Object.keys(changed.attributes).sort(), ['pwdLastSet', 'supplementalCredentials', 'unicodePwd']);
    assert.deepEqual(
      (await readAll(await open(), { cursor: whole.cursor })).objects,
      delta.objects,
      'the same cursor again',
    );
    assert.equal((await readAll(reader, { cursor: delta.cursor })).objects.length, 0);

    const single = await reader.ask<ReadObject | undefined>({ do: 'object', guid: changed.guid, attributes });
    assert.deepEqual({ ...prior.attributes, ...changed.attributes }, single?.attributes);
  });

  it('of another domain controller goes on from the up-to-dateness vector', async () => {
    const reader = await open();
    const whole = await readAll(reader);
    const user = lab.users[8];
    assert.ok(user);
    await lab.setPassword(user, `Drsr-${randomBytes(9).toString('base64url')}`);
    const elsewhere = whole.cursor.replace(/source=[^;]+/, 'source=c20bc312-4d35-4cc0-9903-b1073368af4a');
    const delta = await readAll(reader, { cursor: elsewhere });
    assert.equal(delta.start, 'up-to-dateness vector');
    assert.deepEqual(
      delta.objects.filter((object) => object.attributes.unicodePwd).map((object) => object.dn),
      [user.dn],
    );
    assert.equal((await readAll(reader, { cursor: delta.cursor })).objects.length, 0);
  });

  it('tells of a user who was deleted, by the GUID it had', async () => {
    const reader = await open();
    const { cursor } = await readAll(reader);
    await onDc('samba-tool', 'user', 'create', 'drsr-leaver', '--random-password');
    const created = await readAll(reader, { cursor });
    const [leaver] = created.objects.filter((object) => object.attributes.unicodePwd);
    assert.equal(leaver?.attributes.sAMAccountName?.digests[0], digest(Buffer.from('drsr-leaver', 'utf16le')));
    await onDc('samba-tool', 'user', 'delete', 'drsr-leaver');
    const deleted = await readAll(reader, { cursor: created.cursor });
    const tombstone = deleted.objects.find((object) => object.guid === leaver?.guid);
    assert.equal(tombstone?.isDeleted, true);
    assert.deepEqual(tombstone.attributes.unicodePwd?.digests ?? [], []);
  });

  it('falls back to NDR 2.0 where a domain controller, like those of Samba, does not speak NDR64', async () => {
    const reader = await open(lab.serviceAccounts.sync, { transferSyntaxes: ['ndr64', 'ndr'] });
    assert.deepEqual(sorted(await readAll(reader)), sorted(await readAll(await open())));
  });

  it('gives every member of every group, and attributes that the package does not know', async () => {
    const mail = { name: 'mail', oid: '0.9.2342.19200300.100.1.3', syntax: 'text' } as const;
    const order = { ancestorsFirst: true, linkTargets: true };
    const { links, objects } = await readAll(await open(), { attributes: ['member', mail], ...order });
    const search = ['-b', domain.baseDn];
    const groups = await onDcSearch(...search, '(member=*)', 'member');
    const expected = groups.flatMap((group) =>
      (group.get('member') ?? []).map((member) => `${text(group.get('dn')?.[0])} > ${text(member)}`),
    );
    assert.deepEqual(links.sort(), expected.sort());
    const mails = await onDcSearch(...search, '(mail=*)', 'mail');
    const withMail = new Map(objects.map(({ dn, attributes }) => [dn, attributes.mail?.digests[0]]));
    for (const user of mails) {
      const value = digest(Buffer.from(text(user.get('mail')?.[0]), 'utf16le'));
      assert.equal(withMail.get(text(user.get('dn')?.[0])), value);
    }
  });

  it('translates names, finds the naming contexts and reads each of them', async () => {
    const reader = await open(lab.administrators['corp-dc1']);
    const prefixes = ['', 'CN=Configuration,', 'CN=Schema,CN=Configuration,', 'DC=DomainDnsZones,'];
    const names = prefixes.map((prefix) => prefix + domain.baseDn);
    const formats = { formatOffered: 'distinguishedName', formatDesired: 'guid' } as const;
    const roots = await reader.ask<CrackedName[]>({ do: 'names', names: { ...formats, names } });
    assert.deepEqual(
      roots.map(({ status }) => status),
      ['ok', 'ok', 'ok', 'ok'],
    );
    const guids = roots.map(({ name = '' }) => parseGuid(name.slice(1, -1)));
    assert.equal(guids[0], namingContext.guid);
    for (const guid of guids) {
      const name = { name: 'name', oid: '1.2.840.113556.1.4.1', syntax: 'text' } as const;
      const { objects } = await readAll(reader, { namingContext: { guid }, attributes: [name] });
      assert.ok(objects.length > 20, `${objects.length} objects`);
    }
  });

  it('says of each name what is wrong with it', async () => {
    const { netbiosName } = domain;
    const names = [`${netbiosName}\\Administrator`, `${netbiosName}\\nobody`, `${netbiosName}\\`, 'no name at all'];
    const formats = { formatOffered: 'nt4AccountName', formatDesired: 'distinguishedName' } as const;
    const cracked = await (await open()).ask<CrackedName[]>({ do: 'names', names: { ...formats, names } });
    assert.deepEqual(
      cracked.map(({ status, name }) => [status, name]),
      [
        ['ok', `CN=Administrator,CN=Users,${domain.baseDn}`],
        ['notFound', undefined],
        ['ok', domain.baseDn],
        ['notFound', undefined],
      ],
    );
  });

  it('tells of the domain controllers at each level', async () => {
    const reader = await open();
    for (const level of [1, 2, 3] as const) {
      const controllers = await reader.ask<DomainControllerInfo3[]>({
        do: 'controllers',
        domain: domain.dnsName,
        level,
      });
      const controller = controllers.find(({ dnsHostName }) => dnsHostName === host);
      assert.ok(controller?.isPdc === true && controller.isEnabled);
      assert.equal(controller.isGlobalCatalog, level === 1 ? undefined : true);
      assert.equal(controller.isReadOnly, level === 3 ? false : undefined);
      const [object] = await onDcSearch('-b', controller.computerDn ?? '', '-s', 'base', 'objectGUID');
      const guid = parseGuid(text(object?.get('objectGUID')?.[0]));
      assert.equal(controller.computerGuid, level === 1 ? undefined : guid);
    }
  });

  it('says that there is no object by a GUID', async () => {
    const guid = parseGuid('11111111-2222-3333-4444-555555555555');
    assert.equal(await (await open()).ask({ do: 'object', guid, attributes }), undefined);
  });

  it('says which rights are missing', async () => {
    const reader = await open(lab.serviceAccounts.withoutRights);
    await assert.rejects(
      readAll(reader),
      (error) =>
        error instanceof RemoteError &&
        error.code === 'ERR_DRSR_ACCESS_DENIED' &&
        error.nextStep?.includes('Replicating Directory Changes All') === true,
    );
  });

  it('says that the password is wrong', async () => {
    const { name } = lab.serviceAccounts.sync;
    await assert.rejects(
      open({ name, password: 'not the password' }),
      (error) => error instanceof RemoteError && error.code === 'ERR_RPC_LOGON_REFUSED',
    );
  });

  it('says that the domain controller does not hold that naming context', async () => {
    const guid = parseGuid('11111111-2222-3333-4444-555555555555');
    await assert.rejects(
      readAll(await open(), { namingContext: { guid } }),
      (error) => error instanceof RemoteError && error.code === 'ERR_DRSR_NAMING_CONTEXT',
    );
  });
});
