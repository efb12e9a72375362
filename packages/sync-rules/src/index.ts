export * from './types.ts';
export { builtInRules } from './built-in-rules.ts';
export { compileRules, type RuleInput } from './compile-rules.ts';
export { parameterNames } from './expression/compile.ts';
export {
  parseSyncRules,
  type MergeType,
  type SyncFlow,
  type SyncJoinClause,
  type SyncRule,
  type SyncRules,
} from './rule-file.ts';
