export { connectConfigSchema, type ConnectConfig } from './config.ts';
export { createConnect, type Connect, type ConnectOptions, type ConnectStatus } from './connect.ts';
export type { ConnectProgress } from './agent/process-options.ts';
export type { Failure, ProcessCounts, ProcessState, ProcessStatus } from './agent/process-report.ts';
