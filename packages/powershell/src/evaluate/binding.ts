import { OperationError } from '../errors.ts';
import type { Cmdlet, ParameterSpec, StreamCmdlet } from '../host.ts';

const actions = ['Continue', 'SilentlyContinue', 'Stop', 'Ignore'] as const;

/** What every cmdlet takes. */
const commonParameters: readonly ParameterSpec[] = [
  { name: 'ErrorAction', type: { words: actions }, aliases: ['ea'] },
  { name: 'WarningAction', type: { words: actions }, aliases: ['wa'] },
  { name: 'Verbose', type: 'switch', aliases: ['vb'] },
];

const changeParameters: readonly ParameterSpec[] = [
  { name: 'WhatIf', type: 'switch', aliases: ['wi'] },
  { name: 'Confirm', type: 'switch', aliases: ['cf'] },
];

/** All parameters of a cmdlet. */
export function parametersOf(cmdlet: Cmdlet | StreamCmdlet): readonly ParameterSpec[] {
  return [...cmdlet.parameters, ...commonParameters, ...(cmdlet.changes === undefined ? [] : changeParameters)];
}

/** The parameters of a function: what it declares, and the common ones if it is advanced. */
export function functionParameters(declared: readonly ParameterSpec[], isAdvanced: boolean): readonly ParameterSpec[] {
  return isAdvanced ? [...declared, ...commonParameters] : declared;
}

/** An element of a command; `T` is an expression before the script runs and a value while it does. */
export type BindingElement<T> =
  | { readonly kind: 'named'; readonly name: string; readonly value: T | undefined }
  | { readonly kind: 'positional'; readonly value: T };

/** Parameters with their arguments; a switch may have none. `rest` is what no position takes. */
export interface Binding<T> {
  readonly bound: ReadonlyMap<ParameterSpec, T | undefined>;
  readonly rest: readonly T[];
}

/**
 * Which argument belongs to which parameter: by name, by alias, by a beginning that fits one only, then by position.
 *
 * @param place Called with the index of the element that is wrong, to make the error.
 * @throws OperationError ERR_POWERSHELL_ARGUMENT, from `place`
 */
export function bind<T>(
  elements: readonly BindingElement<T>[],
  parameters: readonly ParameterSpec[],
  place: (index: number, error: OperationError) => Error,
): Binding<T> {
  const bound = new Map<ParameterSpec, T | undefined>();
  const positional: T[] = [];
  for (let index = 0; index < elements.length; index += 1) {
    const element = elements[index];
    if (element === undefined) break;
    if (element.kind === 'positional') {
      positional.push(element.value);
      continue;
    }
    const named = index;
    const parameter = parameterNamed(parameters, element.name, (error) => place(named, error));
    if (bound.has(parameter)) throw place(index, wrong(`The parameter '${parameter.name}' is given twice.`));
    const next = elements[index + 1];
    if (element.value !== undefined || parameter.type === 'switch') bound.set(parameter, element.value);
    else if (next?.kind === 'positional') {
      bound.set(parameter, next.value);
      index += 1;
    } else throw place(index, wrong(`The parameter '${parameter.name}' has no argument.`));
  }
  const open = parameters
    .filter((parameter) => parameter.position !== undefined && !bound.has(parameter))
    .sort((left, right) => (left.position ?? 0) - (right.position ?? 0));
  for (const [index, parameter] of open.entries()) {
    const value = positional[index];
    if (value === undefined) break;
    bound.set(parameter, value);
  }
  return { bound, rest: positional.slice(open.length) };
}

/** The mandatory parameters that have no argument. */
export function missing<T>(binding: Binding<T>, parameters: readonly ParameterSpec[]): readonly ParameterSpec[] {
  return parameters.filter((parameter) => parameter.mandatory === true && !binding.bound.has(parameter));
}

function parameterNamed(
  parameters: readonly ParameterSpec[],
  name: string,
  fail: (error: OperationError) => Error,
): ParameterSpec {
  const wanted = name.toLowerCase();
  const exact = parameters.find((parameter) => namesOf(parameter).includes(wanted));
  if (exact !== undefined) return exact;
  const beginning = parameters.filter((parameter) => namesOf(parameter).some((one) => one.startsWith(wanted)));
  const [only] = beginning;
  if (only === undefined) throw fail(wrong(`A parameter cannot be found that matches parameter name '${name}'.`));
  if (beginning.length > 1) {
    const candidates = beginning.map((parameter) => `-${parameter.name}`).join(', ');
    throw fail(wrong(`The parameter name '${name}' is ambiguous: ${candidates}.`));
  }
  return only;
}

function namesOf(parameter: ParameterSpec): string[] {
  return [parameter.name, ...(parameter.aliases ?? [])].map((one) => one.toLowerCase());
}

function wrong(message: string): OperationError {
  return new OperationError('ERR_POWERSHELL_ARGUMENT', message, 'Get-Help shows the parameters of a command.');
}
