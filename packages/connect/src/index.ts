export { connectConfigSchema, type ConnectConfig } from './config.ts';
export { createConnect, type Connect, type ConnectOptions } from './connect.ts';
export type { ConnectProgress } from './agent/process-options.ts';
