import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventLogConfigSchema } from '../src/index.ts';

const syslog = { host: 'logs.example.net' };

describe('the configuration of the event log', () => {
  it('has a default for everything, and no receiver', () => {
    assert.deepEqual(eventLogConfigSchema.parse({}), { maxAgeDays: 30, maxMiB: 64 });
  });

  const receivers: readonly [given: object, meant: object][] = [
    [{}, { transport: 'udp', port: 514, facility: 'daemon' }],
    [{ transport: 'tcp' }, { transport: 'tcp', port: 514, facility: 'daemon' }],
    [
      { transport: 'tls', facility: 'local0' },
      { transport: 'tls', port: 6514, facility: 'local0' },
    ],
    [
      { transport: 'tls', port: 10_514, ca: '/ca.pem' },
      { transport: 'tls', port: 10_514, facility: 'daemon', ca: '/ca.pem' },
    ],
  ];
  for (const [given, meant] of receivers) {
    it(`takes a receiver with ${JSON.stringify(given)}`, () => {
      const config = eventLogConfigSchema.parse({ syslog: { ...syslog, ...given } });
      assert.deepEqual(config.syslog, { ...syslog, ...meant });
    });
  }

  const refused: readonly [what: string, config: object, path: string][] = [
    ['an unknown key', { maxSize: 1 }, ''],
    ['no days', { maxAgeDays: 0 }, 'maxAgeDays'],
    ['half a MiB', { maxMiB: 0.5 }, 'maxMiB'],
    ['a receiver without a host', { syslog: {} }, 'syslog.host'],
    ['a port that is none', { syslog: { ...syslog, port: 65_536 } }, 'syslog.port'],
    ['an unknown transport', { syslog: { ...syslog, transport: 'relp' } }, 'syslog.transport'],
    ['an unknown facility', { syslog: { ...syslog, facility: 'local8' } }, 'syslog.facility'],
    ['an authority without TLS', { syslog: { ...syslog, ca: '/ca.pem' } }, 'syslog.ca'],
  ];
  for (const [what, config, path] of refused) {
    it(`refuses ${what}`, () => {
      const result = eventLogConfigSchema.safeParse(config);
      assert.deepEqual(
        result.error?.issues.map((issue) => issue.path.join('.')),
        [path],
      );
    });
  }
});
