/** Set-up and care of connect: what commands need that look at it from outside, without the agent itself. */
export { connectConfigSchema, type ConnectConfig } from '../config.ts';
export type { MachineKeyPlace } from '../secrets/machine-key.ts';
export type { SecretPurpose } from '../secrets/secret-envelope.ts';
export { createSecretFiles, type SecretFiles, type SecretState } from '../secrets/secret-files.ts';
export { writeWholeFile } from '../secrets/whole-file.ts';
export { hasFailed, type Check, type CheckOutcome, type CheckResult } from './check.ts';
export { networkProbes, type Probes } from './probes.ts';
export { runSetup, type SetupReport } from './run-setup.ts';
export { configFileOf, setupAnswersSchema, withDomains, type ConfigFile, type SetupAnswers } from './setup-answers.ts';
export { createSetupContext, type SetupOptions } from './setup-context.ts';
export { diagnosePasswordSync, type Diagnosis, type DiagnosisReport } from './diagnose/diagnose-password-sync.ts';
export type { DiagnosedAgent, DiagnosisOptions } from './diagnose/diagnosis-context.ts';
export { explainUser, type ExplainOptions } from './explain/explain-user.ts';
