import { moduleNamed } from '../cmdlets/modules.ts';
import { OperationError, type RefusalCode } from '../errors.ts';
import type { Cmdlet, ParameterSpec, StreamCmdlet } from '../host.ts';
import { acceptsCount, staticOf } from '../members/statics.ts';
import { refusal, type Source, type Span } from '../source.ts';
import type {
  Access,
  Block,
  Command,
  Expression,
  FunctionDefinition,
  Script,
  Statement,
  TypeName,
} from '../syntax/ast.ts';
import { scalarTypeOf } from '../values/type-names.ts';
import { convertArgument } from './arguments.ts';
import { bind, missing, parametersOf, type BindingElement } from './binding.ts';
import { functionSpecs } from './functions.ts';
import { walk, type Place } from './walk.ts';

/** What a script may name. */
export interface Known {
  findCmdlet(name: string): Cmdlet | StreamCmdlet | undefined;
  findFunction(name: string): FunctionDefinition | undefined;
  /** Whether `New-Object` makes it. */
  isType(name: string): boolean;
  readonly modules: readonly string[];
}

type Refuse = (at: Span, code: RefusalCode, message: string, nextStep?: string) => Error;

/**
 * Resolves every command, parameter, type and static member of a script before its first statement runs.
 *
 * @throws PowerShellError for the first that does not exist, or that the evaluator cannot do
 */
export function check(script: Script, source: Source, known: Known): void {
  const defined = new Map<string, FunctionDefinition>();
  walk(script.statements, {
    statement: (statement) => {
      if (statement.kind === 'function') defined.set(statement.name.toLowerCase(), statement);
    },
  });
  const refuse: Refuse = (at, code, message, nextStep = 'See docs/powershell.md; nothing of the script has run.') =>
    refusal(source, at.start, { code, message, nextStep });
  const findFunction = (name: string) => defined.get(name.toLowerCase()) ?? known.findFunction(name);
  walk(script.statements, {
    statement: (statement, place) => checkStatement(statement, place, refuse),
    expression: (expression) => checkExpression(expression, refuse),
    block: (block) => checkBlock(block, refuse),
    command: (command, { hasInput }) => checkCommand(command, hasInput, { ...known, findFunction }, refuse),
  });
}

function checkStatement(statement: Statement, place: Place, refuse: Refuse): void {
  const { kind, at } = statement;
  if ((kind === 'break' || kind === 'continue') && !place.inLoop) {
    throw refuse(at, 'ERR_POWERSHELL_UNSUPPORTED', `'${kind}' outside of a loop or 'switch' is not supported here.`);
  }
  if (kind === 'return' && place.isEnclosed) {
    throw refuse(at, 'ERR_POWERSHELL_UNSUPPORTED', "'return' inside brackets or 'finally' is not supported here.");
  }
}

function checkBlock(block: Block, refuse: Refuse): void {
  for (const { type } of block.parameters) if (type !== undefined) checkType(type, refuse);
}

function checkExpression(expression: Expression, refuse: Refuse): void {
  if (expression.kind === 'cast' || expression.kind === 'type') checkType(expression.type, refuse);
  if (expression.kind === 'access') checkAccess(expression, refuse);
  if (expression.kind === 'scriptBlock' && expression.block.parameters.length > 0) {
    throw refuse(expression.at, 'ERR_POWERSHELL_UNSUPPORTED', "'param' in a script block is not supported here.");
  }
}

function checkType({ name, at }: TypeName, refuse: Refuse): void {
  if (scalarTypeOf(name) === undefined)
    throw refuse(at, 'ERR_POWERSHELL_UNKNOWN_TYPE', `Unable to find type [${name}].`);
}

function checkAccess({ base, accessors }: Access, refuse: Refuse): void {
  for (const accessor of accessors) {
    if (accessor.kind === 'index' || accessor.name.kind !== 'string') {
      if (accessor.kind !== 'index' && (accessor.isStatic || accessor.kind === 'call')) {
        throw refuse(accessor.at, 'ERR_POWERSHELL_UNSUPPORTED', 'A computed name of a method is not supported here.');
      }
      continue;
    }
    const name = accessor.name.value;
    if (accessor.kind === 'call' && !accessor.isStatic && /^(?:where|foreach)$/iu.test(name)) {
      throw refuse(
        accessor.at,
        'ERR_POWERSHELL_UNSUPPORTED',
        `The method '${name}' is not supported here.`,
        `Pipe to ${name}-Object.`,
      );
    }
    if (!accessor.isStatic || base.kind !== 'type') continue;
    checkType(base.type, refuse);
    const scalar = scalarTypeOf(base.type.name);
    const member = scalar === undefined ? undefined : staticOf(scalar, name, accessor.kind === 'call');
    if (member === undefined) {
      throw refuse(
        accessor.at,
        'ERR_POWERSHELL_UNSUPPORTED',
        `The static member [${base.type.name}]::${name} is not supported here.`,
      );
    }
    if (accessor.kind === 'call' && !acceptsCount(member, accessor.arguments.length)) {
      throw refuse(
        accessor.at,
        'ERR_POWERSHELL_ARGUMENT',
        `[${base.type.name}]::${name} does not take ${accessor.arguments.length} arguments.`,
      );
    }
  }
}

