import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import type { CsObject, Preview, PreviewEntry, Run, Scheduler } from '@causeway/control';
import { syncCommand } from '../src/commands/sync.ts';
import { formatObject } from '../src/commands/sync/format-object.ts';
import { formatDeletions, formatPreview } from '../src/commands/sync/format-preview.ts';
import { formatRun, formatRuns } from '../src/commands/sync/format-run.ts';
import { formatScheduler, formatStatus } from '../src/commands/sync/format-status.ts';
import { parseSeconds } from '../src/commands/sync/numbers.ts';
import { formatAnswer } from '../src/commands/sync/passwords.ts';
import { formatSeconds, printable } from '../src/commands/text.ts';
import { startAgent, type Answers, type TestAgent } from './support/agent.ts';
import { capture, type Captured } from './support/capture.ts';

const at = '2026-03-01T08:00:00.000Z';
const guid = '3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11';

const removal: PreviewEntry = {
  operation: 'delete',
  objectType: 'user',
  anchor: 'AAAA',
  name: 'CN=Bob,OU=Left,DC=corp,DC=example',
  attributes: [],
  members: null,
  reason: 'no longer in scope',
};

const preview: Preview = {
  adds: 1,
  updates: 1,
  deletes: 1,
  unchanged: 997,
  exceedsDeletionThreshold: false,
  entries: [
    removal,
    {
      operation: 'add',
      objectType: 'group',
      anchor: 'BBBB',
      name: 'CN=Sales,DC=corp,DC=example',
      attributes: [{ name: 'displayName', before: [], after: ['Sales'] }],
      members: { added: ['CN=Alice,DC=corp,DC=example'], removed: [] },
      reason: 'In from AD - Group Join',
    },
    {
      operation: 'update',
      objectType: 'user',
      anchor: 'CCCC',
      name: 'CN=Alice,DC=corp,DC=example',
      attributes: [
        { name: 'displayName', before: ['Alice'], after: ['Alice \u001b[31mSmith'] },
        { name: 'title', before: ['Clerk'], after: [] },
        { name: 'proxyAddresses', before: ['smtp:a@x', 'smtp:b@x'], after: ['smtp:b@x', 'smtp:c@x'] },
      ],
      members: { added: [], removed: ['CN=Zoë'] },
      reason: 'In from AD - User Common',
    },
  ],
  errors: [{ dn: 'CN=Bad,DC=corp,DC=example', code: 'AttributeValueMustBeUnique', message: 'mail is taken' }],
};

const run: Run = {
  id: 7,
  connector: 'corp.example',
  runProfile: 'Delta Import',
  result: 'success',
  startedAt: at,
  endedAt: '2026-03-01T08:01:30.000Z',
  counts: { adds: 3, updates: 0, deletes: 1 },
  errors: [],
};

const scheduler: Scheduler = {
  allowedSyncCycleInterval: 1_800,
  currentlyEffectiveSyncCycleInterval: 5_400,
  customizedSyncCycleInterval: 5_400,
  nextSyncCyclePolicyType: 'Delta',
  nextSyncCycleStartTimeInUTC: at,
  purgeRunHistoryInterval: 604_800,
  syncCycleEnabled: true,
  maintenanceEnabled: true,
  stagingModeEnabled: false,
  schedulerSuspended: false,
  syncCycleInProgress: false,
};

const object: CsObject = {
  objectId: guid,
  connectorName: 'corp.example',
  distinguishedName: 'CN=Alice,DC=corp,DC=example',
  anchorValue: 'AAAA',
  objectType: 'user',
  isConnector: true,
  hasSyncError: false,
  hasExportError: false,
  error: null,
  connectedMVObjectId: guid,
  attributes: { mail: ['a@x', 'b@x'] },
  pendingExport: { operation: 'update', attributes: { title: ['Clerk'] } },
  lineage: [{ rule: 'In from AD - User Join', precedence: 100, direction: 'inbound' }],
};

describe('a preview reads like a diff', () => {
  test('with every object, attribute and value, and the counts at the end', () => {
    assert.equal(
      formatPreview(preview),
      `- user CN=Bob,OU=Left,DC=corp,DC=example  (no longer in scope)
+ group CN=Sales,DC=corp,DC=example  (In from AD - Group Join)
    + displayName: Sales
    + member: CN=Alice,DC=corp,DC=example
~ user CN=Alice,DC=corp,DC=example  (In from AD - User Common)
    ~ displayName: Alice → Alice \\u{1b}[31mSmith
    - title: Clerk
    - proxyAddresses: smtp:a@x
    + proxyAddresses: smtp:c@x
    - member: CN=Zoë
! CN=Bad,DC=corp,DC=example
    AttributeValueMustBeUnique: mail is taken

1 to add, 1 to change, 1 to delete, 997 unchanged
1 object with an error`,
    );
  });

  test('and warns when the deletion threshold would stop it', () => {
    const many = { ...preview, deletes: 501, entries: [removal], exceedsDeletionThreshold: true, errors: [] };
    assert.equal(
      formatPreview(many),
      `- user CN=Bob,OU=Left,DC=corp,DC=example  (no longer in scope)
… and 502 objects more: --entries shows them

1 to add, 1 to change, 501 to delete, 997 unchanged
warning: 501 deletions, more than the deletion threshold allows: the export would stop before the first one (event 116)
  see them with causeway sync deletions; let them through once with causeway sync deletions --allow`,
    );
  });
});

