import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryConfigSchema } from '@causeway/directory';
import { createConfig } from './support/directory.ts';

test('a whole configuration is taken as it is', () => {
  const config = createConfig();
  assert.deepEqual(directoryConfigSchema.parse(config), config);
});

const config = createConfig();
const [tenant] = config.tenants;
const [agent] = tenant?.agents ?? [];
const wrong: [string, unknown, string][] = [
  ['a port that is none', { ...config, listen: { host: '::1', port: 65_536 } }, 'listen.port'],
  ['no tenant', { ...config, tenants: [] }, 'tenants'],
  ['a tenant twice', { ...config, tenants: [tenant, tenant] }, 'tenants'],
  ['a tenant without agents', { ...config, tenants: [{ id: 'contoso', agents: [] }] }, 'tenants.0.agents'],
  ['an agent twice', { ...config, tenants: [{ id: 'contoso', agents: [agent, agent] }] }, 'tenants.0.agents'],
  [
    'a role that is none',
    { ...config, tenants: [{ id: 'contoso', agents: [{ ...agent, role: 'admin' }] }] },
    'tenants.0.agents.0.role',
  ],
  [
    'a key that is none',
    { ...config, tenants: [{ id: 'contoso', agents: [{ ...agent, publicKey: 'ssh-ed25519 AAAA' }] }] },
    'tenants.0.agents.0.publicKey',
  ],
  ['a setting that is none', { ...config, databse: 'x' }, ''],
];
for (const [what, value, path] of wrong) {
  test(`${what} is refused at its place`, () => {
    const { error } = directoryConfigSchema.safeParse(value);
    assert.equal(error?.issues[0]?.path.join('.'), path);
  });
}
