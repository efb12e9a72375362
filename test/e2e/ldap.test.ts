import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { CA_FILE, DOMAINS, HOSTS, Lab, type LabAccount } from '@causeway/lab';
import type { DirSyncResult, FoundEntry, LdapCommand, SignIn, SignInKind } from './ldap-reader.ts';
import { RemoteError, RemoteProgram } from './support/remote-program.ts';

const domain = DOMAINS['corp-dc1'];
const host = HOSTS['corp-dc1'].fqdn;
const users = '(sAMAccountType=805306368)';
/** Text, numbers, bytes, many values, and what only part of the entries have. */
const attributes = ['objectGUID', 'objectSid', 'sAMAccountName', 'displayName', 'userAccountControl', 'objectClass'];

/** The entries of `ldapsearch -LLL -o ldif-wrap=no`. */
function parseLdif(text: string): FoundEntry[] {
  return text
    .split('\n\n')
    .map((record) => {
      const values: Record<string, string[]> = {};
      for (const line of record.split('\n')) {
        const match = /^([A-Za-z-]+)(::?) (.*)$/.exec(line);
        if (!match) continue;
        const [, name = '', mark = '', value = ''] = match;
        const encoded = mark === '::' ? value : Buffer.from(value).toString('base64');
        (values[name.toLowerCase()] ??= []).push(encoded);
      }
      const { dn, ...rest } = values;
      return { dn: Buffer.from(dn?.[0] ?? '', 'base64').toString(), attributes: rest };
    })
    .filter(({ dn }) => dn !== '');
}

/** Entries in an order that says nothing about the server's, their attributes as well. */
function sorted(entries: readonly FoundEntry[]): FoundEntry[] {
  return entries
    .map(({ dn, attributes: values }) => ({
      dn,
      attributes: Object.fromEntries(Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1))),
    }))
    .sort((left, right) => (left.dn < right.dn ? -1 : 1));
}

const is =
  (expected: { code: string; reason?: string; nextStep?: RegExp }) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof RemoteError, String(error));
    assert.deepEqual([error.code, error.reason], [expected.code, expected.reason], error.message);
    assert.match(error.nextStep ?? '', expected.nextStep ?? /./);
    return true;
  };

