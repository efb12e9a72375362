import assert from 'node:assert/strict';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, test } from 'node:test';
import { EventLog } from '@causeway/event-log';
import { systemClock } from '@causeway/model';
import type { Session } from '@causeway/powershell';
import { powershellCommand } from '../src/commands/powershell.ts';
import { createPrompt } from '../src/commands/powershell/prompt.ts';
import { runScript } from '../src/commands/powershell/script.ts';
import { startAgent, type Answers, type TestAgent } from './support/agent.ts';
import { capture } from './support/capture.ts';

const at = '2026-03-01T08:00:00.000Z';

const answers: Answers = {
  readStatus: () => ({ version: '0.1.0', pid: 1, startedAt: at, stagingMode: false, processes: [], activity: null }),
  listConnectors: () => ({ connectors: [] }),
  readDeletionThreshold: () => ({ enabled: true, value: 500 }),
  writeDeletionThreshold: (threshold) => threshold,
};

describe('causeway powershell FILE', () => {
  let agent: TestAgent | undefined;
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
  });

  async function powershell(script: string | Uint8Array, { json = false } = {}) {
    agent = await startAgent(answers);
    const written = { out: '', err: '' };
    const exitCode = await runScript({
      stateDir: path.dirname(agent.config),
      script: Buffer.from(script),
      file: 'script.ps1',
      json,
      out: { write: (text) => void (written.out += text) },
      error: { write: (text) => void (written.err += text) },
      width: 80,
    });
    return { exitCode, written, asked: agent.asked.map(({ operation }) => operation) };
  }

  test('runs the script and prints what it prints', async () => {
    const { written, exitCode, asked } = await powershell(
      '"threshold: $((Get-ADSyncExportDeletionThreshold).ThresholdCount)"\n',
    );
    assert.deepEqual(written, { out: 'threshold: 500\n', err: '' });
    assert.equal(exitCode, 0);
    assert.deepEqual(asked, ['readStatus', 'readDeletionThreshold']);
  });

  test('ends with 1 when the script had errors, and goes on after them as PowerShell does', async () => {
    const { written, exitCode } = await powershell('Get-ADSyncConnector -Name fabrikam\n"after"\n');
    assert.match(written.err, /there is no connector "fabrikam"[\s\S]*script\.ps1:1 char:1/);
    assert.equal(written.out, 'after\n');
    assert.equal(exitCode, 1);
  });

  test('ends with 2 when the script is refused, with line and column, and nothing has run', async () => {
    const { written, exitCode, asked } = await powershell('Disable-ADSyncExportDeletionThreshold\n  Get-Process\n');
    assert.match(written.err, /script\.ps1:2 char:3/);
    assert.equal(written.out, '');
    assert.equal(exitCode, 2);
    assert.deepEqual(asked, ['readStatus']);
  });

  test('reads UTF-16 as Windows writes it', async () => {
    const script = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('"Zoë"\r\n', 'utf16le')]);
    assert.equal((await powershell(script)).written.out, 'Zoë\n');
  });

  test('gives one JSON object with --json', async () => {
    const { written, exitCode } = await powershell('"a"\nGet-ADSyncNothing\n', { json: true });
    assert.equal(written.err, '');
    const answer = JSON.parse(written.out) as {
      output: string;
      hadErrors: boolean;
      refusal: { code: string; line: number };
    };
    assert.equal(answer.output, '');
    assert.equal(answer.hadErrors, true);
    assert.equal(answer.refusal.code, 'ERR_POWERSHELL_UNKNOWN_COMMAND');
    assert.equal(answer.refusal.line, 2);
    assert.equal(exitCode, 2);
    await agent?.close();
    const fine = await powershell('1..2', { json: true });
    assert.deepEqual(JSON.parse(fine.written.out), { output: '1\n2\n', errors: '', hadErrors: false, refusal: null });
  });

  test('finds the heartbeat of a connector in the event log', async () => {
    const connector = 'corp.example';
    const identifier = '3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11';
    const diagnosed: Answers = {
      ...answers,
      listConnectors: () => ({
        connectors: [
          {
            name: connector,
            identifier,
            kind: 'ad',
            partitions: [],
            globalParameters: [],
            account: 'svc',
            createdAt: at,
          },
        ],
      }),
      readCompanyFeatures: () => ({ features: { PasswordHashSync: true } }),
      readPasswordSync: () => ({ configurations: [] }),
      listPasswordSyncStates: () => ({ states: [] }),
      readReachability: () => ({ domains: [] }),
    };
    agent = await startAgent(diagnosed);
    const stateDir = path.dirname(agent.config);
    const script = Buffer.from(
      'Invoke-ADSyncDiagnostics -PasswordSync | Where-Object Check -like "*heartbeat" | ForEach-Object { $_.Result }',
    );
    let out = '';
    const sink = { write: (text: string) => void (out += text) };
    const run = { stateDir, script, file: undefined, json: false, out: sink, error: sink, width: 80 };
    await runScript(run);
    assert.equal(out, 'Failed\n', 'there is no event log yet');
    const log = EventLog.open({
      file: path.join(stateDir, 'events.sqlite'),
      clock: systemClock,
      limits: { maxAgeDays: 30, maxMiB: 64 },
    });
    log.write(654, { connector, connectorId: identifier });
    await log.close();
    out = '';
    await runScript(run);
    assert.equal(out, 'Passed\n');
  });

  test('asks whether the agent runs before it begins', async () => {
    agent = await startAgent({});
    await assert.rejects(capture(powershellCommand(), ['powershell', '-c', agent.config, agent.config]), {
      code: 'ERR_TEST_REFUSED',
    });
  });

  test('says that the script is not there', async () => {
    agent = await startAgent(answers);
    const { exitCode, err } = await capture(powershellCommand(), [
      'powershell',
      '-c',
      agent.config,
      '/nonexistent.ps1',
    ]);
    assert.equal(exitCode, 2);
    assert.match(err, /\/nonexistent\.ps1/);
    assert.deepEqual(agent.asked, []);
  });
});

