import {
  operations,
  type Administration,
  type AgentOperations,
  type Connector,
  type CsObject,
  type OperationName,
  type PasswordSyncConfiguration,
  type Run,
  type Scheduler,
} from '@causeway/control';
import { CausewayError } from '@causeway/model';

const at = '2026-03-01T08:00:00.000Z';

export const ids = {
  ad: '3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11',
  tenant: 'b891884f-051e-4a83-95af-2544101c9083',
  partition: '5a1f0c55-0b0e-4a8e-8a45-0f1b2a3c4d5e',
  alice: '11111111-2222-4333-8444-555555555555',
  person: '99999999-2222-4333-8444-555555555555',
  aliceInTenant: '77777777-2222-4333-8444-555555555555',
} as const;

/** What the agent holds; a test may change it before it asks. */
export interface AgentState {
  connectors: Connector[];
  passwordSync: PasswordSyncConfiguration[];
  scheduler: Scheduler;
  override: { fullImportRequired: boolean; fullSyncRequired: boolean };
  threshold: { enabled: boolean; value: number };
  features: Record<string, boolean>;
  staging: boolean;
  runs: Run[];
  objects: CsObject[];
  busy: boolean;
}

export interface TestAgent {
  readonly agent: AgentOperations;
  readonly state: AgentState;
  /** Every operation with its request, in order. */
  readonly asked: { readonly operation: OperationName; readonly request: unknown }[];
  /** Those that change something. */
  readonly changes: () => string[];
}

const alice: CsObject = {
  objectId: ids.alice,
  connectorName: 'corp.example',
  distinguishedName: 'CN=Alice,OU=Staff,DC=corp,DC=example',
  anchorValue: 'AAAA',
  objectType: 'user',
  isConnector: true,
  hasSyncError: false,
  hasExportError: false,
  error: null,
  connectedMVObjectId: ids.person,
  attributes: { mail: ['alice@corp.example'], proxyAddresses: ['SMTP:a@corp.example', 'smtp:b@corp.example'] },
  pendingExport: null,
  lineage: [{ rule: 'In from AD - User Join', precedence: 100, direction: 'inbound' }],
};

function initialState(): AgentState {
  return {
    connectors: [
      {
        name: 'corp.example',
        identifier: ids.ad,
        kind: 'ad',
        partitions: [
          {
            identifier: ids.partition,
            dn: 'DC=corp,DC=example',
            name: 'corp.example',
            domainControllers: ['dc1.corp.example'],
          },
        ],
        globalParameters: [],
        account: 'svc-causeway',
        createdAt: at,
      },
      {
        name: 'contoso - AAD',
        identifier: ids.tenant,
        kind: 'tenant',
        partitions: [],
        globalParameters: [],
        account: 'connect-1',
        createdAt: at,
      },
    ],
    passwordSync: [{ sourceConnector: 'corp.example', targetConnector: 'contoso - AAD', enabled: true }],
    scheduler: {
      allowedSyncCycleInterval: 1_800,
      currentlyEffectiveSyncCycleInterval: 1_800,
      customizedSyncCycleInterval: null,
      nextSyncCyclePolicyType: 'Delta',
      nextSyncCycleStartTimeInUTC: '2026-03-01T08:30:00.000Z',
      purgeRunHistoryInterval: 604_800,
      syncCycleEnabled: true,
      maintenanceEnabled: true,
      stagingModeEnabled: false,
      schedulerSuspended: false,
      syncCycleInProgress: false,
    },
    override: { fullImportRequired: false, fullSyncRequired: false },
    threshold: { enabled: true, value: 500 },
    features: { PasswordHashSync: true, ForcePasswordChangeOnLogOn: false },
    staging: false,
    runs: [runOf(7)],
    objects: [
      alice,
      {
        ...alice,
        objectId: ids.aliceInTenant,
        connectorName: 'contoso - AAD',
        distinguishedName: 'CN={AAAA}',
        lineage: [{ rule: 'Out to AAD - User Join', precedence: 100, direction: 'outbound' }],
      },
    ],
    busy: false,
  };
}

function runOf(id: number): Run {
  return {
    id,
    connector: 'corp.example',
    runProfile: 'Delta Import',
    result: 'success',
    startedAt: at,
    endedAt: '2026-03-01T08:00:05.000Z',
    counts: { adds: 3 },
    errors: [{ dn: 'CN=Bad', code: 'AttributeValueMustBeUnique', message: 'mail is taken' }],
  };
}

/** A running agent with one forest, one tenant and one user, in memory. */
export function createTestAgent(): TestAgent {
  const state = initialState();
  const asked: TestAgent['asked'] = [];
  const administration: Administration = {
    ...configuration(state),
    ...runs(state),
    ...objects(state),
    ...passwords(state),
    ...care(state),
  };
  const entries = (Object.keys(operations) as OperationName[]).map((name) => [
    name,
    async (request: unknown) => {
      const received = operations[name].request.parse(request);
      asked.push({ operation: name, request: received });
      const answer = await (administration[name] as (request: unknown) => Promise<unknown>)(received);
      return operations[name].response.parse(answer);
    },
  ]);
  return {
    agent: Object.fromEntries(entries) as AgentOperations,
    state,
    asked,
    changes: () => asked.map(({ operation }) => operation).filter((name) => !operations[name].reads),
  };
}