describe('what an administrator reads', () => {
  const table: [string, string, string][] = [
    [
      'of deletions held back',
      formatDeletions({ deletions: [removal], allowed: false }),
      `- user CN=Bob,OU=Left,DC=corp,DC=example  (no longer in scope)

1 deletion held back; let them through once with causeway sync deletions --allow`,
    ],
    ['of none', formatDeletions({ deletions: [], allowed: false }), 'no deletion is held back'],
    [
      'of the run history',
      formatRuns([run, { ...run, id: 10, endedAt: null, result: 'in-progress', counts: {} }]),
      `id  started                   took        connector     profile       result       counts
7   2026-03-01T08:00:00.000Z  1 min 30 s  corp.example  Delta Import  success      3 adds, 1 deletes
10  2026-03-01T08:00:00.000Z              corp.example  Delta Import  in-progress  nothing`,
    ],
    [
      'of one run',
      formatRun({ ...run, result: 'completed-export-errors', errors: preview.errors }),
      `run        7
connector  corp.example
profile    Delta Import
result     completed-export-errors
started    2026-03-01T08:00:00.000Z
took       1 min 30 s
counts     3 adds, 1 deletes
! CN=Bad,DC=corp,DC=example
    AttributeValueMustBeUnique: mail is taken`,
    ],
    [
      'of the scheduler',
      formatScheduler(scheduler),
      `cycle              every 1 h 30 min, next Delta at 2026-03-01T08:00:00.000Z
shortest interval  30 min
own interval       1 h 30 min
run history kept   7 d
maintenance        on
staging            off`,
    ],
    [
      'of one object',
      formatObject({
        object,
        metaverse: {
          objectId: guid,
          objectType: 'person',
          attributes: { mail: { values: ['a@x'], rule: 'In from AD - User Common', connector: 'corp.example' } },
          lineage: [{ connectorName: 'corp.example', csObjectId: guid, distinguishedName: object.distinguishedName }],
        },
        passwordLog: [{ at, status: 'FilteredByTarget', changedAt: null, detail: 'must change at next logon' }],
      }),
      `object        CN=Alice,DC=corp,DC=example
connector     corp.example
id            3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11
anchor        AAAA
type          user
state         joined, pending update
inbound rule  In from AD - User Join (100)
mail          a@x, b@x

pending update
title  Clerk

metaverse person 3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11
joined to corp.example: CN=Alice,DC=corp,DC=example
attribute  value  from rule                 of connector
mail       a@x    In from AD - User Common  corp.example

password log
time                      status            changed  detail
2026-03-01T08:00:00.000Z  FilteredByTarget           must change at next logon`,
    ],
    [
      'of passwords sent now',
      formatAnswer({
        started: true,
        results: [],
      }),
      'full password hash synchronization has begun; follow it with causeway sync status',
    ],
    [
      'of passwords of an OU',
      formatAnswer({
        started: false,
        results: [
          { dn: 'CN=A', status: 'Success', detail: null },
          { dn: 'CN=B', status: 'NoTargetConnection', detail: 'not in the metaverse' },
        ],
      }),
      `status              user  detail
Success             CN=A
NoTargetConnection  CN=B  not in the metaverse

1 of 2 users synchronized`,
    ],
    [
      'of the agent',
      formatStatus({
        agent: {
          version: '0.1.0',
          pid: 12,
          startedAt: at,
          stagingMode: true,
          processes: [
            {
              process: 'object sync',
              state: 'failed',
              since: at,
              lastSuccessAt: null,
              failure: { code: 'ERR_X', message: 'refused', nextStep: 'start it', at, attempts: 2 },
              counts: {},
            },
          ],
          activity: { connector: 'corp.example', runProfile: 'Export', done: 5, total: 9, startedAt: at },
        },
        scheduler: { ...scheduler, syncCycleInProgress: true },
        passwordSync: [
          {
            connectorId: guid,
            connector: 'corp.example',
            dn: 'DC=corp,DC=example',
            lastSuccessfulCycleStartAt: null,
            lastSuccessfulCycleEndAt: null,
            lastCycleStartAt: null,
            lastCycleEndAt: null,
            lastCycleStatus: 'InProgress',
            full: { startedAt: at, done: 50, total: 1_000, secondsLeft: 65 },
          },
        ],
        held: { deletions: [removal], allowed: false },
      }),
      `agent               0.1.0, process 12, since 2026-03-01T08:00:00.000Z
staging             on: nothing is sent
cycle               every 1 h 30 min, under way
running             corp.example: Export, 5 of 9
held back           1 deletion: see causeway sync deletions
object sync         failed since 2026-03-01T08:00:00.000Z, last success never
                    ERR_X: refused
                    next step: start it
DC=corp,DC=example  passwords InProgress, last success never; full synchronization: 50 of 1000, 1 min 5 s left`,
    ],
  ];
  for (const [what, text, expected] of table) {
    test(what, () => {
      assert.equal(text, expected);
    });
  }

  test('never holds what moves the cursor or hides text', () => {
    assert.equal(printable('a\u0007\n\u202e\u200bß😀'), 'a\\u{7}\\u{a}\\u{202e}\\u{200b}ß😀');
  });

  test('tells times as people say them', () => {
    for (const [seconds, text] of [
      [0, '0 s'],
      [59.6, '1 min'],
      [604_800, '7 d'],
      [90_061, '1 d 1 h 1 min 1 s'],
    ] as const) {
      assert.equal(formatSeconds(seconds), text);
    }
    assert.deepEqual(['90s', '45m', '2h', '7d'].map(parseSeconds), [90, 2_700, 7_200, 604_800]);
    for (const wrong of ['', '5', 'm', '-5m', '1.5h', '9999999s', '5m5']) assert.throws(() => parseSeconds(wrong));
  });
});

