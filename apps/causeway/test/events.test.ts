import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { EventLog } from '@causeway/event-log';
import { systemClock, type Clock } from '@causeway/model';
import { InvalidArgumentError } from 'commander';
import { collectIds, formatText, parseCount, parseTime } from '../src/commands/events.ts';

const program = path.resolve(import.meta.dirname, '../bin/causeway');
const root = mkdtempSync(path.join(tmpdir(), 'causeway-events-'));
after(() => rmSync(root, { recursive: true, force: true }));

const connector = 'corp.contoso.test';
const start = Date.parse('2026-11-27T08:00:00Z');
const environment = { ...process.env, TZ: 'Asia/Kolkata' };

/** An agent's state folder with a configuration that names it. */
function createAgent(clock: Clock = systemClock): { config: string; open: () => EventLog } {
  const stateDir = mkdtempSync(path.join(root, 'state-'));
  const config = path.join(stateDir, 'connect.yaml');
  writeFileSync(config, `tenant: {id: contoso}\nconnector: {name: ${connector}}\nstateDir: ${stateDir}\n`);
  const file = path.join(stateDir, 'events.sqlite');
  return { config, open: () => EventLog.open({ file, clock, limits: { maxAgeDays: 30, maxMiB: 64 } }) };
}

/** The configuration of an agent that wrote events 601, 656, 613 and 611, a second apart. */
async function createFilledAgent(): Promise<string> {
  let time = start;
  const { config, open } = createAgent({ now: () => time });
  const log = open();
  const users = [
    { anchor: 'q83v', dn: 'CN=Jörg,DC=corp', changeDate: '2026-11-27T08:00:00Z' },
    { anchor: 'AAAA', dn: 'CN=B,DC=corp', changeDate: '2026-11-27T08:00:01Z' },
  ];
  const writes = [
    () => log.write(601, {}),
    () => log.write(656, { connector, users }),
    () => log.write(613, { connector: 'CORP.contoso.test' }),
    () => log.write(611, { connector, domain: 'corp', reason: 'Access denied.', status: 8453 }),
  ];
  for (const write of writes) {
    time += 1000;
    write();
  }
  await log.close();
  return config;
}

function events(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, ['events', ...args], { encoding: 'utf8', env: environment });
}

/** The ids of what is printed as JSON. */
function idsOf(stdout: string): unknown[] {
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: unknown }).id);
}

