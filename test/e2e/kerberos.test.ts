import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { DOMAINS, HOSTS, Lab } from '@causeway/lab';
import type { TicketCommand, TicketResult } from './kerberos-client.ts';
import { RemoteProgram } from './support/remote-program.ts';

const { realm } = DOMAINS['corp-dc1'];
const dcHost = HOSTS['corp-dc1'].fqdn;
const target = { service: 'ldap', host: dcHost };

async function run(lab: Lab, host: 'connect' | 'corp-dc1', command: string[], input?: string): Promise<string> {
  const child = lab.spawn(host, command, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  child.stdin?.end(input ?? '');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  assert.equal(exitCode, 0, `${command[0]}: ${output}`);
  return output;
}

const addPrincipal = (name: string, type: string, more: string): string =>
  `addprinc ${more} -e ${type}:normal ${name}\n`;

describe("tickets of Samba's KDC", () => {
  let lab: Lab;
  let program: RemoteProgram<TicketCommand>;
  const cache = '/tmp/kerberos-test.ccache';
  const keytab = '/tmp/kerberos-test.keytab';

  const account = (): { user: string; password: string } => {
    const { name: user, password } = lab.serviceAccounts.sync;
    return { user, password };
  };

  before(() => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    program = new RemoteProgram(lab, 'kerberos-client.ts');
  });
  after(async () => {
    await program.close();
    await lab.exec('connect', ['rm', '-f', cache, keytab]);
  });

  for (const protocol of ['udp', 'tcp'] as const)
    it(`come with a password, over ${protocol}, from the KDC that DNS names`, async () => {
      const result = await program.ask<TicketResult>({ ...account(), realm: realm.toLowerCase(), target, protocol });
      assert.equal(result.client, `${account().user}@${realm}`);
      assert.equal(result.server, `ldap/${dcHost}@${realm}`);
      assert.equal(result.sessionEnctype, 18);
      assert.equal(result.clockOffsetMs, 0);
    });

  it('come with aes128 and, where it is allowed, with rc4-hmac', async () => {
    const aes128 = await program.ask<TicketResult>({ ...account(), realm, target, enctypes: [17] });
    assert.equal(aes128.sessionEnctype, 17);
    const rc4 = await program.ask<TicketResult>({ ...account(), realm, target, enctypes: [], allowRc4: true });
    assert.equal(rc4.sessionEnctype, 23);
    await assert.rejects(program.ask<TicketResult>({ ...account(), realm, target, enctypes: [23] }), {
      code: 'ERR_KRB5_CONFIGURATION',
    });
  });

  it('come with a keytab that the domain controller exported', async () => {
    const { user } = account();
    await run(lab, 'corp-dc1', ['samba-tool', 'domain', 'exportkeytab', keytab, `--principal=${user}`]);
    const { stdout } = await lab.exec('corp-dc1', ['base64', '-w0', keytab]);
    await lab.exec('corp-dc1', ['rm', keytab]);
    lab.writeFile('connect', keytab, Buffer.from(stdout, 'base64'), 0o600);
    for (const enctypes of [[18], [17]]) await program.ask<TicketResult>({ user, realm, target, keytab, enctypes });
    await assert.rejects(program.ask<TicketResult>({ user: 'Administrator', realm, target, keytab }), {
      code: 'ERR_KRB5_KEYTAB',
    });
  });

  it('come for a user principal name with another suffix than the realm', async () => {
    const user = lab.users.find(({ password }) => password !== undefined);
    assert.ok(user?.password);
    const { userPrincipalName, accountName, password } = user;
    const result = await program.ask<TicketResult>({ user: userPrincipalName, password, realm, target });
    assert.equal(result.client.toLowerCase(), `${accountName}@${realm}`.toLowerCase());
  });

  it('come when the clocks differ by hours', async () => {
    const result = await program.ask<TicketResult>({ ...account(), realm, target, clockAheadMs: 7_200_000 });
    assert.ok(Math.abs(result.clockOffsetMs + 7_200_000) < 5000, String(result.clockOffsetMs));
  });

  it('are refused by name: a wrong password, an unknown account, an unknown service, a disabled account', async () => {
    const { name } = lab.serviceAccounts.withoutRights;
    const good = account();
    const cases: [string, Partial<TicketCommand>][] = [
      ['ERR_KRB5_PREAUTH_FAILED', { user: name, password: 'not the password' }],
      ['ERR_KRB5_CLIENT_UNKNOWN', { user: 'nobody-has-this-name' }],
      ['ERR_KRB5_CLIENT_UNKNOWN', { user: 'nobody@contoso.test' }],
      ['ERR_KRB5_SERVICE_UNKNOWN', { target: { service: 'ldap', host: 'no-such-host.corp.contoso.test' } }],
    ];
    for (const [code, change] of cases)
      await assert.rejects(program.ask<TicketResult>({ ...good, realm, target, ...change }), { code });
    await run(lab, 'corp-dc1', ['samba-tool', 'user', 'disable', name]);
    try {
      const { password } = lab.serviceAccounts.withoutRights;
      await assert.rejects(program.ask<TicketResult>({ user: name, password, realm, target }), (error: Error) => {
        assert.match(error.message, /STATUS_ACCOUNT_DISABLED/);
        return 'code' in error && error.code === 'ERR_KRB5_CLIENT_REVOKED';
      });
    } finally {
      await run(lab, 'corp-dc1', ['samba-tool', 'user', 'enable', name]);
    }
  });

  it("are shared with MIT's programs in both directions", async () => {
    await program.ask<TicketResult>({ ...account(), realm, target, cache });
    const list = await run(lab, 'connect', ['klist', '-e', '-c', cache]);
    assert.match(list, new RegExp(`Default principal: ${account().user}@${realm}`));
    assert.match(list, new RegExp(`ldap/${dcHost}@${realm}`));
    await run(lab, 'connect', ['kvno', '-c', cache, `cifs/${dcHost}`]);
    await run(lab, 'connect', ['rm', cache]);

    const { user, password } = account();
    await run(lab, 'connect', ['kinit', '-c', cache, user], `${password}\n`);
    await program.ask<TicketResult>({ user, realm, target, cache });
    assert.match(await run(lab, 'connect', ['klist', '-c', cache]), new RegExp(`ldap/${dcHost}@${realm}`));
  });
});

