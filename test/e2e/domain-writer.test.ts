import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { generateAgentKey, type ObjectReceipt, type UserExplanation } from '@causeway/contract';
import {
  Deployment,
  HOSTS,
  INITIAL_SNAPSHOT,
  Lab,
  signInByKerberos,
  signInByLdap,
  signInByNtlm,
  type SignInRequest,
} from '@causeway/lab';
import type { User } from '@causeway/model';
import type { SourceOrder, SourceUser } from './support/source.ts';

const samDatabase = '/var/lib/samba/private/sam.ldb';
const tenantKey = '/var/lib/causeway/tenant.key';
const causeway = [process.execPath, new URL('../../apps/causeway/src/main.ts', import.meta.url).pathname];
const operatorKey = '/etc/causeway/operator.key';
const feedPlace = '/var/lib/causeway/feed-place.json';

/** A source that the test makes up: source.ts on host `connect`. */
class Source {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(lab: Lab) {
    const program = new URL('support/source.ts', import.meta.url).pathname;
    this.#process = lab.spawn('connect', [process.execPath, program, operatorKey], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    assert.ok(this.#process.stdout);
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async send(...users: SourceUser[]): Promise<void> {
    const { refused } = (await this.order({ send: users })) as ObjectReceipt;
    assert.deepEqual(refused, []);
  }

  async explain(id: string): Promise<UserExplanation> {
    return (await this.order({ explain: id })) as UserExplanation;
  }

  end(): void {
    this.#process.stdin?.end();
  }

