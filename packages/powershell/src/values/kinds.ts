import type { PsValue } from './value.ts';

type Kind = Extract<PsValue, { kind: string }>['kind'];

/** Whether a value is of one of the kinds that carry their name. */
export function isKind<K extends Kind>(value: PsValue, kind: K): value is Extract<PsValue, { kind: K }> {
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === kind;
}

/** Whether a value is enumerated by a pipeline and filtered by an operator. */
export function isList(value: PsValue): value is PsValue[] | Extract<PsValue, { kind: 'collection' }> {
  return Array.isArray(value) || isKind(value, 'collection');
}
