import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainConfigSchema } from '../src/index.ts';

const least = {
  tenant: 'contoso',
  directory: { url: 'https://cloud:8443', agent: 'domain-1', key: '/etc/causeway/agent.key' },
};

test('a short configuration gets the places of Debian and the container of Azure AD Domain Services', () => {
  assert.deepEqual(domainConfigSchema.parse(least), {
    ...least,
    samba: { privateDir: '/var/lib/samba/private', ldbmodify: 'ldbmodify' },
    container: 'OU=AADDC Users',
    stateDir: '/var/lib/causeway',
  });
});

test('a name that is not known, plain HTTP and a container that is none are refused', () => {
  for (const wrong of [
    { ...least, stateDirectory: '/x' },
    { ...least, directory: { ...least.directory, url: 'http://cloud' } },
    { ...least, container: 'AADDC Users' },
    { ...least, tenant: '' },
  ]) {
    assert.equal(domainConfigSchema.safeParse(wrong).success, false);
  }
});