  async order(order: SourceOrder): Promise<unknown> {
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#answers.next();
    assert.ok(done !== true, 'the source has ended');
    return JSON.parse(value);
  }
}

function userOf(accountName: string, more: Partial<User> = {}): User {
  return {
    accountName,
    userPrincipalName: `${accountName}@corp.contoso.test`,
    displayName: `User ${accountName}`,
    accountEnabled: true,
    ...more,
  };
}

function credentialOf(password: string, version = 1): NonNullable<SourceUser['credential']> {
  const changedAt = new Date(Date.UTC(2026, 10, 22, 10, 0, version)).toISOString().replace('.000Z', 'Z');
  return { password, version: { version, changedAt, originatingDsa: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' } };
}

describe('the domain service writes users and credentials to a domain controller that serves', () => {
  let lab: Lab;
  let deployment: Deployment;
  let source: Source;

  before(async () => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    deployment = await Deployment.install(lab);
    addOperator();
    deployment.start('directory');
    deployment.start('domain');
    await deployment.until('the directory answers', async () => deployment.status());
    await domainIsReady(0);
    source = new Source(lab);
  });

  after(async () => {
    source.end();
    await deployment.stopAll();
    // The made-up source would confuse tests that take the lab as they find it.
    await lab.reset(INITIAL_SNAPSHOT);
  });

  /** Lets the made-up source act as an operator of the tenant, too. */
  function addOperator(): void {
    const { privateKey, publicKey } = generateAgentKey();
    lab.writeFile('connect', operatorKey, privateKey, 0o600);
    const [tenant] = deployment.configs.directory['tenants'] as { agents: object[] }[];
    tenant?.agents.push({ id: 'operator-1', role: 'operator', publicKey });
    deployment.configure('directory');
  }

  /** Waits until the domain service has said, after a position of its log, that it has registered its key and is at work. */
  async function domainIsReady(since: number): Promise<void> {
    await deployment.until('the domain service is at work', async () =>
      deployment.log('domain', since).some(({ msg }) => String(msg).startsWith('users are written')) ? true : undefined,
    );
  }

  /** Waits until the domain service has reported on the user's newest change, and gives what it reported. */
  async function outcomeOf(id: string): Promise<NonNullable<UserExplanation['outcome']>> {
    return deployment.until(`an outcome of ${id}`, async () => {
      const { sequence, outcome } = await source.explain(id);
      return outcome?.sequence === sequence ? outcome : undefined;
    });
  }

  async function settles(id: string, status: string): Promise<NonNullable<UserExplanation['outcome']>> {
    return deployment.until(`${id} becomes ${status}`, async () => {
      const outcome = await outcomeOf(id);
      return outcome.status === status ? outcome : undefined;
    });
  }

  async function assertSignsIn(request: SignInRequest, expected: boolean): Promise<void> {
    for (const signIn of [signInByKerberos, signInByNtlm, signInByLdap]) {
      const { succeeded, command, answer } = await signIn(lab, request);
      assert.equal(succeeded, expected, `${command}: ${answer}`);
    }
  }

  /** Values of an attribute of an object of the managed domain. */
  async function read(filter: string, attribute: string): Promise<string[]> {
    const command = ['ldbsearch', '-H', samDatabase, '--show-binary', filter, attribute];
    const { stdout } = await lab.exec('managed-dc1', command);
    return [...stdout.matchAll(/^(\w+):+ (.*)$/gm)]
      .filter(([, name]) => name === attribute)
      .map(([, , text]) => text ?? '');
  }

  async function changeManagedDomain(ldif: string): Promise<void> {
    const { exitCode, stderr } = await lab.exec('managed-dc1', ['ldbmodify', '-H', samDatabase], { input: ldif });
    assert.equal(exitCode, 0, stderr);
  }

  async function setLocalPassword(name: string, password: string): Promise<void> {
    const input = `${password}\n${password}\n`;
    const { exitCode, stderr } = await lab.exec('managed-dc1', ['samba-tool', 'user', 'setpassword', name], { input });
    assert.equal(exitCode, 0, stderr);
  }

  test('a user is made in AADDC Users and signs in with name or principal name, and not with another password', async () => {
    await source.send({ id: 'anna', user: userOf('anna'), credential: credentialOf('Anna-Pass-1') });
    assert.equal((await outcomeOf('anna')).status, 'applied');
    assert.deepEqual(await read('(sAMAccountName=anna)', 'dn'), ['CN=anna,OU=AADDC Users,DC=aadds,DC=contoso,DC=test']);
    assert.deepEqual(await read('(sAMAccountName=anna)', 'userAccountControl'), [String(0x1_0200)]);
    await assertSignsIn({ name: 'anna', password: 'Anna-Pass-1' }, true);
    const byPrincipal = { name: 'anna@corp.contoso.test', byPrincipalName: true, password: 'Anna-Pass-1' };
    assert.ok((await signInByKerberos(lab, byPrincipal)).succeeded);
    await assertSignsIn({ name: 'anna', password: 'Anna-Pass-2' }, false);
  });

  test('a user cannot write the attributes that tie it to its source and to its credential', async () => {
    const dn = 'CN=anna,OU=AADDC Users,DC=aadds,DC=contoso,DC=test';
    lab.writeFile('vm1', '/tmp/anna.password', 'Anna-Pass-1', 0o600);
    const bind = ['-x', '-H', `ldaps://${HOSTS['managed-dc1'].fqdn}`, '-D', 'AADDS\\anna', '-y', '/tmp/anna.password'];
    const write = async (attribute: string) => {
      const input = `dn: ${dn}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: 1\n`;
      return (await lab.exec('vm1', ['ldapmodify', ...bind], { input })).exitCode;
    };
    assert.equal(await write('homePhone'), 0, "what is the user's own can be written");
    const insufficientAccess = 50;
    assert.equal(await write('altSecurityIdentities'), insufficientAccess);
    assert.equal(await write('adminDescription'), insufficientAccess);
  });

  test('a user without a credential is disabled until it arrives, and one without a user waits', async () => {
    await source.send({ id: 'bert', user: userOf('bert') }, { id: 'carl', credential: credentialOf('Carl-Pass-1') });
    assert.equal((await outcomeOf('bert')).status, 'waitingForCredential');
    assert.equal((await outcomeOf('carl')).status, 'waitingForUser');
    assert.deepEqual(await read('(sAMAccountName=bert)', 'userAccountControl'), [String(0x1_0202)]);
    assert.deepEqual(await read('(sAMAccountName=bert)', 'unicodePwd'), []);
    await source.send({ id: 'bert', credential: credentialOf('Bert-Pass-1') }, { id: 'carl', user: userOf('carl') });
    await settles('bert', 'applied');
    await settles('carl', 'applied');
    await assertSignsIn({ name: 'bert', password: 'Bert-Pass-1' }, true);
    await assertSignsIn({ name: 'carl', password: 'Carl-Pass-1' }, true);
  });

  test('after a new credential neither the old one nor a password set in the managed domain signs in', async () => {
    await source.send({ id: 'dora', user: userOf('dora'), credential: credentialOf('Dora-Pass-1') });
    await settles('dora', 'applied');
    await lab.exec('managed-dc1', ['samba-tool', 'domain', 'passwordsettings', 'set', '--history-length=24']);
    await setLocalPassword('dora', 'Dora-Local-1');
    await setLocalPassword('dora', 'Dora-Local-2');
    assert.notDeepEqual(await read('(sAMAccountName=dora)', 'ntPwdHistory'), []);
    const grace = await signInByNtlm(lab, { name: 'dora', password: 'Dora-Local-1' });
    assert.ok(grace.succeeded, 'Samba goes on accepting the last password of its history over NTLM');
    await source.send({ id: 'dora', credential: credentialOf('Dora-Pass-2', 2) });
    await deployment.until('version 2', async () =>
      (await outcomeOf('dora')).version?.version === 2 ? true : undefined,
    );
    await assertSignsIn({ name: 'dora', password: 'Dora-Pass-2' }, true);
    for (const password of ['Dora-Pass-1', 'Dora-Local-1', 'Dora-Local-2']) {
      await assertSignsIn({ name: 'dora', password }, false);
    }
  });

  test('without an NT hash Kerberos and LDAP sign in, without Kerberos keys NTLM and LDAP, and stale ones are gone', async () => {
    const withoutNtHash = { ...credentialOf('Emil-Pass-2', 2), without: 'ntHash' as const };
    const withoutKeys = { ...credentialOf('Emil-Pass-3', 3), without: 'kerberos' as const };
    await source.send({ id: 'emil', user: userOf('emil'), credential: credentialOf('Emil-Pass-1') });
    await settles('emil', 'applied');
    await source.send({ id: 'emil', credential: withoutNtHash });
    await deployment.until('version 2', async () =>
      (await outcomeOf('emil')).version?.version === 2 ? true : undefined,
    );
    assert.deepEqual(await read('(sAMAccountName=emil)', 'unicodePwd'), []);
    assert.ok((await signInByKerberos(lab, { name: 'emil', password: 'Emil-Pass-2' })).succeeded);
    assert.ok((await signInByLdap(lab, { name: 'emil', password: 'Emil-Pass-2' })).succeeded);
    await assertSignsIn({ name: 'emil', password: 'Emil-Pass-1' }, false);
    await source.send({ id: 'emil', credential: withoutKeys });
    await deployment.until('version 3', async () =>
      (await outcomeOf('emil')).version?.version === 3 ? true : undefined,
    );
    assert.deepEqual(await read('(sAMAccountName=emil)', 'supplementalCredentials'), []);
    assert.ok((await signInByNtlm(lab, { name: 'emil', password: 'Emil-Pass-3' })).succeeded);
    assert.ok((await signInByLdap(lab, { name: 'emil', password: 'Emil-Pass-3' })).succeeded);
    await assertSignsIn({ name: 'emil', password: 'Emil-Pass-2' }, false);
  });

  test('a renamed user keeps identity and password', async () => {
    await source.send({ id: 'finn', user: userOf('finn'), credential: credentialOf('Finn-Pass-1') });
    await settles('finn', 'applied');
    const sid = await read('(sAMAccountName=finn)', 'objectSid');
    await source.send({ id: 'finn', user: userOf('finn, new', { accountName: 'finn new#', surname: 'Größe' }) });
    await deployment.until('the new name', async () => {
      const found = await read('(sAMAccountName=finn new#)', 'objectSid');
      return found.length > 0 ? true : undefined;
    });
    await settles('finn', 'applied');
    assert.deepEqual(await read('(sAMAccountName=finn new#)', 'objectSid'), sid);
    assert.deepEqual(await read('(sAMAccountName=finn new#)', 'cn'), ['finn new#']);
    assert.deepEqual(await read('(sAMAccountName=finn)', 'dn'), []);
    await assertSignsIn({ name: 'finn new#', password: 'Finn-Pass-1' }, true);
  });

  test('bad changes among many are refused with a reason, and hold up nobody', async () => {
    const many = Array.from({ length: 120 }, (_, index): SourceUser => ({
      id: `many${index}`,
      user: userOf(`many${index}`, index % 50 === 20 ? { displayName: 'x'.repeat(300) } : {}),
      credential: credentialOf(`Many-Pass-${index}`),
    }));
    const administrator = { id: 'evil', user: userOf('Administrator'), credential: credentialOf('Evil-Pass-1') };
    const unopenable = { id: 'gina', user: userOf('gina'), credential: { ...credentialOf('Gina-1'), boundTo: 'anna' } };
    const before = await read('(sAMAccountName=Administrator)', 'uSNChanged');
    await source.send(...many.slice(0, 60), administrator, unopenable, ...many.slice(60));
    for (const { id } of many) {
      const { status, reason } = await outcomeOf(id);
      const bad = id === 'many20' || id === 'many70';
      assert.equal(status, bad ? 'refused' : 'applied', `${id}: ${reason ?? ''}`);
      if (bad) assert.match(reason ?? '', /displayName/);
    }
    const refused = await outcomeOf('evil');
    assert.equal(refused.status, 'refused');
    assert.match(refused.reason ?? '', /Administrator is taken in the managed domain by CN=Administrator,CN=Users/);
    assert.deepEqual(
      await read('(sAMAccountName=Administrator)', 'uSNChanged'),
      before,
      'Administrator is not touched',
    );
    assert.equal((await outcomeOf('gina')).status, 'notOpenable');
    assert.deepEqual(await read('(sAMAccountName=gina)', 'userAccountControl'), [String(0x1_0202)]);
    await assertSignsIn({ name: 'many119', password: 'Many-Pass-119' }, true);
  });

  test('a deleted user is deleted, and comes back with the password it had and another SID', async () => {
    const paula = { id: 'paula', user: userOf('paula'), credential: credentialOf('Paula-Pass-1') };
    await source.send(paula);
    await settles('paula', 'applied');
    const [sid] = await read('(sAMAccountName=paula)', 'objectSid');
    await source.send({ id: 'paula', deleted: true });
    await settles('paula', 'deleted');
    assert.equal((await source.explain('paula')).status, 'deleted');
    assert.deepEqual(await read('(sAMAccountName=paula)', 'dn'), []);
    await assertSignsIn({ name: 'paula', password: 'Paula-Pass-1' }, false);
    await source.send({ id: 'paula', user: userOf('paula') });
    await settles('paula', 'applied');
    await assertSignsIn({ name: 'paula', password: 'Paula-Pass-1' }, true);
    const [again] = await read('(sAMAccountName=paula)', 'objectSid');
    assert.ok(again !== undefined && again !== sid);
  });

  test('many deletions go in one transaction, and a name that one of them frees is taken at once', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `leaver${index}`);
    await source.send(...many.map((id) => ({ id, user: userOf(id), credential: credentialOf('Leaver-Pass-1') })));
    for (const id of many) assert.equal((await outcomeOf(id)).status, 'applied');
    const since = deployment.logPosition('domain');
    await source.send(...many.map((id) => ({ id, deleted: true })), {
      id: 'heir',
      user: userOf('leaver7'),
      credential: credentialOf('Heir-Pass-1'),
    });
    for (const id of many) assert.equal((await outcomeOf(id)).status, 'deleted');
    await settles('heir', 'applied');
    assert.equal((await read('(sAMAccountName=leaver*)', 'dn')).length, 1);
    await assertSignsIn({ name: 'leaver7', password: 'Heir-Pass-1' }, true);
    const codes = deployment.log('domain', since).map(({ code }) => code);
    assert.ok(!codes.includes('ERR_DOMAIN_BATCH') && !codes.includes('ERR_DOMAIN_UNSETTLED'), codes.join());
  });

  test('a cloud-only user that is matched to one of the source keeps its SID and gets the password', async () => {
    const user = userOf('quinn', { mail: 'quinn@contoso.test', city: 'Köln', companyName: 'Contoso' });
    const cloudUser = { userPrincipalName: 'quinn@corp.contoso.test', mail: 'quinn@contoso.test' };
    await source.order({ objectId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8', cloudUser });
    await deployment.until('the cloud-only user is there', async () => {
      const { outcome } = (await source.order({ explainName: cloudUser.userPrincipalName })) as UserExplanation;
      return outcome?.status === 'waitingForCredential' ? true : undefined;
    });
    const sid = await read('(sAMAccountName=quinn)', 'objectSid');
    const identity = await read('(sAMAccountName=quinn)', 'altSecurityIdentities');
    await source.send({ id: 'quinn', user, credential: credentialOf('Quinn-Pass-1') });
    await settles('quinn', 'applied');
    assert.deepEqual(await read('(sAMAccountName=quinn)', 'objectSid'), sid);
    assert.notDeepEqual(await read('(sAMAccountName=quinn)', 'altSecurityIdentities'), identity);
    assert.deepEqual(await read('(sAMAccountName=quinn)', 'company'), ['Contoso']);
    await assertSignsIn({ name: 'quinn', password: 'Quinn-Pass-1' }, true);
  });

  test('a temporary password does not sign in before it is changed, and the lasting one after it does', async () => {
    await source.order({ features: { ForcePasswordChangeOnLogOn: true } });
    const temporary = { ...credentialOf('Rosa-Pass-1'), mustChangePassword: true as const };
    await source.send({ id: 'rosa', user: userOf('rosa'), credential: temporary });
    await settles('rosa', 'applied');
    assert.deepEqual(await read('(sAMAccountName=rosa)', 'pwdLastSet'), ['0']);
    await assertSignsIn({ name: 'rosa', password: 'Rosa-Pass-1' }, false);
    await source.send({ id: 'rosa', credential: credentialOf('Rosa-Pass-1') });
    await deployment.until('the password is a lasting one', async () => {
      const [lastSet] = await read('(sAMAccountName=rosa)', 'pwdLastSet');
      return lastSet === '0' ? undefined : true;
    });
    await assertSignsIn({ name: 'rosa', password: 'Rosa-Pass-1' }, true);
  });

  test('a change that was refused gets through by itself when the name becomes free in the managed domain', async () => {
    await changeManagedDomain(
      'dn: CN=hugo,CN=Users,DC=aadds,DC=contoso,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: hugo\n',
    );
    await source.send({ id: 'hugo', user: userOf('hugo'), credential: credentialOf('Hugo-Pass-1') });
    assert.match((await settles('hugo', 'refused')).reason ?? '', /CN=hugo,CN=Users/);
    await changeManagedDomain('dn: CN=hugo,CN=Users,DC=aadds,DC=contoso,DC=test\nchangetype: delete\n');
    // Two changes at once are a sign that others may have made room.
    await source.send(
      { id: 'ines', user: userOf('ines'), credential: credentialOf('Ines-Pass-1') },
      { id: 'jens', user: userOf('jens'), credential: credentialOf('Jens-Pass-1') },
    );
    await settles('hugo', 'applied');
    await assertSignsIn({ name: 'hugo', password: 'Hugo-Pass-1' }, true);
  });

  test('while the managed DC is away nothing is lost, and the log says so once', async () => {
    await source.send({ id: 'kai', user: userOf('kai'), credential: credentialOf('Kai-Pass-1') });
    await settles('kai', 'applied');
    const since = deployment.logPosition('domain');
    await lab.stopDc('managed-dc1');
    await source.send({ id: 'kai', credential: credentialOf('Kai-Pass-2', 2) });
    await deployment.until('the fault is logged', async () =>
      deployment.log('domain', since).some(({ code }) => code === 'ERR_DOMAIN_MANAGED_DC_UNAVAILABLE')
        ? true
        : undefined,
    );
    await lab.startDc('managed-dc1');
    await deployment.until('version 2', async () =>
      (await outcomeOf('kai')).version?.version === 2 ? true : undefined,
    );
    await assertSignsIn({ name: 'kai', password: 'Kai-Pass-2' }, true);
    await assertSignsIn({ name: 'kai', password: 'Kai-Pass-1' }, false);
    const told = deployment.log('domain', since).filter(({ nextStep }) => nextStep !== undefined);
    assert.equal(told.length, 1);
    assert.match(String(told[0]?.['msg']), /ldap_priv\/ldapi.*start Samba/);
  });

  test('a service that lost its place in the feed follows it from the beginning and changes nothing', async () => {
    await deployment.stop('domain');
    const before = await read('(altSecurityIdentities=Causeway:*)', 'uSNChanged');
    rmSync(lab.folder('managed-dc1', feedPlace));
    const since = deployment.logPosition('domain');
    deployment.start('domain');
    await source.send({ id: 'lena', user: userOf('lena'), credential: credentialOf('Lena-Pass-1') });
    await settles('lena', 'applied');
    assert.ok(deployment.log('domain', since).some(({ msg }) => String(msg).includes('from its beginning')));
    const unchanged = await read('(&(altSecurityIdentities=Causeway:*)(!(sAMAccountName=lena)))', 'uSNChanged');
    assert.deepEqual(unchanged.sort(), before.sort());
  });

  test('a directory that was made anew and sends an older credential does not bring the old password back', async () => {
    await source.send({ id: 'mona', user: userOf('mona'), credential: credentialOf('Mona-Pass-5', 5) });
    await settles('mona', 'applied');
    await deployment.stop('domain');
    await deployment.stop('directory');
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(lab.folder('cloud', `/var/lib/causeway/directory.sqlite${suffix}`), { force: true });
    }
    const since = deployment.logPosition('domain');
    deployment.start('directory');
    deployment.start('domain');
    await domainIsReady(since);
    await source.send({ id: 'mona', user: userOf('mona'), credential: credentialOf('Mona-Pass-4', 4) });
    assert.equal((await settles('mona', 'applied')).version?.version, 5);
    await assertSignsIn({ name: 'mona', password: 'Mona-Pass-5' }, true);
    await assertSignsIn({ name: 'mona', password: 'Mona-Pass-4' }, false);
  });

  /** What `causeway domain run` says when it refuses to start. */
  async function refusal(): Promise<{ code: string; nextStep: string }> {
    const { exitCode, stderr } = await deployment.causeway('domain', ['domain', 'run', '--json']);
    assert.notEqual(exitCode, 0);
    return JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { code: string; nextStep: string };
  }

  test('a tenant key that others may read is refused', async () => {
    await deployment.stop('domain');
    const file = lab.folder('managed-dc1', tenantKey);
    chmodSync(file, 0o644);
    const { code, nextStep } = await refusal();
    assert.equal(code, 'ERR_DOMAIN_KEY_PERMISSIONS');
    assert.match(nextStep, /chmod 600/);
    chmodSync(file, 0o600);
  });

  test('a tenant key that was lost is not replaced by itself, and what waited for it opens when it is back', async () => {
    const file = lab.folder('managed-dc1', tenantKey);
    await source.send({ id: 'nora', user: userOf('nora'), credential: credentialOf('Nora-Pass-1') });
    renameSync(file, `${file}.away`);
    const { code, nextStep } = await refusal();
    assert.equal(code, 'ERR_DOMAIN_KEY_CONFLICT');
    assert.match(nextStep, /--replace-key/);
    renameSync(`${file}.away`, file);
    deployment.start('domain');
    await settles('nora', 'applied');
  });

  test('a tenant key is replaced when an operator says so, and credentials of the old one are told from others', async () => {
    await deployment.stop('domain');
    const file = lab.folder('managed-dc1', tenantKey);
    await source.send({ id: 'olga', user: userOf('olga'), credential: credentialOf('Olga-Pass-1') });
    renameSync(file, `${file}.away`);
    const replaced = lab.spawn('managed-dc1', [...causeway, 'domain', 'run', '--replace-key'], { stdio: 'ignore' });
    try {
      const { reason } = await settles('olga', 'notOpenable');
      assert.match(reason ?? '', /sealed to the key [0-9a-f]{16}, and this host holds the key [0-9a-f]{16}/);
    } finally {
      const exit = once(replaced, 'exit');
      replaced.kill('SIGTERM');
      await exit;
    }
    assert.equal((await read('(sAMAccountName=olga)', 'userAccountControl'))[0], String(0x1_0202));
  });
});
