import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { CausewayError, systemClock, type Logger } from '@causeway/model';
import { ProcessReport, type ProcessStatus } from '../../src/agent/process-report.ts';
import { prepareStateFolder, StatusFile } from '../../src/agent/status-file.ts';
import { runProcess, runProcessOnce, type SyncProcess } from '../../src/agent/sync-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'causeway-connect-'));
after(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** What a status file of the test's folder holds; undefined where there is none. */
function storedStatus(name: string): ProcessStatus | undefined {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProcessStatus) : undefined;
}

/** A process that goes through `steps`, one for each cycle: an error fails it. Then it stops the run. */
function scene(steps: readonly (Error | 'ok')[], name: string) {
  const lines: Line[] = [];
  const write =
    (level: string) =>
    (fields: object, message: string): void => {
      lines.push({ level, fields: fields as Record<string, unknown>, message });
    };
  const logger: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const file = new StatusFile<ProcessStatus>({ folder, name, logger });
  const report = new ProcessReport({ process: name, clock: systemClock, file });
  const stop = new AbortController();
  const events: string[] = [];
  const left = [...steps];
  const process: SyncProcess = {
    name,
    async open() {
      events.push('open');
      return {
        async cycle() {
          const step = left.shift();
          if (step === undefined) stop.abort(new Error('end of the scene'));
          stop.signal.throwIfAborted();
          events.push(step instanceof Error ? 'fail' : 'cycle');
          if (step instanceof Error) throw step;
        },
        async waitForWork() {
          events.push('wait');
        },
        async close() {
          events.push('close');
        },
      };
    },
    noteFailure({ code }) {
      events.push(`note ${code}`);
    },
  };
  const delays: number[] = [];
  const waitToRetry = async (_failure: CausewayError, delayMs: number): Promise<void> => {
    delays.push(delayMs);
  };
  const options = { report, logger, clock: systemClock, waitToRetry };
  return {
    process,
    report,
    stop,
    events,
    lines,
    delays,
    run: async () => runProcess(process, options, stop.signal),
  };
}

function fault(code: string, message = 'the domain controller dc1 does not answer'): CausewayError {
  return new CausewayError({ code, message, nextStep: 'look at dc1', disposition: 'retry' });
}

suite('running a process', () => {
  test('cycles over one connection as long as nothing fails', async () => {
    const { run, events, lines } = scene(['ok', 'ok', 'ok'], 'steady');
    await run();
    assert.deepEqual(events, ['open', 'cycle', 'wait', 'cycle', 'wait', 'cycle', 'wait', 'close']);
    assert.deepEqual(lines, []);
  });

  test('after a failure closes, waits longer each time, and opens again; the first success starts the waits anew', async () => {
    const down = fault('ERR_CONNECT_DC_UNREACHABLE');
    const { run, events, delays } = scene([down, down, down, 'ok', down, 'ok'], 'longer');
    await run();
    assert.equal(events.filter((event) => event === 'open').length, 5);
    assert.equal(events.filter((event) => event === 'close').length, 5);
    const [first = 0, second = 0, third = 0, afterSuccess = 0] = delays;
    assert.ok(first <= 250 && second > 250 && second <= 500 && third > 500 && third <= 1000, String(delays));
    assert.ok(afterSuccess <= 250, String(delays));
  });

  test('the same fault is logged once, another one again, and its end once', async () => {
    const down = fault('ERR_CONNECT_DC_UNREACHABLE');
    const refused = fault('ERR_CONNECT_ACCOUNT_REFUSED', 'dc1 refuses the service account');
    const { run, lines } = scene([down, down, down, refused, refused, 'ok', 'ok', down, 'ok'], 'once');
    await run();
    assert.deepEqual(
      lines.map(({ level, fields }) => `${level} ${String(fields['code'])}`),
      [
        'error ERR_CONNECT_DC_UNREACHABLE',
        'error ERR_CONNECT_ACCOUNT_REFUSED',
        'info ERR_CONNECT_ACCOUNT_REFUSED',
        'error ERR_CONNECT_DC_UNREACHABLE',
        'info ERR_CONNECT_DC_UNREACHABLE',
      ],
    );
    assert.equal(lines[0]?.fields['nextStep'], 'look at dc1');
  });

  test('something that nobody foresaw is told with its cause and tried again', async () => {
    const { run, lines, report } = scene([new TypeError('x is not a function'), 'ok'], 'unforeseen');
    await run();
    assert.equal(lines[0]?.fields['code'], 'ERR_CONNECT_UNEXPECTED');
    assert.match(lines[0]?.message ?? '', /x is not a function/);
    assert.equal(report.status.counts.cycles, 1);
  });

  test('the status file holds the failure while it lasts, and no longer', async () => {
    const { process, report, stop } = scene([fault('ERR_CONNECT_DC_NAME'), 'ok'], 'file');
    let during: ProcessStatus | undefined;
    const waitToRetry = async (): Promise<void> => {
      during = storedStatus('file');
    };
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    await runProcess(process, { report, logger: quiet, clock: systemClock, waitToRetry }, stop.signal);
    assert.equal(during?.state, 'failed');
    assert.equal(during?.failure?.code, 'ERR_CONNECT_DC_NAME');
    const ended = storedStatus('file');
    assert.equal(ended?.state, 'stopped');
    assert.equal(ended?.failure, null);
    assert.equal(ended?.counts.cycles, 1);
    assert.equal(statSync(join(folder, 'file.json')).mode & 0o777, 0o600);
  });
});

suite('running a process once', () => {
  test('resolves after one cycle', async () => {
    const { process, report, events, stop } = scene(['ok', 'ok'], 'one');
    await runProcessOnce(process, report, stop.signal);
    assert.deepEqual(events, ['open', 'cycle', 'close']);
    assert.equal(report.status.counts.cycles, 1);
  });

  test('rejects with the first failure and closes what was open', async () => {
    const { process, report, events, stop } = scene([fault('ERR_CONNECT_DC_CERTIFICATE'), 'ok'], 'one-failure');
    await assert.rejects(runProcessOnce(process, report, stop.signal), { code: 'ERR_CONNECT_DC_CERTIFICATE' });
    assert.deepEqual(events, ['open', 'fail', 'close']);
    assert.equal(report.status.failure?.code, 'ERR_CONNECT_DC_CERTIFICATE');
  });
});

suite('state folder', () => {
  test('is made for its owner alone', () => {
    const made = join(folder, 'a', 'b');
    prepareStateFolder(made);
    assert.equal(statSync(made).mode & 0o777, 0o700);
  });

  test('one that is no folder is refused by name', () => {
    const file = join(import.meta.dirname, 'sync-process.test.ts');
    assert.throws(() => prepareStateFolder(file), { code: 'ERR_CONNECT_STATE_DIR' });
  });

  test('a status that cannot be written is told once and stops nothing', () => {
    const warnings: object[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) };
    const file = new StatusFile<object>({ folder: join(folder, 'missing'), name: 'status', logger });
    file.write({ a: 1 });
    file.write({ a: 2 });
    assert.equal(warnings.length, 1);
    assert.equal(storedStatus(join('missing', 'status')), undefined);
  });

  test('an acknowledged cursor is in the file when acknowledging returns', () => {
    const { report } = scene([], 'acknowledged');
    report.acknowledge('o1:60744ccf-605a-4e92-b405-6181c914209f:7');
    const written = JSON.parse(readFileSync(join(folder, 'acknowledged.json'), 'utf8')) as ProcessStatus;
    assert.equal(written.cursor, 'o1:60744ccf-605a-4e92-b405-6181c914209f:7');
  });
});
