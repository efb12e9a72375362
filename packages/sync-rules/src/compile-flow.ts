import { failedExpression } from './errors.ts';
import type { AttributeSchema } from './attributes.ts';
import { compileExpression } from './expression/compile.ts';
import type { AttributeRead, Input, Names } from './expression/compiled.ts';
import { parseExpression } from './expression/parse.ts';
import {
  asBoolean,
  asNumber,
  asText,
  attributeValues,
  authoritativeNull,
  ignoreThisFlow,
  type Kind,
} from './expression/value.ts';
import type { SyncFlow } from './rule-file.ts';
import type { RuleRef } from './types.ts';

/** What a flow gives: values, an empty list for none, or how other flows are to behave. */
export type FlowOutcome = readonly string[] | typeof authoritativeNull | typeof ignoreThisFlow;

/** An attribute flow, ready to be applied. */
export interface CompiledFlow {
  readonly rule: RuleRef;
  readonly target: string;
  /** For people: the source attribute, the constant in quotes, or the text of the expression. */
  readonly source: string;
  readonly once: boolean;
  /** Whether values of lower precedence are added. */
  readonly merged: boolean;
  /** The source of a reference, which the engine resolves; undefined for any other flow. */
  readonly reference?: string;
  /** @throws {CausewayError} ERR_SYNC_RULES_VALUE when there is no value for this object, with the reason. */
  readonly evaluate: (input: Input) => FlowOutcome;
}

/**
 * A flow compiled; a text is what is wrong with it.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_EXPRESSION when its expression cannot be read.
 */
export function compileFlow(
  flow: SyncFlow,
  target: AttributeSchema | string,
  names: Names,
  rule: RuleRef,
): CompiledFlow | string {
  const compiled = compileAny(flow, target, names, rule);
  return typeof compiled !== 'string' && flow.target === 'cloudFiltered' ? filtering(compiled) : compiled;
}

function compileAny(
  flow: SyncFlow,
  target: AttributeSchema | string,
  names: Names,
  rule: RuleRef,
): CompiledFlow | string {
  if (typeof target === 'string') return target;
  const common = { rule, target: flow.target, once: flow.applyOnce, merged: flow.mergeType !== 'update' };
  if (common.merged && !target.multiValued) return `${flow.target} has one value: it cannot be merged`;
  if (flow.constant !== undefined) {
    const values = [constantOf(flow.constant, target.kind)];
    return { ...common, source: `"${flow.constant}"`, evaluate: () => values };
  }
  if (flow.expression !== undefined)
    return { ...common, source: flow.expression.trim(), ...expression(flow, target, names) };
  const read = names.attribute(flow.source ?? '');
  if (typeof read === 'string') return read;
  if (!fits(read.kind, target.kind))
    return `${flow.target} is a ${target.kind}, ${read.name} a ${read.kind}: an expression can convert it`;
  if (target.kind === 'reference' && flow.applyOnce) return 'a reference is not applied once';
  return { ...common, source: read.name, ...direct(read, target) };
}

function direct(read: AttributeRead, target: AttributeSchema): Pick<CompiledFlow, 'reference' | 'evaluate'> {
  const { name } = read;
  const none: readonly string[] = [];
  const evaluate = (input: Input): FlowOutcome => finished(input.attributes[name] ?? none, target);
  return target.kind === 'reference' ? { reference: name, evaluate } : { evaluate };
}

function expression(flow: SyncFlow, target: AttributeSchema, names: Names): Pick<CompiledFlow, 'evaluate'> {
  if (target.kind === 'reference') throw failedExpression(`${flow.target} is a reference: it flows directly from one`);
  const { kind, evaluate } = compileExpression(parseExpression(flow.expression ?? ''), names);
  if (!fits(kind, target.kind))
    throw failedExpression(`${flow.target} is a ${target.kind}, and the expression gives a ${kind}`);
  return {
    evaluate: (input) => {
      const value = evaluate(input);
      if (value === authoritativeNull || value === ignoreThisFlow) return value;
      return finished(attributeValues(value), target);
    },
  };
}

/** Values as the target has them. */
function finished(values: readonly string[], target: AttributeSchema): readonly string[] {
  if (!target.multiValued && values.length > 1)
    throw failedExpression(`it has one value, and the flow gives ${values.length}`);
  if (target.kind === 'boolean') return values.map((value) => asText(asBoolean(value)));
  return target.kind === 'number' ? values.map((value) => asText(asNumber(value))) : values;
}

/** `cloudFiltered` is True or absent: nothing that a rule says makes another rule's True undone. */
function filtering(flow: CompiledFlow): CompiledFlow {
  return {
    ...flow,
    evaluate: (input) => {
      const outcome = flow.evaluate(input);
      return typeof outcome !== 'symbol' && outcome[0] === 'True' ? outcome : [];
    },
  };
}

function fits(kind: Kind, target: Kind): boolean {
  if (target === 'reference') return kind === 'reference';
  return kind === target || kind === 'unknown' || kind === 'null' || kind === 'control';
}

/** @throws {CausewayError} ERR_SYNC_RULES_VALUE when the text is none of the target's values. */
function constantOf(text: string, kind: Kind): string {
  if (text === '') throw failedExpression('a constant is not empty');
  if (kind === 'reference' || kind === 'binary') throw failedExpression(`a ${kind} cannot be a constant`);
  if (kind === 'boolean') return asText(asBoolean(text));
  return kind === 'number' ? asNumber(text).toString() : text;
}