function checkCommand(command: Command, hasInput: boolean, known: Known, refuse: Refuse): void {
  const definition = known.findFunction(command.name);
  const cmdlet = known.findCmdlet(command.name);
  if (definition === undefined && cmdlet === undefined) {
    const message = `The term '${command.name}' is not recognized as the name of a cmdlet or function.`;
    throw refuse(
      command.nameAt,
      'ERR_POWERSHELL_UNKNOWN_COMMAND',
      message,
      'Get-Command lists what there is; nothing of the script has run.',
    );
  }
  if (definition !== undefined && hasInput) {
    throw refuse(
      command.at,
      'ERR_POWERSHELL_UNSUPPORTED',
      `A pipe into a function, '${command.name}', is not supported here.`,
    );
  }
  const parameters =
    definition === undefined ? (cmdlet === undefined ? [] : parametersOf(cmdlet)) : functionSpecs(definition.block);
  const places: Span[] = [];
  const elements: BindingElement<Expression>[] = [];
  for (const element of command.elements) {
    if (element.kind === 'splat') continue;
    places.push(element.at);
    if (element.kind === 'argument') elements.push({ kind: 'positional', value: element.value });
    else elements.push({ kind: 'named', name: element.name, value: element.value });
  }
  const binding = bind(elements, parameters, (index, error) =>
    refuse(places[index] ?? command.at, 'ERR_POWERSHELL_ARGUMENT', error.message),
  );
  const takesRest = parameters.some((parameter) => parameter.takesRest === true);
  const [extra] = binding.rest;
  if (extra !== undefined && !takesRest && (definition === undefined || definition.block.isAdvanced)) {
    throw refuse(extra.at, 'ERR_POWERSHELL_ARGUMENT', `'${command.name}' has no parameter that takes this argument.`);
  }
  const required = parameters.filter(({ pipeline }) => !hasInput || pipeline === undefined);
  const [absent] = command.elements.some(({ kind }) => kind === 'splat') ? [] : missing(binding, required);
  if (absent !== undefined) {
    throw refuse(command.at, 'ERR_POWERSHELL_ARGUMENT', `'${command.name}' needs the parameter '${absent.name}'.`);
  }
  for (const [parameter, value] of binding.bound)
    if (value !== undefined) checkArgument(parameter, value, known, refuse);
}

/** What is written out is converted now, so that a wrong word stops the script before it begins. */
function checkArgument(parameter: ParameterSpec, value: Expression, known: Known, refuse: Refuse): void {
  const literals = literalsOf(value);
  if (parameter.names === 'type') {
    const [name] = literals ?? [];
    if (name === undefined)
      throw refuse(value.at, 'ERR_POWERSHELL_UNSUPPORTED', 'A type whose name is computed is not supported here.');
    if (scalarTypeOf(String(name)) !== 'pscustomobject' && !known.isType(String(name))) {
      throw refuse(value.at, 'ERR_POWERSHELL_UNKNOWN_TYPE', `Cannot find type [${name}].`);
    }
  }
  if (parameter.names === 'module') {
    const unknown = literals?.find((name) => moduleNamed(known.modules, String(name)) === undefined);
    if (unknown !== undefined) {
      throw refuse(
        value.at,
        'ERR_POWERSHELL_UNKNOWN_MODULE',
        `There is no module '${unknown}'.`,
        'Get-Module lists those that exist.',
      );
    }
  }
  if (literals === undefined || parameter.takesRest === true) return;
  try {
    const written = literals.map((one) => (typeof one === 'number' && parameter.type === 'string' ? String(one) : one));
    const [only = null] = written;
    convertArgument(value.kind === 'array' ? written : only, parameter);
  } catch (error) {
    if (error instanceof OperationError) throw refuse(value.at, 'ERR_POWERSHELL_ARGUMENT', error.message);
    throw error;
  }
}

/** The values of an argument that is written out; undefined when something in it is computed. */
function literalsOf(value: Expression): (string | number)[] | undefined {
  if (value.kind === 'string' || value.kind === 'number') return [value.value];
  if (value.kind !== 'array') return undefined;
  const literals = value.elements.flatMap((element) => literalsOf(element) ?? []);
  return literals.length === value.elements.length ? literals : undefined;
}
