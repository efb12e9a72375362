export { Engine, type EngineActivity, type EngineOptions } from './engine.ts';
export type { CyclePolicy } from './cycle.ts';
export { anchorOfObjectGuid } from './object-guid.ts';
export {
  referenceAttributes,
  tenantConnectorIdentifier,
  type EngineEvents,
  type LinkChange,
  type ReferenceAttribute,
  type SourceChange,
  type SourceConnector,
  type SourceDomain,
  type SourcePage,
  type SourcePartition,
  type SourceSession,
  type TenantConnector,
} from './ports.ts';
export type { MvObjectView } from './query/metaverse-views.ts';
export type { CsObjectView } from './query/object-views.ts';
export type { PasswordTarget, UserFound } from './query/password-scope.ts';
export type { Preview, PreviewEntry } from './query/preview.ts';
export type { EngineQueries, ConnectorStatistics } from './query/queries.ts';
export type { RunSettings } from './run-profile.ts';
export type { RunProfile, RunRecord } from './store/runs.ts';