describe("tickets of MIT's KDC", () => {
  const mitRealm = 'MIT.TEST';
  const folder = '/tmp/mit-kdc';
  const settings = {
    env: { KRB5_CONFIG: `${folder}/krb5.conf`, KRB5_KDC_PROFILE: `${folder}/kdc.conf` },
  };
  const kdcs = ['127.0.0.1:8800'];
  const password = randomBytes(16).toString('hex');
  let lab: Lab;
  let program: RemoteProgram<TicketCommand>;
  let kdc: ChildProcess | undefined;

  const withSettings = (...command: string[]): string[] => [
    'env',
    ...Object.entries(settings.env).map(([name, value]) => `${name}=${value}`),
    ...command,
  ];

  before(async () => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    program = new RemoteProgram(lab, 'kerberos-client.ts');
    const types = 'aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 aes256-cts aes128-cts';
    lab.writeFile(
      'connect',
      `${folder}/krb5.conf`,
      `[libdefaults]\n default_realm = ${mitRealm}\n[realms]\n ${mitRealm} = {\n  kdc = ${kdcs[0]}\n }\n`,
    );
    lab.writeFile(
      'connect',
      `${folder}/kdc.conf`,
      `[kdcdefaults]
 kdc_listen = 127.0.0.1:8800
 kdc_tcp_listen = 127.0.0.1:8800
[realms]
 ${mitRealm} = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  acl_file = ${folder}/acl
  supported_enctypes = ${types.replaceAll(/\S+/g, '$&:normal')}
 }
[logging]
 kdc = STDERR
`,
    );
    const master = randomBytes(16).toString('hex');
    await run(lab, 'connect', withSettings('kdb5_util', 'create', '-s', '-r', mitRealm), `${master}\n${master}\n`);
    await run(
      lab,
      'connect',
      withSettings('kadmin.local', '-r', mitRealm),
      addPrincipal('alice20', 'aes256-cts-hmac-sha384-192', `-pw ${password} +requires_preauth`) +
        addPrincipal('alice19', 'aes128-cts-hmac-sha256-128', `-pw ${password} +requires_preauth`) +
        addPrincipal('trusted', 'aes256-cts-hmac-sha384-192', `-pw ${password}`) +
        addPrincipal(
          'ldap/server.mit.test',
          'aes256-cts-hmac-sha384-192:normal,aes128-cts-hmac-sha256-128',
          '-randkey',
        ) +
        `ktadd -norandkey -k ${folder}/alice.keytab alice20\n`,
    );
    kdc = lab.spawn('connect', withSettings('krb5kdc', '-n', '-r', mitRealm), { stdio: ['ignore', 'ignore', 'pipe'] });
    if (!kdc.stderr) throw new TypeError('the KDC has no log');
    for await (const line of createInterface({ input: kdc.stderr })) if (line.includes('commencing operation')) return;
    assert.fail('the KDC does not start');
  });
  after(async () => {
    await program.close();
    kdc?.kill();
    await lab.exec('connect', ['rm', '-rf', folder]);
  });

  const mitTarget = { service: 'ldap', host: 'server.mit.test' };

  it('come with the encryption types of RFC 8009', async () => {
    for (const [user, enctype] of [
      ['alice20', 20],
      ['alice19', 19],
      ['trusted', 20],
    ] as const)
      for (const protocol of ['udp', 'tcp'] as const) {
        const command = { user, password, realm: mitRealm, kdcs, target: mitTarget, protocol };
        const result = await program.ask<TicketResult>({ ...command, enctypes: [enctype] });
        assert.equal(result.sessionEnctype, enctype);
        assert.equal(result.client, `${user}@${mitRealm}`);
      }
  });

  it('come with the keytab of kadmin and all default types', async () => {
    const command = { user: 'alice20', realm: mitRealm, kdcs, target: mitTarget };
    await program.ask<TicketResult>({ ...command, keytab: `${folder}/alice.keytab` });
  });

  it('are refused by name', async () => {
    const command = { user: 'alice20', realm: mitRealm, kdcs, target: mitTarget };
    await assert.rejects(program.ask<TicketResult>({ ...command, password: 'wrong' }), {
      code: 'ERR_KRB5_PREAUTH_FAILED',
    });
    await assert.rejects(program.ask<TicketResult>({ ...command, password, enctypes: [17] }), (error: Error) => {
      assert.ok('code' in error && String(error.code).startsWith('ERR_KRB5_'), error.message);
      return true;
    });
  });
});
