import type { Administration, OperationName } from '@causeway/control';

const at = '2026-03-01T08:00:00.000Z';
const guid = '3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11';
const connector = {
  name: 'corp.example',
  identifier: guid,
  kind: 'ad',
  partitions: [{ identifier: guid, dn: 'DC=corp,DC=example', name: 'corp.example', domainControllers: ['dc1'] }],
  globalParameters: [],
  account: 'svc-causeway',
  createdAt: at,
} as const;
const run = {
  id: 1,
  connector: 'corp.example',
  runProfile: 'Full Import',
  result: 'success',
  startedAt: at,
  endedAt: null,
  counts: { adds: 3 },
  errors: [],
} as const;
const scheduler = {
  allowedSyncCycleInterval: 1_800,
  currentlyEffectiveSyncCycleInterval: 1_800,
  customizedSyncCycleInterval: null,
  nextSyncCyclePolicyType: 'Delta',
  nextSyncCycleStartTimeInUTC: at,
  purgeRunHistoryInterval: 604_800,
  syncCycleEnabled: true,
  maintenanceEnabled: true,
  stagingModeEnabled: false,
  schedulerSuspended: false,
  syncCycleInProgress: false,
} as const;
const entry = {
  operation: 'delete',
  objectType: 'user',
  anchor: 'AAAA',
  name: 'CN=Zoë,DC=corp,DC=example',
  attributes: [{ name: 'mail', before: ['a@corp.example'], after: [] }],
  members: { added: [], removed: ['BBBB'] },
  reason: 'out of scope',
} as const;
const csObject = {
  objectId: guid,
  connectorName: 'corp.example',
  distinguishedName: 'CN=Zoë,DC=corp,DC=example',
  anchorValue: 'AAAA',
  objectType: 'user',
  isConnector: true,
  hasSyncError: false,
  hasExportError: false,
  error: null,
  connectedMVObjectId: guid,
  attributes: { cn: ['Zoë'] },
  pendingExport: { operation: 'update', attributes: { mail: [] } },
  lineage: [{ rule: 'In from AD - User Join', precedence: 100, direction: 'inbound' }],
} as const;
const passwordSync = { sourceConnector: 'corp.example', targetConnector: 'contoso - AAD', enabled: true } as const;
const override = { fullImportRequired: true, fullSyncRequired: false } as const;

