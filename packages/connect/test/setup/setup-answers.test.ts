import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectConfigSchema } from '../../src/config.ts';
import { configFileOf, setupAnswersSchema, withDomains } from '../../src/setup/setup-answers.ts';

const least = {
  forest: 'CORP.contoso.com',
  account: 'svc-causeway',
  tenant: 'contoso',
  publicKey: Buffer.alloc(32, 1).toString('base64'),
  directory: 'https://directory.example.net:8443',
};

describe('the configuration for some answers', () => {
  it('is one that the agent takes, with the fewest keys', () => {
    const file = configFileOf(setupAnswersSchema.parse(least), ['dc1.corp.contoso.com']);
    assert.deepEqual(file, {
      tenant: { id: 'contoso', publicKey: least.publicKey },
      directory: { url: least.directory, agent: 'connect-1', key: '/var/lib/causeway/agent.key' },
      connectors: [
        {
          name: 'corp.contoso.com',
          domains: [{ name: 'corp.contoso.com', domainControllers: ['dc1.corp.contoso.com'] }],
          account: { name: 'svc-causeway', passwordFile: '/var/lib/causeway/corp.contoso.com.password' },
        },
      ],
      stateDir: '/var/lib/causeway',
    });
    connectConfigSchema.parse(file);
  });

  it('holds every answer', () => {
    const answers = setupAnswersSchema.parse({
      ...least,
      accountDomain: 'CORP',
      signIn: 'ntlm',
      tls: 'ldaps',
      ca: '/ca.pem',
      directoryCa: '/dir.pem',
      agent: 'connect-2',
      stateDir: '/srv/causeway',
    });
    const config = connectConfigSchema.parse(configFileOf(answers, ['dc1.corp.contoso.com']));
    const [connector] = config.connectors;
    assert.equal(connector?.account.signIn, 'ntlm');
    assert.equal(connector?.account.domain, 'CORP');
    assert.deepEqual(connector?.ldap, { tls: 'ldaps', ca: '/ca.pem' });
    assert.deepEqual(config.directory, {
      url: least.directory,
      ca: '/dir.pem',
      agent: 'connect-2',
      key: '/srv/causeway/agent.key',
    });
  });

  it('takes further domains of the forest', () => {
    const file = configFileOf(setupAnswersSchema.parse(least), ['dc1.corp.contoso.com']);
    const more = withDomains(file, 'corp.contoso.com', [
      { name: 'emea.corp.contoso.com', domainControllers: ['emea-dc1.emea.corp.contoso.com'] },
    ]);
    assert.deepEqual(
      connectConfigSchema.parse(more).connectors[0]?.domains.map(({ name }) => name),
      ['corp.contoso.com', 'emea.corp.contoso.com'],
    );
    assert.equal(file.connectors[0]?.domains.length, 1);
  });

  it('refuses answers that nobody asks for', () => {
    assert.equal(setupAnswersSchema.safeParse({ ...least, password: 'x' }).success, false);
  });
});
