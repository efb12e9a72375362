export { hasFailed, type Check, type CheckOutcome, type CheckResult } from './check.ts';
export { networkProbes, type Probes } from './probes.ts';
export { runSetup, type SetupReport } from './run-setup.ts';
export { configFileOf, setupAnswersSchema, withDomains, type ConfigFile, type SetupAnswers } from './setup-answers.ts';
export { createSetupContext, type SetupOptions } from './setup-context.ts';