/** A request and the answer to it, for every operation. */
export const exchanges = {
  readStatus: [
    {},
    {
      version: '0.1.0',
      pid: 1,
      startedAt: at,
      stagingMode: false,
      processes: [
        {
          process: 'object sync',
          state: 'failed',
          since: at,
          lastSuccessAt: null,
          failure: { code: 'ERR_X', message: 'm', nextStep: 'n', at, attempts: 2 },
          counts: { cycles: 1 },
        },
      ],
      activity: { connector: 'corp.example', runProfile: 'Export', done: 1, total: null, startedAt: at },
    },
  ],
  reload: [{}, { changed: ['scope'], needsRestart: [] }],
  listConnectors: [{}, { connectors: [connector] }],
  saveConnector: [{ identifier: guid, name: 'corp.example', globalParameters: [] }, connector],
  readStatistics: [
    { connector: 'corp.example' },
    {
      total: 1,
      connectors: 1,
      disconnectors: 0,
      pendingImports: 0,
      pendingExportAdds: 0,
      pendingExportUpdates: 0,
      pendingExportDeletes: 0,
      exportErrors: 0,
    },
  ],
  readReachability: [
    { connector: 'corp.example' },
    {
      domains: [
        {
          fullName: 'corp.example',
          domainController: 'dc1',
          isReachable: false,
          exceptionMessage: 'refused',
          nextStep: 'start it',
        },
      ],
    },
  ],
  readScheduler: [{}, scheduler],
  writeScheduler: [{ customizedSyncCycleInterval: null, syncCycleEnabled: false }, scheduler],
  startSyncCycle: [{ policyType: 'Initial' }, {}],
  stopSyncCycle: [{}, { stopped: true }],
  readOverride: [{ connector: 'corp.example' }, override],
  writeOverride: [{ connector: 'corp.example', fullImportRequired: true }, override],
  runProfile: [{ connector: 'corp.example', runProfile: 'Full Import' }, run],
  stopRun: [{}, { stopped: false }],
  readActivity: [{}, { activity: null }],
  listRuns: [{ connector: 'corp.example', count: 5 }, { runs: [run] }],
  purgeRuns: [{ olderThanSeconds: 0 }, { purged: 4 }],
  readCsObject: [{ connector: 'corp.example', dn: 'CN=Zoë,DC=corp,DC=example' }, { object: csObject }],
  listCsObjects: [{ connector: 'corp.example', startIndex: 10, maxResultCount: 2 }, { objects: [csObject] }],
  readMvObject: [
    { identifier: guid },
    {
      object: {
        objectId: guid,
        objectType: 'person',
        attributes: { mail: { values: ['a@corp.example'], rule: 'In from AD', connector: 'corp.example' } },
        lineage: [{ connectorName: 'corp.example', csObjectId: guid, distinguishedName: 'CN=Zoë' }],
      },
    },
  ],
  readPasswordLog: [
    { identifier: guid, count: 3 },
    { entries: [{ at, status: 'Success', changedAt: at, detail: null }] },
  ],
  readPasswordSync: [{ sourceConnector: 'corp.example' }, { configurations: [passwordSync] }],
  writePasswordSync: [passwordSync, passwordSync],
  listPasswordSyncStates: [
    {},
    {
      states: [
        {
          connectorId: guid,
          connector: 'corp.example',
          dn: 'DC=corp,DC=example',
          lastSuccessfulCycleStartAt: at,
          lastSuccessfulCycleEndAt: at,
          lastCycleStartAt: at,
          lastCycleEndAt: null,
          lastCycleStatus: 'Successful',
          full: { startedAt: at, done: 5, total: null, secondsLeft: null },
        },
      ],
    },
  ],
  syncPasswords: [
    { all: true, sendAll: true },
    { started: true, results: [{ dn: 'CN=Zoë', status: 'Success', detail: null }] },
  ],
  preview: [
    { policyType: 'Initial', entries: 10 },
    { adds: 0, updates: 0, deletes: 1, unchanged: 9, exceedsDeletionThreshold: false, entries: [entry], errors: [] },
  ],
  listPendingDeletions: [{}, { deletions: [entry], allowed: false }],
  allowDeletions: [{}, { allowed: 1 }],
  readDeletionThreshold: [{}, { enabled: true, value: 500 }],
  writeDeletionThreshold: [
    { enabled: false, value: 500 },
    { enabled: false, value: 500 },
  ],
  readCompanyFeatures: [{}, { features: { PasswordHashSync: true } }],
  writeCompanyFeatures: [
    { features: { ForcePasswordChangeOnLogOn: true } },
    { features: { ForcePasswordChangeOnLogOn: true } },
  ],
  writeStagingMode: [{ enabled: true }, { enabled: true }],
  readGlobalSettings: [{}, { parameters: [{ name: 'Microsoft.Synchronize.StagingMode', value: 'False' }] }],
  explain: [
    { user: 'zoe' },
    {
      user: 'zoe',
      anchor: null,
      usable: false,
      reason: 'not found',
      nextStep: null,
      stages: [{ stage: 'domain controller', ok: false, at: null, detail: 'no such user' }],
    },
  ],
} satisfies { readonly [Name in OperationName]: readonly [unknown, unknown] };

export interface Asked {
  readonly operation: string;
  readonly request: unknown;
}

/** An agent that gives every operation the answer above and remembers what it was asked, or does as `overrides` say. */
export function administrationOf(overrides: Partial<Administration> = {}): {
  administration: Administration;
  asked: Asked[];
} {
  const asked: Asked[] = [];
  const answers = Object.entries(exchanges).map(([operation, [, answer]]) => [
    operation,
    async (request: unknown) => {
      asked.push({ operation, request });
      return answer;
    },
  ]);
  return { administration: { ...(Object.fromEntries(answers) as Administration), ...overrides }, asked };
}