/** Types lines at a prompt, each when it is asked for, and gives what was run and what was shown. */
async function type(lines: readonly string[]): Promise<{ ran: string[]; shown: string }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const ran: string[] = [];
  const session: Session = {
    run: async (text) => {
      ran.push(text);
      return { hadErrors: false };
    },
  };
  const prompt = createPrompt({ input, output, isTerminal: false });
  const done = prompt.run(session);
  for (const line of lines) input.write(`${line}\n`);
  input.end();
  await done;
  return { ran, shown: String(output.read() ?? '') };
}

describe('the prompt', () => {
  const table: [string, string[], string[]][] = [
    ['runs a line', ['Get-ADSyncScheduler'], ['Get-ADSyncScheduler\n']],
    [
      'goes on until a bracket is closed',
      ['foreach ($i in 1..2) {', '  $i', '}', '1'],
      ['foreach ($i in 1..2) {\n  $i\n}\n', '1\n'],
    ],
    ['runs what can never be complete after an empty line', ['"open', ''], ['"open\n\n']],
    ['runs nothing for an empty line', ['', '  ', '1'], ['1\n']],
    ['ends with exit, and runs nothing after it', ['1', 'EXIT ', '2'], ['1\n']],
    ['ends with the input', [], []],
  ];
  for (const [what, lines, expected] of table) {
    test(what, async () => {
      const { ran, shown } = await type(lines);
      assert.deepEqual(ran, expected);
      assert.match(shown, /^PS> /);
    });
  }

  test('shows that it expects more', async () => {
    assert.match((await type(['if ($true) {', '1', '}'])).shown, /^PS> >> >> PS> /);
  });

  test('answers what a script asks', async () => {
    const input = new PassThrough();
    const prompt = createPrompt({ input, output: new PassThrough(), isTerminal: false });
    let answer = '';
    const session: Session = {
      run: async () => {
        answer = await prompt.readLine('name: ');
        return { hadErrors: false };
      },
    };
    input.end('Read-Host\ncorp.example\n');
    await prompt.run(session);
    assert.equal(answer, 'corp.example');
  });
});
