import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CheckResult } from '@causeway/connect/setup';
import type { Chain } from '@causeway/control';
import { formatCounts, formatResult } from '../src/commands/connect/check-list.ts';
import { formatChain } from '../src/commands/connect/format-chain.ts';
import { passwordFileOf } from '../src/commands/connect/secret.ts';

const program = path.resolve(import.meta.dirname, '../bin/causeway');
const base = { id: 'x', title: 'dc1 resolves', part: 'forest', tookMs: 12 } as const;
const results: readonly CheckResult[] = [
  { ...base, outcome: { kind: 'ok', detail: '10.0.0.1' } },
  { ...base, outcome: { kind: 'warning', message: 'it is odd', nextStep: 'look' } },
  { ...base, outcome: { kind: 'failed', message: 'it does not', nextStep: 'run:\n  a command' } },
  { ...base, outcome: { kind: 'skipped', because: 'this has to be good first: another' } },
];

describe('the list of checks', () => {
  it('has a line each, with time, and the cure below', () => {
    assert.deepEqual(results.map(formatResult), [
      '✔ dc1 resolves: 10.0.0.1 (12 ms)',
      '! dc1 resolves (12 ms)\n    it is odd\n    next step: look',
      '✖ dc1 resolves (12 ms)\n    it does not\n    next step: run:\n      a command',
      '– dc1 resolves: not tested, this has to be good first: another',
    ]);
    assert.equal(formatCounts(results), '1 good, 1 to look at, 1 failed, 1 not tested');
  });
});

describe('the chain of a user', () => {
  it('begins with the one reason', () => {
    const chain: Chain = {
      user: 'alice@contoso.com',
      anchor: 'AA==',
      usable: false,
      reason: 'the account is disabled',
      nextStep: 'enable it',
      stages: [
        { stage: 'domain controller', ok: false, at: '2026-01-02T03:04:05Z', detail: 'disabled' },
        { stage: 'directory', ok: true, at: null, detail: 'user accepted' },
      ],
    };
    assert.equal(
      formatChain(chain),
      [
        '✖ alice@contoso.com: the account is disabled',
        '    next step: enable it',
        '✖ domain controller  2026-01-02T03:04:05Z  disabled',
        '✔ directory          –                     user accepted',
        'source anchor AA==',
      ].join('\n'),
    );
  });
});

describe('the password file of a connector', () => {
  const config = {
    connectors: [{ name: 'corp.contoso.com', account: { name: 'svc', passwordFile: '/p' } }],
  } as Parameters<typeof passwordFileOf>[0];
  it('is found by the name of the connector and by its own path', () => {
    assert.deepEqual(passwordFileOf(config, 'corp.contoso.com'), { file: '/p', account: 'svc' });
    assert.deepEqual(passwordFileOf(config, '/p'), { file: '/p', account: 'svc' });
  });
  it('is that of no other', () => {
    for (const which of ['CORP.CONTOSO.COM', '/q', '']) {
      assert.throws(() => passwordFileOf(config, which), { code: 'ERR_CONFIG_CONNECTOR' });
    }
  });
});

describe('causeway connect', () => {
  let folder: string;
  let config: string;
  const causeway = (args: readonly string[], input = '') =>
    spawnSync(program, [...args, '--config', config], { encoding: 'utf8', input });

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'causeway-setup-'));
    config = path.join(folder, 'connect.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        tenant: { id: 'contoso', publicKey: Buffer.alloc(32, 1).toString('base64') },
        directory: {
          url: 'https://directory.example.net:8443',
          agent: 'connect-1',
          key: path.join(folder, 'agent.key'),
        },
        connectors: [
          {
            name: 'corp.contoso.com',
            domains: [{ name: 'corp.contoso.com', domainControllers: ['dc1.corp.contoso.com'] }],
            account: { name: 'svc-causeway', passwordFile: path.join(folder, 'svc.password') },
          },
        ],
        stateDir: path.join(folder, 'state'),
      }),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  it('seals a password from standard input, and looks after it', () => {
    assert.equal(causeway(['connect', 'secret', 'check']).status, 1);
    const set = causeway(['connect', 'secret', 'set', 'corp.contoso.com'], 'correct horse\n');
    assert.equal(set.status, 0, set.stderr);
    const file = path.join(folder, 'svc.password');
    assert.match(readFileSync(file, 'latin1'), /^causeway-secret:1:/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.doesNotMatch(set.stdout + set.stderr, /correct horse/);
    const check = causeway(['connect', 'secret', 'check']);
    assert.match(check.stdout, /account-password: sealed/);
    assert.match(check.stdout, /agent-key: missing/);
  });

  /** Answers the question for a password on a terminal, and gives what the terminal showed with the exit code. */
  const onTerminal = async (answer: string): Promise<{ shown: string; status: number | null }> => {
    const command = `'${program}' connect secret set corp.contoso.com --config '${config}'`;
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { stdio: 'pipe' });
    let shown = '';
    for (const stream of [terminal.stdout, terminal.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        const asked = shown.includes('password of');
        shown += chunk.toString();
        if (!asked && shown.includes('password of')) terminal.stdin.write(answer);
      });
    }
    await once(terminal, 'close');
    return { shown, status: terminal.exitCode };
  };

  it('asks for a password on a terminal and shows nothing of it', async () => {
    const { shown, status } = await onTerminal('typed on a terminal\r');
    assert.equal(status, 0, shown);
    assert.match(shown, /password of svc-causeway: \r?\nsealed: /);
    assert.doesNotMatch(shown, /typed/);
  });

  it('ends with 130 when the question is interrupted, and leaves what is there', async () => {
    const before = readFileSync(path.join(folder, 'svc.password'), 'latin1');
    const { shown, status } = await onTerminal('typed\u0003');
    assert.equal(status, 130, shown);
    assert.doesNotMatch(shown, /typed/);
    assert.equal(readFileSync(path.join(folder, 'svc.password'), 'latin1'), before);
  });

  it('refuses an empty password, and leaves what is there', () => {
    const before = readFileSync(path.join(folder, 'svc.password'), 'latin1');
    assert.equal(causeway(['connect', 'secret', 'set', 'corp.contoso.com'], '\n').status, 2);
    assert.equal(readFileSync(path.join(folder, 'svc.password'), 'latin1'), before);
  });

  it('names the answers that are missing when nobody can be asked', () => {
    const { status, stderr } = causeway(['connect', 'init', '--force', '--forest', 'corp.contoso.com']);
    assert.equal(status, 2);
    assert.match(stderr, /these are missing: --account, --tenant, --public-key, --directory/);
  });
});
