import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeChannel } from '../../src/passwords/channel-description.ts';
import type { ChannelState } from '../../src/passwords/channel-state.ts';
import { domainDn, domainOf } from '../../src/passwords/domain-names.ts';
import { secondsLeft } from '../../src/passwords/full-run.ts';
import { decideGate } from '../../src/passwords/gate.ts';

describe('the domain of an object', () => {
  const domains = ['corp.test', 'child.corp.test', 'other.test'];
  const rows: [dn: string, domain: string | undefined][] = [
    ['CN=Alice,OU=Staff,DC=corp,DC=test', 'corp.test'],
    ['CN=Alice,DC=Child,DC=Corp,DC=Test', 'child.corp.test'],
    ['CN=Alice,DC=grand,DC=child,DC=corp,DC=test', 'child.corp.test'],
    ['CN=DC=corp\\,DC=test,DC=other,DC=test', 'other.test'],
    ['CN=Alice,DC=example,DC=com', undefined],
    ['', undefined],
  ];
  for (const [dn, domain] of rows) {
    it(`${dn || 'no name'}: ${domain ?? 'none'}`, () => {
      assert.equal(domainOf(dn, domains), domain);
    });
  }

  it('has a distinguished name by its DNS name', () => {
    assert.equal(domainDn('Corp.Contoso.test'), 'dc=corp,dc=contoso,dc=test');
  });
});

describe('whether passwords are carried', () => {
  for (const [enabled, staging, ready, gate] of [
    [true, false, true, 'run'],
    [false, false, true, 'off'],
    [false, true, false, 'off'],
    [true, true, true, 'staging'],
    [true, true, false, 'staging'],
    [true, false, false, 'paused'],
  ] as const) {
    it(`enabled ${enabled}, staging ${staging}, ready ${ready}: ${gate}`, () => {
      assert.equal(decideGate({ enabled, staging, ready }), gate);
    });
  }
});

describe('what is told of a channel', () => {
  const state: ChannelState = {
    places: [],
    standby: false,
    full: null,
    lastCycle: { startedAt: 2_000, endedAt: 3_000, status: 'Failed' },
    lastSuccess: { startedAt: 0, endedAt: 1_000 },
  };
  const about = {
    connector: 'corp.test',
    connectorId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    domain: 'corp.test',
    gate: 'run',
    process: 'waiting',
    now: 10_000,
  } as const;

  it('is its name, its cycles and their end', () => {
    assert.deepEqual(describeChannel(state, about), {
      connectorId: about.connectorId,
      connector: 'corp.test',
      dn: 'DC=corp,DC=test',
      lastSuccessfulCycleStartAt: '1970-01-01T00:00:00.000Z',
      lastSuccessfulCycleEndAt: '1970-01-01T00:00:01.000Z',
      lastCycleStartAt: '1970-01-01T00:00:02.000Z',
      lastCycleEndAt: '1970-01-01T00:00:03.000Z',
      lastCycleStatus: 'Failed',
      full: null,
    });
  });

  for (const [changes, status] of [
    [{ gate: 'off' }, 'Disabled'],
    [{ gate: 'staging' }, 'Paused'],
    [{ gate: 'paused' }, 'Paused'],
    [{ process: 'reading' }, 'InProgress'],
  ] as const) {
    it(`is ${status} with ${JSON.stringify(changes)}`, () => {
      assert.equal(describeChannel(state, { ...about, ...changes }).lastCycleStatus, status);
    });
  }

  it('is None before the first cycle', () => {
    assert.equal(describeChannel({ ...state, lastCycle: null }, about).lastCycleStatus, 'None');
  });

  it('estimates the end of a full run by its speed', () => {
    const run = { startedAt: 0, done: 100, total: 400 };
    assert.equal(secondsLeft(run, 10_000), 30);
    assert.equal(secondsLeft({ ...run, done: 400 }, 10_000), 0);
    assert.equal(secondsLeft({ ...run, done: 0 }, 10_000), undefined);
    assert.equal(secondsLeft({ ...run, total: null }, 10_000), undefined);
    assert.equal(secondsLeft({ ...run, startedAt: null }, 10_000), undefined);
  });
});