describe('reading a domain controller over LDAP', () => {
  let lab: Lab;
  const readers: RemoteProgram<LdapCommand>[] = [];

  function signIn(kind: SignInKind, account: LabAccount = lab.serviceAccounts.sync): SignIn {
    const { name: user, password } = account;
    return { kind, host, realm: domain.realm, domain: domain.netbiosName, user, password, ca: CA_FILE };
  }

  function newReader(): RemoteProgram<LdapCommand> {
    const reader = new RemoteProgram<LdapCommand>(lab, 'ldap-reader.ts');
    readers.push(reader);
    return reader;
  }

  async function open(kind: SignInKind, account?: LabAccount): Promise<RemoteProgram<LdapCommand>> {
    const reader = newReader();
    await reader.ask({ do: 'open', signIn: signIn(kind, account) });
    return reader;
  }

  /** What OpenLDAP's client finds, with passwords by standard input. */
  async function ldapsearch(how: 'GSSAPI' | 'LDAPS', filter: string): Promise<FoundEntry[]> {
    const { name, password } = lab.serviceAccounts.sync;
    const principal = `${name}@${domain.realm}`;
    const sign =
      how === 'GSSAPI'
        ? `kinit -c "$c" ${principal} >/dev/null && KRB5CCNAME="$c" ldapsearch -Q -Y GSSAPI -O minssf=56 -H ldap://${host}`
        : `cat >"$c" && ldapsearch -x -H ldaps://${host} -D ${principal} -y "$c"`;
    const script = `c=$(mktemp); trap 'rm -f "$c"' EXIT; ${sign} -LLL -o ldif-wrap=no -E pr=100/noprompt -b '${domain.baseDn}' '${filter}' ${attributes.join(' ')}`;
    const input = how === 'GSSAPI' ? `${password}\n` : password;
    const { exitCode, stdout, stderr } = await lab.exec('connect', ['sh', '-c', script], { input });
    assert.equal(exitCode, 0, stderr);
    return parseLdif(stdout);
  }

  async function onDc(script: string, input = ''): Promise<void> {
    const { exitCode, stderr } = await lab.exec('corp-dc1', ['sh', '-c', script], { input });
    assert.equal(exitCode, 0, stderr);
  }

  before(() => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
  });
  after(async () => {
    await Promise.all(readers.map(async (reader) => reader.kill()));
  });

  describe('gives what ldapsearch gives', () => {
    const expected = new Map<string, FoundEntry[]>();
    before(async () => {
      expected.set('GSSAPI', sorted(await ldapsearch('GSSAPI', users)));
      expected.set('LDAPS', sorted(await ldapsearch('LDAPS', users)));
      assert.ok((expected.get('GSSAPI')?.length ?? 0) > 15);
    });

    for (const kind of [
      'ntlm',
      'negotiated ntlm',
      'negotiated kerberos',
      'kerberos',
      'starttls',
      'ldaps',
    ] as const satisfies SignInKind[]) {
      it(kind, async () => {
        const reader = await open(kind);
        for (const pageSize of [7, 500]) {
          const entries = await reader.ask<FoundEntry[]>({
            do: 'search',
            base: domain.baseDn,
            filter: users,
            attributes,
            pageSize,
          });
          for (const how of ['GSSAPI', 'LDAPS']) assert.deepEqual(sorted(entries), expected.get(how), how);
        }
      });
    }

    it('with ldapts on a sealed connection', async () => {
      const command = { do: 'ldapts', signIn: signIn('ntlm'), base: domain.baseDn, filter: users, attributes } as const;
      const names = await newReader().ask<string[]>(command);
      assert.deepEqual(
        names.sort(),
        expected.get('LDAPS')?.map(({ dn }) => dn),
      );
    });
  });

  it('with DirSync gives everything once, then the one user that has changed', async () => {
    const reader = await open('ntlm');
    const search = {
      do: 'dirSync',
      base: domain.baseDn,
      filter: users,
      attributes: ['sAMAccountName', 'pwdLastSet'],
    } as const;
    const full = await reader.ask<DirSyncResult>(search);
    const listed = await reader.ask<FoundEntry[]>({ ...search, do: 'search' });
    assert.deepEqual(full.entries.map(({ attributes: { objectguid } }) => objectguid).length, listed.length);
    const { cookie } = full;
    assert.deepEqual((await reader.ask<DirSyncResult>({ ...search, cookie })).entries, []);

    const user = lab.users[3];
    assert.ok(user);
    await lab.setPassword(user, `Ldap-${randomBytes(9).toString('base64url')}-é`);
    // On another connection: the cookie is all that it takes.
    const delta = await (await open('ldaps')).ask<DirSyncResult>({ ...search, cookie });
    assert.deepEqual(
      delta.entries.map(({ dn }) => dn),
      [user.dn],
    );
    assert.deepEqual(Object.keys(delta.entries[0]?.attributes ?? {}).sort(), [
      'instancetype',
      'objectguid',
      'pwdlastset',
    ]);
  });

  it('with DirSync needs the right to replicate, unless it asks for what the account may see', async () => {
    const reader = await open('ntlm', lab.serviceAccounts.withoutRights);
    const search = { do: 'dirSync', base: domain.baseDn, filter: users, attributes: ['sAMAccountName'] } as const;
    await assert.rejects(
      reader.ask(search),
      is({ code: 'ERR_LDAP_ACCESS_DENIED', nextStep: /Replicating Directory Changes/ }),
    );
    const { entries } = await reader.ask<DirSyncResult>({ ...search, flags: { objectSecurity: true } });
    assert.ok(entries.length > 15);
  });

  it('is told of a changed password without asking', async () => {
    const reader = newReader();
    await reader.ask({ do: 'watch', signIn: signIn('ntlm'), base: domain.baseDn, attributes: ['pwdLastSet'] });
    const user = lab.users[4];
    assert.ok(user);
    const told = async (): Promise<number> => {
      for (;;) {
        const change = await reader.ask<FoundEntry>({ do: 'next change' });
        if (change.dn !== user.dn) continue;
        assert.ok(change.attributes['pwdlastset']);
        return Date.now();
      }
    };
    const change = async (): Promise<number> => {
      await lab.setPassword(user, `Ldap-${randomBytes(9).toString('base64url')}`);
      return Date.now();
    };
    const [toldAt, changedAt] = await Promise.all([told(), change()]);
    // Samba looks for what it has to tell every few seconds; Windows tells at once.
    assert.ok(toldAt - changedAt < 10_000, `${toldAt - changedAt} ms`);
  });

  for (const kind of ['ntlm', 'negotiated ntlm', 'starttls'] as const) {
    it(`names a wrong password (${kind})`, async () => {
      const { name } = lab.serviceAccounts.sync;
      await assert.rejects(
        open(kind, { name, password: 'not the password' }),
        is({ code: 'ERR_LDAP_CREDENTIALS', reason: 'wrong-password' }),
      );
    });
  }

  it('names a disabled account', async () => {
    const name = 'ldap-disabled';
    const password = `Ldap-${randomBytes(9).toString('base64url')}`;
    const reading = `read p; printf '%s\\n%s\\n' "$p" "$p" | samba-tool user create ${name}`;
    await onDc(`${reading} && samba-tool user disable ${name}`, `${password}\n`);
    try {
      await assert.rejects(
        open('ldaps', { name, password }),
        is({ code: 'ERR_LDAP_CREDENTIALS', reason: 'account-disabled' }),
      );
    } finally {
      await onDc(`samba-tool user delete ${name}`);
    }
  });

  it('is refused without protection', async () => {
    await assert.rejects(
      newReader().ask({ do: 'sign in without protection', signIn: signIn('ntlm') }),
      is({ code: 'ERR_LDAP_PROTECTION_REQUIRED', nextStep: /sign and seal/ }),
    );
  });
});
