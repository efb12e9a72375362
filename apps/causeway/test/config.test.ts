import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { directoryConfigSchema } from '@causeway/directory';
import { CausewayError } from '@causeway/model';
import { loadConfig } from '../src/config.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'causeway-config-'));
const file = path.join(folder, 'directory.yaml');

after(() => {
  rmSync(folder, { recursive: true });
});

function failureOf(yaml: string): CausewayError {
  writeFileSync(file, yaml);
  try {
    loadConfig(file, directoryConfigSchema);
  } catch (error) {
    if (error instanceof CausewayError) return error;
    throw error;
  }
  assert.fail('the configuration was accepted');
}

const valid = `# the directory
listen: { host: 127.0.0.1, port: 8443 }
tls: { certificate: /etc/causeway/tls/cert.pem, key: /etc/causeway/tls/key.pem }
database: /var/lib/causeway/directory.sqlite
tenants:
  - id: contoso
    agents:
      - id: connect-1
        role: connect
        publicKey: ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
`;

describe('a configuration file', () => {
  test('is read', () => {
    writeFileSync(file, valid);
    assert.equal(loadConfig(file, directoryConfigSchema).listen.port, 8443);
  });

  const wrong: [string, string, RegExp][] = [
    ['an unknown key', `${valid}extra: 1\n`, /extra/],
    ['a value of the wrong kind', valid.replace('8443', 'https'), /line 2, column \d+: listen\.port: /],
    ['a missing key', valid.replace(/^database.*\n/m, ''), /database: /],
    [
      'a role that does not exist',
      valid.replace('role: connect', 'role: reader'),
      /line 9, column \d+: tenants\.0\.agents\.0\.role/,
    ],
    ['what is not YAML', 'listen: [', /line \d+, column \d+: /],
    ['an empty file', '', /listen: /],
  ];
  for (const [what, yaml, message] of wrong) {
    test(`with ${what} is refused with the place`, () => {
      const error = failureOf(yaml);
      assert.equal(error.code, 'ERR_CONFIG_INVALID');
      assert.match(error.message, message);
      assert.ok(error.message.includes(file));
    });
  }

  test('that is not there is refused by name', () => {
    assert.throws(
      () => loadConfig('/nonexistent/causeway.yaml', directoryConfigSchema),
      (error) => error instanceof CausewayError && error.code === 'ERR_CONFIG_UNREADABLE' && error.nextStep !== '',
    );
  });
});
