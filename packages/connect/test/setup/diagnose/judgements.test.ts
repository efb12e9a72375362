import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartitionPasswordSyncState, ProcessStatus } from '@causeway/control';
import type { CheckOutcome } from '../../../src/setup/check.ts';
import {
  judgeCycle,
  judgeEnabled,
  judgeFeature,
  judgeProcesses,
  judgeStaging,
} from '../../../src/setup/diagnose/agent-checks.ts';
import {
  judgeHeartbeat,
  judgeMd5,
  judgeTrouble,
  type TroubleEvent,
} from '../../../src/setup/diagnose/event-judgements.ts';

const HOUR = 3_600_000;
const now = Date.parse('2026-01-02T03:04:05Z');

function assertOutcome(outcome: CheckOutcome, kind: CheckOutcome['kind'], says = /./): void {
  assert.equal(outcome.kind, kind, JSON.stringify(outcome));
  assert.match(JSON.stringify(outcome), says);
}

const events = (found: boolean) => ({ latest: () => (found ? ({ time: now } as never) : undefined) });

const process = (over: Partial<ProcessStatus>): ProcessStatus => ({
  process: 'object sync',
  state: 'waiting',
  since: '2026-01-02T03:04:05Z',
  lastSuccessAt: null,
  failure: null,
  counts: {},
  ...over,
});

const state = (lastCycleStatus: string): PartitionPasswordSyncState => ({
  connectorId: '00000000-0000-0000-0000-000000000001',
  connector: 'corp',
  dn: 'DC=corp',
  lastSuccessfulCycleStartAt: null,
  lastSuccessfulCycleEndAt: null,
  lastCycleStartAt: null,
  lastCycleEndAt: null,
  lastCycleStatus,
  full: { startedAt: '2026-01-02T03:04:05Z', done: 5, total: 10, secondsLeft: null },
});

describe('the heartbeat', () => {
  const table: readonly (readonly [string, number | undefined, CheckOutcome['kind'], RegExp])[] = [
    ['just now', now, 'ok', /0 minutes ago/],
    ['at the edge of three hours', now - 3 * HOUR, 'ok', /180 minutes ago/],
    ['beyond it', now - 3 * HOUR - 1, 'failed', /180 minutes old/],
    ['never', undefined, 'failed', /no heartbeat/],
  ];
  for (const [what, last, kind, says] of table)
    it(`${kind}: ${what}`, () => assertOutcome(judgeHeartbeat('corp', last, now), kind, says));
});

describe('trouble in the event log', () => {
  const event = (id: 611 | 652, data: object) => ({ id, time: now, data }) as unknown as TroubleEvent;
  const domain = (status?: number) =>
    event(611, { connector: 'corp', domain: 'corp.contoso.com', reason: 'odd', status });
  const tenant = (errorCode: number) =>
    event(652, { connector: 'corp', reason: 'odd', errorCode, server: 'directory', trackingId: 'x' });
  const table: readonly (readonly [
    string,
    TroubleEvent | undefined,
    number | undefined,
    CheckOutcome['kind'],
    RegExp,
  ])[] = [
    ['none', undefined, undefined, 'ok', /no event/],
    ['over', domain(8453), now + 1, 'ok', /is over/],
    ['still there after an older sign of life', domain(8453), now - 1, 'failed', /8453/],
    ['a right is missing', domain(8453), undefined, 'failed', /one of the two rights is missing/],
    ['replication is switched off', domain(8456), undefined, 'failed', /switched off.*repadmin/],
    ['an unknown name', domain(8439), undefined, 'failed', /distinguished name/],
    ['another epoch', domain(8593), undefined, 'failed', /renamed/],
    ['an unknown status', domain(1234), undefined, 'failed', /odd \(1234\)/],
    ['no status', domain(), undefined, 'failed', /: odd/],
    ['the feature is off', tenant(90), undefined, 'failed', /turned off \(90/],
    ['busy', tenant(81), undefined, 'failed', /was busy \(81\)/],
    ['another error of the directory', tenant(1), undefined, 'failed', /directory: odd/],
  ];
  for (const [what, trouble, life, kind, says] of table)
    it(`${kind}: ${what}`, () => assertOutcome(judgeTrouble(trouble, life), kind, says));
});

describe('MD5', () => {
  it('failed where OpenSSL blocks it, a warning where the agent could not', () => {
    assertOutcome(judgeMd5(true, events(false)), 'ok');
    assertOutcome(judgeMd5(true, undefined), 'ok');
    assertOutcome(judgeMd5(true, events(true)), 'warning', /667/);
    assertOutcome(judgeMd5(false, undefined), 'failed', /FIPS/);
  });
});

describe('the agent and the tenant', () => {
  it('staging, and the feature', () => {
    assertOutcome(judgeStaging(false, true), 'ok');
    assertOutcome(judgeStaging(false, false), 'ok', /configuration/);
    assertOutcome(judgeStaging(true, true), 'failed', /staging off/);
    assertOutcome(judgeFeature({ PasswordHashSync: true }), 'ok');
    assertOutcome(judgeFeature({ PasswordHashSync: false }), 'failed', /PasswordHashSync/);
  });

  it('switched off by the configuration, or at run time', () => {
    assertOutcome(judgeEnabled('corp', true, true), 'ok');
    assertOutcome(judgeEnabled('corp', true, undefined), 'ok', /configuration/);
    assertOutcome(judgeEnabled('corp', true, false), 'failed', /Set-ADSyncAADPasswordSyncConfiguration/);
    assertOutcome(judgeEnabled('corp', false, true), 'failed', /passwordHashSync\.enabled/);
  });

  it('processes that failed, or wait for another', () => {
    const failure = { code: 'ERR_X', message: 'no', nextStep: 'do', at: '2026-01-02T03:04:05Z', attempts: 3 };
    assertOutcome(judgeProcesses({ processes: [process({})] }), 'ok', /object sync: waiting/);
    assertOutcome(judgeProcesses({ processes: [process({}), process({ state: 'paused' })] }), 'warning', /613/);
    assertOutcome(
      judgeProcesses({ processes: [process({ state: 'failed', failure })] }),
      'failed',
      /ERR_X.*3 attempts/,
    );
  });
});

describe('the last cycle of a domain', () => {
  const table: readonly (readonly [PartitionPasswordSyncState | undefined, CheckOutcome['kind'], RegExp])[] = [
    [state('Successful'), 'ok', /5 of 10/],
    [state('InProgress'), 'ok', /now/],
    [state('Failed'), 'failed', /never/],
    [state('Disabled'), 'skipped', /off/],
    [state('Paused'), 'warning', /Paused/],
    [state('None'), 'warning', /None/],
    [undefined, 'warning', /does not know/],
  ];
  for (const [one, kind, says] of table)
    it(`${kind}: ${one?.lastCycleStatus ?? 'unknown domain'}`, () => assertOutcome(judgeCycle(one), kind, says));
});
