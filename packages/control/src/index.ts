export { type AgentStatus, type Chain, type DeletionThreshold, type ProcessStatus } from './agent.ts';
export {
  parameterSchema,
  type ConfigurationParameter,
  type Connector,
  type ConnectorStatistics,
  type Partition,
  type Reachability,
} from './connectors.ts';
export {
  passwordLogStatuses,
  type CsObject,
  type MvObject,
  type PasswordLogEntry,
  type Preview,
  type PreviewEntry,
} from './objects.ts';
export {
  operations,
  type Administration,
  type OperationName,
  type OperationSpec,
  type ReceivedOf,
  type RequestOf,
  type ResponseOf,
} from './operations.ts';
export {
  type PartitionPasswordSyncState,
  type PasswordSyncAnswer,
  type PasswordSyncConfiguration,
  type PasswordSyncRequest,
} from './passwords.ts';
export { type Activity, type Run, type Scheduler, type SchedulerChange } from './runs.ts';
export { runProfiles, type AttributeValues, type PolicyType, type RunProfile } from './values.ts';
export { createControlClient, type AgentOperations, type CallOptions, type ControlClient } from './control-client.ts';
export { operationUnknown, requestInvalid, requestRefused } from './errors.ts';
export { controlSocketOf, formatControlError, pathOfOperation, requestBytesMax } from './transport.ts';
