import { readFileSync } from 'node:fs';
import { FIRST_BUILT_IN, parseRuleFile, type SyncRules } from './rule-file.ts';

const files = ['from-ad-users.yaml', 'from-ad-groups.yaml', 'from-tenant.yaml', 'to-tenant.yaml'];

/** The rules that apply unless the administrator disables them, from the YAML files of this package. */
export function builtInRules(): SyncRules {
  const parsed = files.map((file) =>
    parseRuleFile(readFileSync(new URL(`../rules/${file}`, import.meta.url), 'utf8'), file, (precedence) =>
      precedence >= FIRST_BUILT_IN ? undefined : `the precedence of a built-in rule is ${FIRST_BUILT_IN} or more`,
    ),
  );
  return { rules: parsed.flatMap(({ rules }) => rules), disable: [] };
}