describe('causeway events', () => {
  it('prints events in columns, oldest first, in local time, users below their event', async () => {
    const { status, stdout } = events('-c', await createFilledAgent());
    assert.equal(status, 0);
    const indent = ' '.repeat('2026-11-27T13:30:01.000+05:30  Information   601  '.length);
    assert.deepEqual(stdout.split('\n'), [
      '2026-11-27T13:30:01.000+05:30  Information   601  Password hash synchronization is starting.',
      `2026-11-27T13:30:02.000+05:30  Information   656  Password Change Request. Connector: ${connector}`,
      `${indent}Anchor: q83v, Dn: CN=Jörg,DC=corp, Change Date: 2026-11-27T08:00:00Z`,
      `${indent}Anchor: AAAA, Dn: CN=B,DC=corp, Change Date: 2026-11-27T08:00:01Z`,
      '2026-11-27T13:30:03.000+05:30  Warning       613  Password hash synchronization of connector CORP.contoso.test is paused: the full synchronization of its objects is not finished.',
      `2026-11-27T13:30:04.000+05:30  Error         611  Password hash synchronization failed for domain corp of connector ${connector}. RPC Error: 8453. Access denied.`,
      '',
    ]);
  });

  it('prints one line of JSON an event with --json, in UTC', async () => {
    const { stdout } = events('-c', await createFilledAgent(), '--id', '611', '--json');
    assert.deepEqual(JSON.parse(stdout), {
      recordNumber: 4,
      time: '2026-11-27T08:00:04.000Z',
      id: 611,
      name: 'domainFailed',
      level: 'Error',
      source: 'Directory Synchronization',
      connector,
      message: `Password hash synchronization failed for domain corp of connector ${connector}. RPC Error: 8453. Access denied.`,
      data: { connector, domain: 'corp', reason: 'Access denied.', status: 8453 },
    });
  });

  const filters: readonly [args: readonly string[], ids: readonly number[]][] = [
    [
      ['--id', '601', '--id', '611'],
      [601, 611],
    ],
    [
      ['--id', '601', '613'],
      [601, 613],
    ],
    [
      ['--id', '608-620'],
      [613, 611],
    ],
    [
      ['--level', 'error', 'warning'],
      [613, 611],
    ],
    [
      ['--connector', connector],
      [656, 611],
    ],
    [['--user', 'cn=jÖrg'], [656]],
    [
      ['--since', '2026-11-27T08:00:03Z'],
      [613, 611],
    ],
    [
      ['--until', '2026-11-27T13:30:02'],
      [601, 656],
    ],
    [['--since', '2026-11-27', '--until', '2026-11-27'], []],
    [
      ['--limit', '2'],
      [613, 611],
    ],
    [['--limit', '1', '--level', 'information'], [656]],
  ];
  it('shows only what the options ask for', async () => {
    const config = await createFilledAgent();
    for (const [args, ids] of filters) {
      const { status, stdout } = events('-c', config, '--json', ...args);
      assert.deepEqual([status, idsOf(stdout)], [0, ids], args.join(' '));
    }
  });

  it('ends with 2 for a value that it does not take, names it and says what it takes', () => {
    const wrong: readonly [args: readonly string[], said: RegExp][] = [
      [['--id', '608'], /'608' is no event of Causeway/],
      [['--id', 'all'], /'all' is invalid\. Takes an id such as 656/],
      [['--since', 'yesterday'], /'yesterday' is invalid\. Takes 30s/],
      [['--until', '1y'], /'1y' is invalid\. Takes 30s/],
      [['--level', 'loud'], /'loud' is invalid\. Allowed choices are information, warning, error/],
      [['--limit', '0'], /'0' is invalid\. Takes a number/],
    ];
    for (const [args, said] of wrong) {
      const { status, stderr } = events(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, said);
    }
  });

  it('ends with 1 and a next step when there is no log yet, and with 2 without a configuration', () => {
    const { config } = createAgent();
    const none = events('-c', config, '--json');
    assert.equal(none.status, 1);
    assert.equal((JSON.parse(none.stderr) as { code: string }).code, 'ERR_EVENTS_NONE');
    assert.equal(events('-c', path.join(root, 'missing.yaml')).status, 2);
  });

  it('ends quietly when nobody reads on', async () => {
    const { config, open } = createAgent();
    const log = open();
    for (let count = 0; count < 20_000; count += 1) log.write(668, { connector, count });
    await log.close();
    const command = `"$1" events -c "$2" | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command, 'bash', program, config], {
      encoding: 'utf8',
      env: environment,
    });
    assert.match(stdout, /^\S+ {2}Information {3}668 {2}.*Count: 0\n0\n$/);
    assert.equal(stderr, '');
  });
});

/** The next line of a program that goes on. */
async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value } = await lines.next();
  return String(value);
}

function follow(config: string): { child: ChildProcessWithoutNullStreams; lines: AsyncIterator<string> } {
  const child = spawn(program, ['events', '-c', config, '--follow', '--json', '--limit', '1'], { env: environment });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

describe('causeway events --follow', () => {
  it('goes on with what comes, over a restart of the agent, until it is interrupted', async () => {
    const { config, open } = createAgent();
    const first = open();
    first.write(601, {});
    first.write(663, {});
    await first.close();
    const { child, lines } = follow(config);
    try {
      assert.deepEqual(idsOf(await nextLine(lines)), [663]);
      const second = open();
      second.write(602, {});
      assert.deepEqual(idsOf(await nextLine(lines)), [602]);
      second.write(609, {});
      await second.close();
      assert.deepEqual(idsOf(await nextLine(lines)), [609]);
      child.kill('SIGINT');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      assert.equal((await lines.next()).done, true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('the options of causeway events', () => {
  const now = Date.parse('2026-11-27T09:00:00Z');
  const times: readonly [text: string, meant: number][] = [
    ['30s', now - 30_000],
    ['30m', now - 1_800_000],
    ['1h', now - 3_600_000],
    ['2d', now - 172_800_000],
    ['1w', now - 604_800_000],
    ['0s', now],
    ['2026-11-27', new Date(2026, 10, 27).getTime()],
    ['2026-11-27T08:30', new Date(2026, 10, 27, 8, 30).getTime()],
    ['2026-11-27T08:30:15.5Z', Date.parse('2026-11-27T08:30:15.500Z')],
    ['2026-11-27T08:30+05:30', Date.parse('2026-11-27T03:00:00Z')],
  ];
  for (const [text, meant] of times) {
    it(`take the time ${text}`, () => {
      assert.equal(parseTime(text, undefined, now), meant);
    });
  }

  const ids: readonly [text: string, first: number, last: number][] = [
    ['656', 656, 656],
    ['650-668', 650, 668],
    ['0', 0, 0],
  ];
  for (const [text, first, last] of ids) {
    it(`take the id ${text}`, () => {
      assert.deepEqual(collectIds(text, [{ first: 1, last: 2 }]), [
        { first: 1, last: 2 },
        { first, last },
      ]);
    });
  }

  const refused: readonly [parse: (text: string) => unknown, texts: readonly string[]][] = [
    [parseTime, ['', '1', 'h', '-1h', '1.5h', '1H', '2026', '2026-13-01', '2026-11-27T25:00', '27.11.2026', 'now']],
    [(text) => collectIds(text), ['', '-1', '656-', '-656', '668-650', '650-655-660', '1e3', '6'.repeat(1000)]],
    [parseCount, ['', '0', '-1', '1.5', '1e3', ' 1', '9'.repeat(1000)]],
  ];
  for (const [parse, texts] of refused) {
    it(`refuse ${texts.map((text) => `'${text.slice(0, 20)}'`).join(' ')}`, () => {
      for (const text of texts) assert.throws(() => parse(text), InvalidArgumentError, text);
    });
  }

  it('show no control characters of a name to the terminal', async () => {
    const { open } = createAgent();
    const log = open();
    log.write(904, { text: 'a\u001B[2J\rb' });
    const [event] = log.query();
    assert.ok(event);
    assert.match(formatText(event), /904 {2}a\uFFFD\[2J\uFFFDb$/);
    await log.close();
  });
});
