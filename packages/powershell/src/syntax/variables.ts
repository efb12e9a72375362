import type { Variable } from './ast.ts';
import { isNameCharacter } from './characters.ts';
import { match, peek, spanFrom, startsWith, syntaxError, unsupported, type Cursor } from './cursor.ts';

const sessionScopes = new Set(['script', 'global']);

/** What Windows PowerShell fills in and this evaluator does not: an empty value would mislead a script. */
const unsupportedVariables = new Set(
  [
    'ConfirmPreference',
    'DebugPreference',
    'ExecutionContext',
    'Home',
    'Host',
    'InformationPreference',
    'Input',
    'LastExitCode',
    'MyInvocation',
    'NestedPromptLevel',
    'PID',
    'Profile',
    'PSBoundParameters',
    'PSCmdlet',
    'PSCommandPath',
    'PSCulture',
    'PSDefaultParameterValues',
    'PSHome',
    'PSScriptRoot',
    'PSUICulture',
    'PSVersionTable',
    'PWD',
    'ShellId',
    'StackTrace',
    'This',
  ].map((name) => name.toLowerCase()),
);

/** Whether a variable begins at the cursor, which is at a `$`. */
export function isVariableStart(cursor: Cursor): boolean {
  const next = peek(cursor, 1);
  return (
    peek(cursor) === '$' &&
    (isNameCharacter(next) || (next !== undefined && '{?^$'.includes(next)) || startsWith(cursor, '$::'))
  );
}

/** `$x`, `${any name}`, `$_`, `$?`, `$script:x`. */
export function readVariable(cursor: Cursor): Variable {
  const start = cursor.position;
  const name = readName(cursor);
  const at = spanFrom(cursor, start);
  const colon = name.indexOf(':');
  const scope = colon === -1 ? undefined : name.slice(0, colon).toLowerCase();
  const bare = name.slice(colon + 1);
  if (scope !== undefined && !sessionScopes.has(scope) && scope !== 'local') {
    throw unsupported(cursor, `The variable '$${name}'`, start);
  }
  if (bare === '') throw syntaxError(cursor, 'The name of the variable is missing.', start);
  if (unsupportedVariables.has(bare.toLowerCase())) throw unsupported(cursor, `The variable '$${bare}'`, start);
  return {
    kind: 'variable',
    name: bare.toLowerCase() === 'psitem' ? '_' : bare,
    scope: scope === undefined ? undefined : sessionScopes.has(scope) ? 'session' : 'local',
    at,
  };
}

/** The variable of `@name`, whose values become arguments. */
export function readSplatted(cursor: Cursor): Variable {
  const start = cursor.position;
  const found = match(cursor, /@(?<name>[\p{L}\p{N}_]+)/uy);
  const name = found?.groups?.['name'] ?? '';
  cursor.position += name.length + 1;
  return { kind: 'variable', name, scope: undefined, at: spanFrom(cursor, start) };
}

function readName(cursor: Cursor): string {
  const start = cursor.position;
  const braced = match(cursor, /\$\{(?<name>[^{}\n]*)\}/uy);
  if (braced !== undefined) {
    cursor.position += braced[0].length;
    return braced.groups?.['name'] ?? '';
  }
  if (startsWith(cursor, '${'))
    throw syntaxError(cursor, "The variable has no closing '}'.", cursor.source.text.length);
  const special = match(cursor, /\$(?<name>[?^$])/uy);
  if (special !== undefined) {
    if (special[0] !== '$?') throw unsupported(cursor, `The variable '${special[0]}'`);
    cursor.position += 2;
    return '?';
  }
  const found = match(cursor, /\$(?<name>(?:[\p{L}\p{N}_]+:(?!:))?[\p{L}\p{N}_]+)/uy);
  const name = found?.groups?.['name'];
  if (found === undefined || name === undefined) throw syntaxError(cursor, 'The name of the variable is missing.');
  cursor.position += found[0].length;
  if (peek(cursor) === ':' && peek(cursor, 1) !== ':') {
    throw syntaxError(cursor, `'$${name}:' is no variable; write '\${${name}}:'.`, start);
  }
  return name;
}
