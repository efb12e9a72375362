export * from './types.ts';
export { compileRules } from './compile-rules.ts';
export { builtInRules } from './built-in-rules.ts';
export { parseSyncRules, type SyncRule, type SyncRules } from './rule-file.ts';
