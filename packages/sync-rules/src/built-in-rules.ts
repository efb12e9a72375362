import type { SyncRules } from './rule-file.ts';

/** The rules that apply unless a file of the administrator disables them. */
export function builtInRules(): SyncRules {
  return { rules: [], disable: [] };
}
