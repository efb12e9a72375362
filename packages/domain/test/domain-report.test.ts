import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '@causeway/contract';
import { DomainReport, type Progress } from '../src/domain-report.ts';
import { managedDomainUnavailable } from '../src/errors.ts';

function scene() {
  const told: Progress[] = [];
  let now = Date.UTC(2026, 10, 22);
  const report = new DomainReport({
    clock: { now: () => (now += 1000) },
    onProgress: (progress) => told.push(progress),
  });
  return { told, report };
}

function applied(count: number): Outcome[] {
  const one = { anchor: '', version: null, reason: null, at: '' };
  return Array.from({ length: count }, (_, index) => ({ ...one, sequence: index, status: 'applied' }));
}

test('progress counts the changes since work was found, and ends with it', () => {
  const { told, report } = scene();
  report.begin({ cursor: 0, head: 1_795_377_602_327_999, users: 25 });
  assert.equal(report.status.state, 'catchingUp');
  report.advance({ cursor: 100, more: true, outcomes: applied(10) });
  report.advance({ cursor: 200, more: true, outcomes: applied(10) });
  assert.equal(report.status.state, 'catchingUp');
  report.advance({ cursor: 300, more: false, outcomes: applied(6) });
  assert.equal(report.status.state, 'following');
  report.advance({ cursor: 301, more: false, outcomes: applied(1) });
  assert.deepEqual(
    told.map(({ done, total }) => [done, total]),
    [
      [10, 25],
      [20, 25],
      [26, 26],
      [1, 1],
    ],
  );
  assert.equal(report.status.outcomes.applied, 27);
  assert.equal(report.status.cursor, 301);
});

test('a failure shows in the status until it is over', () => {
  const { report } = scene();
  report.begin({ cursor: 5, head: 5, users: 0 });
  report.fail(managedDomainUnavailable('/run/ldapi', 'it is not there'));
  assert.equal(report.status.state, 'failing');
  assert.equal(report.status.failure?.code, 'ERR_DOMAIN_MANAGED_DC_UNAVAILABLE');
  report.fail(undefined);
  assert.equal(report.status.state, 'following');
  assert.equal(report.status.failure, null);
  report.stop();
  assert.equal(report.status.state, 'stopped');
});
