import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { passwordLogStatuses, type CsObject, type MvObject } from '@causeway/control';
import { diagnoseObject, type ObjectFacts } from '../src/diagnostics/one-object.ts';
import { diagnosePasswordSync, type ForestFacts, type PasswordSyncFacts } from '../src/diagnostics/password-sync.ts';

const at = '2026-03-01T08:00:00.000Z';
const now = Date.parse(at);
const guid = '3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11';
const hour = 3_600_000;

const forest: ForestFacts = {
  connector: 'corp.example',
  configuration: { sourceConnector: 'corp.example', targetConnector: 'contoso - AAD', enabled: true },
  heartbeatAt: now - hour,
  domains: [
    {
      fullName: 'corp.example',
      domainController: 'dc1.corp.example',
      isReachable: true,
      exceptionMessage: null,
      nextStep: null,
    },
  ],
  states: [
    {
      connectorId: guid,
      connector: 'corp.example',
      dn: 'DC=corp,DC=example',
      lastSuccessfulCycleStartAt: at,
      lastSuccessfulCycleEndAt: at,
      lastCycleStartAt: at,
      lastCycleEndAt: at,
      lastCycleStatus: 'Successful',
      full: null,
    },
  ],
};

const healthy: PasswordSyncFacts = { features: { PasswordHashSync: true }, stagingMode: false, forests: [forest], now };

function withForest(changes: Partial<ForestFacts>): PasswordSyncFacts {
  return { ...healthy, forests: [{ ...forest, ...changes }] };
}

describe('no password arrives at all', () => {
  const table: [string, PasswordSyncFacts, string[]][] = [
    ['and nothing is wrong here', healthy, []],
    ['because the tenant takes none', { ...healthy, features: { PasswordHashSync: false } }, ['Tenant feature']],
    ['because nothing is known of the feature', { ...healthy, features: {} }, ['Tenant feature']],
    ['because the agent stands by', { ...healthy, stagingMode: true }, ['Staging mode']],
    ['because there is no forest', { ...healthy, forests: [] }, ['Connectors']],
    [
      'because the channel is off',
      withForest({ configuration: { sourceConnector: 'corp.example', targetConnector: 'x - AAD', enabled: false } }),
      ['corp.example: channel'],
    ],
    ['because there is no channel', withForest({ configuration: undefined }), ['corp.example: channel']],
    ['because there was no heartbeat', withForest({ heartbeatAt: undefined }), ['corp.example: heartbeat']],
    [
      'because the last heartbeat is too old',
      withForest({ heartbeatAt: now - 3 * hour - 1 }),
      ['corp.example: heartbeat'],
    ],
    ['but not because a heartbeat is three hours old', withForest({ heartbeatAt: now - 3 * hour }), []],
    [
      'because a domain controller refuses',
      withForest({
        domains: [
          {
            fullName: 'corp.example',
            domainController: 'dc1',
            isReachable: false,
            exceptionMessage: 'Replication access was denied (8453).',
            nextStep: 'Grant the right.',
          },
        ],
      }),
      ['corp.example: domain corp.example'],
    ],
    [
      'because the last cycle failed',
      withForest({ states: forest.states.map((state) => ({ ...state, lastCycleStatus: 'Failed' })) }),
      ['corp.example: last cycle of DC=corp,DC=example'],
    ],
  ];
  for (const [what, facts, expected] of table) {
    test(what, () => {
      const wrong = diagnosePasswordSync(facts).filter(({ ok }) => !ok);
      assert.deepEqual(
        wrong.map(({ check }) => check),
        expected,
      );
      for (const { nextStep } of wrong) assert.ok(nextStep);
    });
  }

  test('and every check is told, whatever its result', () => {
    assert.deepEqual(
      diagnosePasswordSync(healthy).map(({ check }) => check),
      [
        'Tenant feature',
        'Staging mode',
        'corp.example: channel',
        'corp.example: heartbeat',
        'corp.example: domain corp.example',
        'corp.example: last cycle of DC=corp,DC=example',
      ],
    );
  });
});

const object: CsObject = {
  objectId: guid,
  connectorName: 'corp.example',
  distinguishedName: 'CN=Alice',
  anchorValue: 'AAAA',
  objectType: 'user',
  isConnector: true,
  hasSyncError: false,
  hasExportError: false,
  error: null,
  connectedMVObjectId: guid,
  attributes: {},
  pendingExport: null,
  lineage: [],
};
const metaverse: MvObject = { objectId: guid, objectType: 'person', attributes: {}, lineage: [] };
const arrived: ObjectFacts = {
  connector: 'corp.example',
  dn: 'CN=Alice',
  object,
  metaverse,
  inTenant: object,
  passwordLog: [{ at, status: 'Success', changedAt: at, detail: null }],
};

describe("one user's password", () => {
  const table: [string, Partial<ObjectFacts>, string | undefined, RegExp][] = [
    ['has arrived', {}, undefined, /^Success at /],
    ['is of nobody in the connector space', { object: null }, 'Connector space', /SourceConnectorNotPresent/],
    [
      'is of an object that is joined to nothing',
      { metaverse: null, object: { ...object, error: 'ambiguous' } },
      'Metaverse',
      /NoTargetConnection\): ambiguous/,
    ],
    ['has no object in the tenant', { inTenant: null }, 'Tenant connector space', /TargetNotExportedToDirectory/],
    [
      'waits for an export',
      { inTenant: { ...object, pendingExport: { operation: 'add', attributes: {} } } },
      'Tenant connector space',
      /TargetNotExportedToDirectory/,
    ],
    [
      'is not held up by a pending change',
      { inTenant: { ...object, pendingExport: { operation: 'update', attributes: {} } } },
      undefined,
      /^Success at /,
    ],
    [
      'belongs to an object whose export failed',
      { inTenant: { ...object, hasExportError: true, error: 'mail is taken' } },
      'Tenant connector space',
      /mail is taken/,
    ],
    ['has no history', { passwordLog: [] }, 'Password', /no history of the last seven days/],
    [
      'is temporary',
      { passwordLog: [{ at, status: 'FilteredByTarget', changedAt: at, detail: 'must change' }] },
      'Password',
      /FilteredByTarget at .*: must change/,
    ],
  ];
  for (const [what, changes, wrong, detail] of table) {
    test(what, () => {
      const checks = diagnoseObject({ ...arrived, ...changes });
      const found = checks.filter(({ ok }) => !ok);
      assert.deepEqual(
        found.map(({ check }) => check),
        wrong === undefined ? [] : [wrong],
      );
      assert.match((found[0] ?? checks.at(-1))?.detail ?? '', detail);
    });
  }

  test('is judged by the newest entry, whatever its status', () => {
    for (const status of passwordLogStatuses) {
      const passwordLog = [{ at, status, changedAt: null, detail: null }, ...arrived.passwordLog];
      const last = diagnoseObject({ ...arrived, passwordLog }).at(-1);
      assert.equal(last?.detail, `${status} at ${at}`);
      assert.equal(last.ok, status === 'Success' || status === 'RetryRequestedByTarget', status);
    }
  });
});