describe('causeway sync', () => {
  let agent: TestAgent | undefined;
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
  });

  async function sync(answers: Answers, ...args: string[]): Promise<Captured & { asked: TestAgent['asked'] }> {
    agent = await startAgent(answers);
    const [name = '', ...rest] = args;
    const captured = await capture(syncCommand(), ['sync', name, '--config', agent.config, ...rest]);
    return { ...captured, asked: agent.asked };
  }

  test('run waits for the cycle and shows its runs, and nothing older', async () => {
    let polls = 0;
    const answers: Answers = {
      listRuns: ({ count }) => ({ runs: count === 1 ? [run] : [{ ...run, id: 9 }, { ...run, id: 8 }, run] }),
      startSyncCycle: () => ({}),
      readScheduler: () => ({ ...scheduler, syncCycleInProgress: (polls += 1) < 2 }),
    };
    const { out, exitCode, asked } = await sync(answers, 'run', '--initial', '--json');
    assert.deepEqual(
      (JSON.parse(out) as { runs: Run[] }).runs.map(({ id }) => id),
      [8, 9],
    );
    assert.equal(exitCode, 0);
    assert.deepEqual(
      asked.map(({ operation }) => operation),
      ['listRuns', 'startSyncCycle', 'readScheduler', 'readScheduler', 'listRuns'],
    );
    assert.deepEqual(asked[1]?.request, { policyType: 'Initial' });
  });

  test('run of a profile ends with 1 when its result is not a success', async () => {
    const answers: Answers = { runProfile: () => ({ ...run, result: 'stopped-deletion-threshold-exceeded' }) };
    const { out, exitCode, asked } = await sync(
      answers,
      'run',
      '--connector',
      'Corp.example',
      '--profile',
      'Full Import',
    );
    assert.match(out, /^result {5}stopped-deletion-threshold-exceeded$/m);
    assert.equal(exitCode, 1);
    assert.deepEqual(asked[0]?.request, { connector: 'Corp.example', runProfile: 'Full Import' });
  });

  const wrongUses: [string[], RegExp][] = [
    [['run', '--profile', 'Export'], /go together/],
    [['run', '--connector', 'corp.example'], /go together/],
    [['run', '--connector', 'corp.example', '--profile', 'export'], /--profile is one of Full Import, /],
    [['run', '--initial', '--connector', 'a', '--profile', 'Export'], /cannot be used with/],
    [['passwords'], /--user, --ou or --all/],
    [['passwords', '--user', 'a', '--all'], /cannot be used with/],
    [['passwords', '--user', 'a', '--send-all'], /cannot be used with/],
    [['objects'], /--connector/],
    [['staging', 'maybe'], /Say on or off/],
    [['scheduler', '--interval', '5'], /Not a time such as/],
    [['preview', '--entries', '-1'], /Not a count/],
  ];
  for (const [args, message] of wrongUses) {
    test(`${args.join(' ')} is wrong use, and asks the agent nothing`, async () => {
      const { err, exitCode, asked } = await sync({}, ...args);
      assert.match(err, message);
      assert.equal(exitCode, 2);
      assert.deepEqual(asked, []);
    });
  }

  test('preview tries the configuration that is named', async () => {
    const { asked, out } = await sync({ preview: () => preview }, 'preview', '--initial', '--entries', '5');
    assert.deepEqual(asked[0]?.request, {
      policyType: 'Initial',
      entries: 5,
      config: path.resolve(agent?.config ?? ''),
    });
    assert.match(out, /1 to add/);
  });

  test('deletions lists them, and lets them through', async () => {
    const listed = await sync({ listPendingDeletions: () => ({ deletions: [removal], allowed: true }) }, 'deletions');
    assert.match(listed.out, /^1 deletion, let through with the next export$/m);
    await agent?.close();
    const { out, asked } = await sync({ allowDeletions: () => ({ allowed: 501 }) }, 'deletions', '--allow');
    assert.equal(out, '501 deletions let through with the next export');
    assert.deepEqual(asked, [{ operation: 'allowDeletions', request: {} }]);
  });

  test('staging, scheduler and stop tell the agent what to do', async () => {
    const staging = await sync({ writeStagingMode: ({ enabled }) => ({ enabled }) }, 'staging', 'on');
    assert.equal(staging.out, 'staging is on: nothing is sent');
    await agent?.close();
    const change = await sync({ writeScheduler: () => scheduler }, 'scheduler', '--cycle', 'off', '--interval', '45m');
    assert.deepEqual(change.asked[0]?.request, { syncCycleEnabled: false, customizedSyncCycleInterval: 2_700 });
    await agent?.close();
    const stop = await sync({ stopSyncCycle: () => ({ stopped: false }) }, 'stop');
    assert.equal(stop.out, 'no cycle is under way');
  });

  test('history and objects ask for what is named', async () => {
    const history = await sync({ listRuns: () => ({ runs: [run] }) }, 'history', '--count', '3', '--json');
    assert.deepEqual(history.asked[0]?.request, { count: 3 });
    assert.deepEqual(JSON.parse(history.out), { runs: [run] });
    await agent?.close();
    const objects = await sync(
      { listCsObjects: () => ({ objects: [object] }) },
      'objects',
      '--connector',
      'corp.example',
    );
    assert.equal(
      objects.out,
      `type  state                   distinguished name
user  joined, pending update  CN=Alice,DC=corp,DC=example`,
    );
  });

  test('object looks through the connectors, and says when there is none such', async () => {
    const connector = {
      name: 'corp.example',
      identifier: guid,
      kind: 'ad',
      partitions: [],
      globalParameters: [],
      account: 'svc',
      createdAt: at,
    } as const;
    const answers: Answers = {
      listConnectors: () => ({
        connectors: [
          { ...connector, partitions: [], globalParameters: [] },
          { ...connector, name: 'contoso - AAD', partitions: [], globalParameters: [] },
        ],
      }),
      readCsObject: (query) => ({ object: 'connector' in query && query.connector !== 'corp.example' ? object : null }),
      readPasswordLog: () => ({ entries: [] }),
      readMvObject: () => ({ object: null }),
    };
    const { out } = await sync(answers, 'object', object.distinguishedName);
    assert.match(out, /^object {8}CN=Alice/);
    assert.match(out, /not in the metaverse$/);
    await agent?.close();
    await assert.rejects(sync({ ...answers, readCsObject: () => ({ object: null }) }, 'object', 'CN=Nobody'), {
      code: 'ERR_SYNC_OBJECT_UNKNOWN',
      message: /CN=Nobody in the connector space of corp\.example or contoso - AAD/,
    });
  });

  test('passwords ends with 1 when one was not synchronized', async () => {
    const answers: Answers = {
      syncPasswords: () => ({ started: false, results: [{ dn: 'CN=B', status: 'Error', detail: null }] }),
    };
    const { exitCode, asked } = await sync(answers, 'passwords', '--ou', 'OU=Staff', '--send-all');
    assert.equal(exitCode, 1);
    assert.deepEqual(asked[0]?.request, { ou: 'OU=Staff', sendAll: true });
  });

  test('passes on what the agent refuses', async () => {
    await assert.rejects(sync({}, 'status'), { code: 'ERR_TEST_REFUSED', nextStep: 'ask for something else' });
  });

  test('says that the agent does not run', async () => {
    agent = await startAgent({});
    const { config } = agent;
    await agent.close();
    mkdirSync(path.dirname(config));
    writeFileSync(config, `stateDir: ${path.dirname(config)}\n`);
    agent = undefined;
    await assert.rejects(capture(syncCommand(), ['sync', 'status', '-c', config]), { code: 'ERR_CONTROL_UNREACHABLE' });
    rmSync(path.dirname(config), { recursive: true });
  });
});
