import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { connectConfigSchema, isServiceAccount } from '../src/config.ts';

const publicKey = Buffer.alloc(32, 1).toString('base64');
const connectorLeast = {
  name: 'corp.contoso.test',
  domains: [{ name: 'corp.contoso.test', domainControllers: ['dc1.corp.contoso.test'] }],
  account: { name: 'svc-causeway', passwordFile: '/etc/causeway/password' },
};
const least = {
  tenant: { id: 'contoso', publicKey },
  directory: { url: 'https://directory.example.net:8443', agent: 'connect-1', key: '/etc/causeway/agent.key' },
  connectors: [connectorLeast],
  stateDir: '/var/lib/causeway',
};

function problemsOf(change: object): string[] {
  const result = connectConfigSchema.safeParse({ ...least, ...change });
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

suite('configuration of connect', () => {
  test('everything that has a sensible value has a default', () => {
    const {
      connectors: [connector],
      objectSync,
      passwordHashSync,
      scope,
    } = connectConfigSchema.parse(least);
    assert.ok(connector);
    assert.deepEqual(connector.ldap, { tls: 'starttls' });
    assert.equal(connector.account.refusedRetryMs, 300_000);
    assert.equal(connector.account.signIn, 'kerberos');
    assert.deepEqual(connector.kerberos, { allowRc4: false });
    assert.deepEqual(objectSync, { pollIntervalMs: 500, match: 'once' });
    assert.deepEqual(passwordHashSync, {
      enabled: true,
      changeNotification: 'auto',
      pollIntervalMs: 200,
      safetyIntervalMs: 30_000,
      syncNtlm: true,
    });
    assert.deepEqual(scope, { allowNoUsers: false });
  });

  test('a key of another length, an unprotected directory and a misspelt key are told with their place', () => {
    assert.deepEqual(problemsOf({ tenant: { id: 'contoso', publicKey: 'AAAA' } }), [
      'tenant.publicKey: not 32 bytes in base64: an X25519 public key',
    ]);
    assert.deepEqual(problemsOf({ directory: { ...least.directory, url: 'http://directory.example.net' } }), [
      'directory.url: not an https:// URL',
    ]);
    assert.deepEqual(problemsOf({ passwordHashSync: { enable: true } }), [
      'passwordHashSync: Unrecognized key: "enable"',
    ]);
  });

  test('LDAP without protection cannot be configured', () => {
    const connectors = [{ ...connectorLeast, ldap: { tls: 'none' } }];
    assert.match(problemsOf({ connectors }).join(), /connectors\.0\.ldap\.tls/);
  });

  test('two connectors of one name, and two domains of one name, are refused', () => {
    const twice = [connectorLeast, connectorLeast];
    assert.match(problemsOf({ connectors: twice }).join(), /two connectors have the same name/);
    const other = { ...connectorLeast, name: 'fabrikam.test' };
    assert.match(problemsOf({ connectors: [connectorLeast, other] }).join(), /two domains have the same name/);
  });

  test('names that the directory would refuse are refused here', () => {
    const connectors = [{ ...connectorLeast, name: 'corp contoso' }];
    assert.match(problemsOf({ connectors }).join(), /connectors\.0\.name/);
    assert.match(problemsOf({ tenant: { id: 'Contoso Ltd', publicKey } }).join(), /tenant\.id/);
    assert.match(problemsOf({ directory: { ...least.directory, agent: 'Connect 1' } }).join(), /directory\.agent/);
  });

  test('the forest may be written with capital letters; its source name at the directory has none', () => {
    const connectors = [{ ...connectorLeast, name: 'CORP.Contoso.test' }];
    assert.equal(connectConfigSchema.parse({ ...least, connectors }).connectors[0]?.name, 'corp.contoso.test');
  });

  test('the service account is known whatever its letter case', () => {
    const [connector] = connectConfigSchema.parse(least).connectors;
    assert.ok(connector);
    assert.equal(isServiceAccount('SVC-Causeway', connector), true);
    assert.equal(isServiceAccount('svc-causeway2', connector), false);
  });
});
