export { connectConfigSchema, type ConnectConfig } from './config.ts';
export { createConnect, type Connect, type ConnectOptions, type ConnectStatus } from './connect.ts';
export type { ConnectProgress } from './agent/process-options.ts';
export type { Failure, ProcessCounts, ProcessState, ProcessStatus } from './agent/process-report.ts';
export type { MachineKeyPlace } from './secrets/machine-key.ts';
export type { SecretPurpose } from './secrets/secret-envelope.ts';
export { createSecretFiles, type SecretFiles, type SecretState } from './secrets/secret-files.ts';
export { writeWholeFile } from './secrets/whole-file.ts';
export {
  createSetupContext,
  runSetup,
  configFileOf,
  hasFailed,
  networkProbes,
  setupAnswersSchema,
  withDomains,
  type CheckOutcome,
  type CheckResult,
  type ConfigFile,
  type SetupAnswers,
  type SetupReport,
} from './setup/index.ts';
