import { OperationError } from '../errors.ts';
import type { ParameterSpec, Sink } from '../host.ts';
import type { Block, ParameterDeclaration } from '../syntax/ast.ts';
import { scalarTypeOf, type ScalarType } from '../values/type-names.ts';
import type { PsValue } from '../values/value.ts';
import { convertArgument } from './arguments.ts';
import { functionParameters } from './binding.ts';
import type { DefinedFunction, Evaluator, Frame } from './evaluator.ts';
import { assign, childScope } from './scope.ts';

/** Calls of functions inside each other. */
const MAX_CALLS = 200;

/** The parameters of a function for binding: in the order in which they are declared. */
export function functionSpecs(block: Block): readonly ParameterSpec[] {
  const declared = block.parameters.map((parameter, index) => specOf(parameter, index, block.parameters));
  return functionParameters(declared, block.isAdvanced);
}

/** Runs a function in a scope of its own. */
export async function callFunction(
  evaluator: Evaluator,
  { definition, source }: DefinedFunction,
  call: { values: ReadonlyMap<string, PsValue>; rest: readonly PsValue[]; frame: Frame; out: Sink },
): Promise<void> {
  const { machine } = evaluator;
  if (machine.callDepth >= MAX_CALLS) {
    throw new OperationError(
      'ERR_POWERSHELL_LIMIT',
      `More than ${MAX_CALLS} calls are inside each other.`,
      'Use a loop.',
    );
  }
  const scope = childScope(call.frame.scope);
  const frame = { scope, source };
  const specs = functionSpecs(definition.block);
  assign(scope, 'args', [...call.rest]);
  for (const parameter of definition.block.parameters) {
    const given = call.values.get(parameter.name);
    const initial = parameter.initial === undefined ? null : await evaluator.value(parameter.initial, frame);
    const spec = specs.find(({ name }) => name === parameter.name);
    const isSwitch = spec?.type === 'switch';
    if (given === undefined && parameter.isMandatory) {
      throw new OperationError(
        'ERR_POWERSHELL_ARGUMENT',
        `The parameter '${parameter.name}' is mandatory.`,
        'Give it.',
      );
    }
    const value =
      given === undefined
        ? isSwitch
          ? initial === true
          : initial
        : spec === undefined
          ? given
          : convertArgument(given, spec);
    assign(scope, parameter.name, value);
  }
  preferences(scope, call.values);
  machine.callDepth += 1;
  try {
    // A new turn of the event loop's microtasks, so that deep calls do not pile up on the stack.
    await machine.breathe();
    await evaluator.run(definition.block.statements, frame, call.out);
  } finally {
    machine.callDepth -= 1;
  }
}

/** Common parameters of an advanced function hold for what it calls. */
function preferences(scope: Frame['scope'], values: ReadonlyMap<string, PsValue>): void {
  const errorAction = values.get('ErrorAction');
  const warningAction = values.get('WarningAction');
  if (errorAction !== undefined) assign(scope, 'ErrorActionPreference', errorAction);
  if (warningAction !== undefined) assign(scope, 'WarningPreference', warningAction);
  if (values.get('Verbose') === true) assign(scope, 'VerbosePreference', 'Continue');
}

function specOf(parameter: ParameterDeclaration, index: number, all: readonly ParameterDeclaration[]): ParameterSpec {
  const scalar: ScalarType = parameter.type === undefined ? 'object' : (scalarTypeOf(parameter.type.name) ?? 'object');
  const isPositioned = all.some(({ position }) => position !== undefined);
  const position = isPositioned ? parameter.position : all.slice(0, index).filter((one) => !isSwitch(one)).length;
  return {
    name: parameter.name,
    type: scalar,
    mandatory: parameter.isMandatory,
    ...(parameter.type?.isArray === true ? { isArray: true } : {}),
    ...(position === undefined || scalar === 'switch' ? {} : { position }),
  };
}

function isSwitch({ type }: ParameterDeclaration): boolean {
  return type !== undefined && scalarTypeOf(type.name) === 'switch';
}
