import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import type { ProcessStatus } from '@causeway/control';
import type { Logger } from '@causeway/model';
import { Registry } from 'prom-client';
import { assessHealth } from '../../src/control/health.ts';
import { startMetricsServer } from '../../src/control/metrics-server.ts';
import { createMetrics, type MetricsSource } from '../../src/control/metrics.ts';

const now = Date.parse('2026-03-01T08:00:00.000Z');
const clock = { now: () => now };
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function minutesAgo(minutes: number): string {
  return new Date(now - minutes * 60_000).toISOString();
}

function processOf(changes: Partial<ProcessStatus> = {}): ProcessStatus {
  return {
    process: 'object sync',
    state: 'waiting',
    since: minutesAgo(1),
    lastSuccessAt: minutesAgo(2),
    failure: null,
    counts: { delivered: 7 },
    ...changes,
  };
}

function failureSince(minutes: number): ProcessStatus['failure'] {
  return { code: 'ERR_X', message: 'secret-looking', nextStep: 'n', at: minutesAgo(minutes), attempts: 3 };
}

describe('an agent is healthy', () => {
  const table: [string, readonly ProcessStatus[], boolean][] = [
    ['when every process has come to the end of a cycle', [processOf(), processOf({ state: 'reading' })], true],
    ['when a process has failed for five minutes', [processOf({ state: 'failed', failure: failureSince(5) })], true],
    [
      'when a process is off, or paused',
      [processOf({ state: 'off', lastSuccessAt: null }), processOf({ state: 'paused', lastSuccessAt: null })],
      true,
    ],
    [
      'but not when one has failed for longer',
      [processOf(), processOf({ state: 'failed', failure: failureSince(5.1) })],
      false,
    ],
    [
      'but not while one that failed is only trying again',
      [processOf({ state: 'opening', failure: failureSince(6) })],
      false,
    ],
    ['but not before its first cycle', [processOf({ state: 'reading', lastSuccessAt: null })], false],
    ['but not when it has stopped', [processOf({ state: 'stopped' })], false],
    ['but not without a process', [], false],
  ];
  for (const [what, processes, ready] of table) {
    test(what, () => {
      assert.equal(assessHealth(processes, now).ready, ready);
    });
  }
});

function serve(processes: readonly ProcessStatus[]) {
  const registry = new Registry();
  const source: MetricsSource = {
    processes: () => processes,
    statistics: () =>
      new Map([
        [
          'corp.example',
          {
            total: 12,
            connectors: 10,
            disconnectors: 2,
            pendingImports: 0,
            pendingExportAdds: 1,
            pendingExportUpdates: 2,
            pendingExportDeletes: 3,
            exportErrors: 4,
          },
        ],
      ]),
    heldDeletions: () => 501,
  };
  const metrics = createMetrics({ registry, clock, source });
  const start = async (port = 0) => {
    const server = await startMetricsServer({
      listen: { host: '127.0.0.1', port },
      registry,
      metrics,
      processes: source.processes,
      clock,
      logger: silent,
    });
    open.push(server.close);
    return server;
  };
  return { metrics, start };
}

describe('the listener for metrics', () => {
  test('gives what the agent noted and what it is at', async () => {
    const { metrics, start } = serve([processOf({ state: 'failed', failure: failureSince(1) })]);
    metrics.noteCycle('object sync', 0.3);
    metrics.notePassword('corp.example', 0.2);
    metrics.noteEvent(656, 'Information');
    metrics.noteEvent(656, 'Information');
    const { url } = await start();
    const answer = await fetch(`${url}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    const lines = text.split('\n');
    for (const line of [
      'causeway_process_state{process="object sync",state="failed"} 1',
      'causeway_process_state{process="object sync",state="waiting"} 0',
      'causeway_seconds_since_last_success{process="object sync"} 120',
      'causeway_process_count{process="object sync",count="delivered"} 7',
      'causeway_connector_objects{connector="corp.example"} 12',
      'causeway_pending_exports{connector="corp.example",operation="add"} 1',
      'causeway_pending_exports{connector="corp.example",operation="update"} 2',
      'causeway_pending_exports{connector="corp.example",operation="delete"} 3',
      'causeway_export_errors{connector="corp.example"} 4',
      'causeway_held_deletions 501',
      'causeway_cycle_duration_seconds_bucket{le="0.25",process="object sync"} 0',
      'causeway_cycle_duration_seconds_bucket{le="0.5",process="object sync"} 1',
      'causeway_password_latency_seconds_bucket{le="0.1",connector="corp.example"} 0',
      'causeway_password_latency_seconds_bucket{le="0.2",connector="corp.example"} 1',
      'causeway_events_total{id="656",level="Information"} 2',
    ]) {
      assert.ok(lines.includes(line), `${line} in\n${text}`);
    }
    for (const name of ['nodejs_eventloop_lag_seconds ', 'process_resident_memory_bytes ']) {
      assert.ok(lines.some((line) => line.startsWith(name)));
    }
    assert.ok(!text.includes('secret-looking'));
  });

  test('says nothing of the last success before there is one', async () => {
    const { start } = serve([processOf({ lastSuccessAt: null })]);
    const { url } = await start();
    assert.doesNotMatch(await (await fetch(`${url}/metrics`)).text(), /^causeway_seconds_since_last_success\{/m);
  });

  test('gives the health, a line a process', async () => {
    const healthy = await serve([processOf()]).start();
    const good = await fetch(`${healthy.url}/health`);
    assert.equal(good.status, 200);
    assert.deepEqual(await good.json(), {
      ready: true,
      processes: [{ process: 'object sync', state: 'waiting', since: minutesAgo(1) }],
    });
    const failing = await serve([processOf({ state: 'failed', failure: failureSince(9) })]).start();
    const bad = await fetch(`${failing.url}/health`);
    assert.equal(bad.status, 503);
    assert.equal(((await bad.json()) as { ready: boolean }).ready, false);
  });

  test('has nothing else', async () => {
    const { url } = await serve([processOf()]).start();
    assert.equal((await fetch(`${url}/v1/readStatus`, { method: 'POST', body: '{}' })).status, 404);
  });

  test('is refused a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    open.push(async () => void other.close());
    const { port } = other.address() as AddressInfo;
    await assert.rejects(serve([processOf()]).start(port), {
      code: 'ERR_CONNECT_METRICS_LISTEN',
      message: /EADDRINUSE/,
    });
  });
});