function configuration(state: AgentState) {
  return {
    async listConnectors() {
      return { connectors: state.connectors };
    },
    async saveConnector({ identifier, globalParameters }) {
      const found = state.connectors.find((connector) => connector.identifier === identifier);
      if (found === undefined) throw refusal('no such connector');
      const saved = { ...found, globalParameters };
      state.connectors = state.connectors.map((connector) => (connector === found ? saved : connector));
      return saved;
    },
    async readStatistics() {
      return {
        total: 12,
        connectors: 10,
        disconnectors: 2,
        pendingImports: 0,
        pendingExportAdds: 1,
        pendingExportUpdates: 2,
        pendingExportDeletes: 3,
        exportErrors: 0,
      };
    },
    async readReachability() {
      return {
        domains: [
          {
            fullName: 'corp.example',
            domainController: 'dc1.corp.example',
            isReachable: false,
            exceptionMessage: 'The account lacks a right.',
            nextStep: 'Grant Replicating Directory Changes All.',
          },
        ],
      };
    },
  } satisfies Partial<Administration>;
}

function runs(state: AgentState) {
  return {
    async readScheduler() {
      return state.scheduler;
    },
    async writeScheduler(change) {
      const defined = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      state.scheduler = { ...state.scheduler, ...defined };
      return state.scheduler;
    },
    async startSyncCycle() {
      if (state.busy) throw refusal('a cycle is under way');
      return {};
    },
    async stopSyncCycle() {
      return { stopped: state.busy };
    },
    async readOverride() {
      return state.override;
    },
    async writeOverride({ fullImportRequired, fullSyncRequired }) {
      state.override = {
        fullImportRequired: fullImportRequired ?? state.override.fullImportRequired,
        fullSyncRequired: fullSyncRequired ?? state.override.fullSyncRequired,
      };
      return state.override;
    },
    async runProfile({ connector, runProfile }) {
      return { ...runOf(8), connector, runProfile };
    },
    async stopRun() {
      return { stopped: state.busy };
    },
    async readActivity() {
      const activity = {
        connector: 'corp.example',
        runProfile: 'Full Import' as const,
        done: 5,
        total: 10,
        startedAt: at,
      };
      return { activity: state.busy ? activity : null };
    },
    async listRuns({ id, connector }) {
      return {
        runs: state.runs.filter(
          (run) => (id === undefined || run.id === id) && (connector === undefined || run.connector === connector),
        ),
      };
    },
    async purgeRuns() {
      const purged = state.runs.length;
      state.runs = [];
      return { purged };
    },
  } satisfies Partial<Administration>;
}

function objects(state: AgentState) {
  return {
    async readCsObject(query) {
      const object = state.objects.find((candidate) =>
        'identifier' in query
          ? candidate.objectId === query.identifier
          : candidate.connectorName === query.connector && candidate.distinguishedName === query.dn,
      );
      return { object: object ?? null };
    },
    async listCsObjects({ connector, startIndex, maxResultCount }) {
      const all = state.objects.filter(({ connectorName }) => connectorName === connector);
      return { objects: all.slice(startIndex, startIndex + maxResultCount) };
    },
    async readMvObject({ identifier }) {
      if (identifier !== ids.person) return { object: null };
      return {
        object: {
          objectId: ids.person,
          objectType: 'person',
          attributes: {
            mail: { values: ['alice@corp.example'], rule: 'In from AD - User Common', connector: 'corp.example' },
          },
          lineage: state.objects.map(({ connectorName, objectId, distinguishedName }) => ({
            connectorName,
            csObjectId: objectId,
            distinguishedName,
          })),
        },
      };
    },
    async readPasswordLog() {
      return { entries: [{ at, status: 'Success' as const, changedAt: at, detail: null }] };
    },
  } satisfies Partial<Administration>;
}

function passwords(state: AgentState) {
  return {
    async readPasswordSync({ sourceConnector }) {
      return {
        configurations: state.passwordSync.filter(
          (configuration) => sourceConnector === undefined || configuration.sourceConnector === sourceConnector,
        ),
      };
    },
    async writePasswordSync(configuration) {
      state.passwordSync = [configuration];
      return configuration;
    },
    async listPasswordSyncStates() {
      return {
        states: [
          {
            connectorId: ids.ad,
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
    },
    async syncPasswords(request) {
      const dn = 'user' in request ? request.user : '';
      return { started: false, results: [{ dn, status: 'Success' as const, detail: null }] };
    },
  } satisfies Partial<Administration>;
}

function care(state: AgentState) {
  return {
    async readStatus() {
      return { version: '0.1.0', pid: 1, startedAt: at, stagingMode: state.staging, processes: [], activity: null };
    },
    async reload() {
      return { changed: [], needsRestart: [] };
    },
    async preview() {
      return {
        adds: 0,
        updates: 0,
        deletes: 0,
        unchanged: 0,
        exceedsDeletionThreshold: false,
        entries: [],
        errors: [],
      };
    },
    async listPendingDeletions() {
      return { deletions: [], allowed: false };
    },
    async allowDeletions() {
      return { allowed: 0 };
    },
    async readDeletionThreshold() {
      return state.threshold;
    },
    async writeDeletionThreshold(threshold) {
      state.threshold = threshold;
      return threshold;
    },
    async readCompanyFeatures() {
      return { features: state.features };
    },
    async writeCompanyFeatures({ features }) {
      state.features = { ...state.features, ...features };
      return { features: state.features };
    },
    async writeStagingMode({ enabled }) {
      state.staging = enabled;
      return { enabled };
    },
    async readGlobalSettings() {
      return {
        parameters: [
          { name: 'Microsoft.Synchronize.TimeInterval', value: '00:30:00' },
          { name: 'Microsoft.Synchronize.StagingMode', value: 'False' },
        ],
      };
    },
    async explain({ user }) {
      return { user, anchor: null, usable: true, reason: 'applied', nextStep: null, stages: [] };
    },
  } satisfies Partial<Administration>;
}

function refusal(message: string): CausewayError {
  return new CausewayError({ code: 'ERR_TEST_REFUSED', message, nextStep: 'wait', disposition: 'retry' });
}
