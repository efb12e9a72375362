import { typeNames, type ScalarType } from './type-names.ts';
import type { PsType, PsValue } from './value.ts';

/** The type of a value, as `GetType()` gives it. */
export function typeOf(value: Exclude<PsValue, null>): PsType {
  if (Array.isArray(value)) return { kind: 'type', name: 'Object[]', fullName: 'System.Object[]' };
  if (typeof value === 'object' && 'kind' in value && (value.kind === 'object' || value.kind === 'collection')) {
    return named(value.typeName);
  }
  return typeValue(scalarOf(value));
}

/** A known type as a value. */
export function typeValue(scalar: ScalarType, isArray = false): PsType {
  return named(typeNames[scalar].fullName + (isArray ? '[]' : ''));
}

function named(fullName: string): PsType {
  return { kind: 'type', name: fullName.slice(fullName.lastIndexOf('.') + 1), fullName };
}

function scalarOf(value: Exclude<PsValue, null | PsValue[]>): ScalarType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'double';
    if (Math.abs(value) < 2 ** 31) return 'int';
    return Number.isSafeInteger(value) ? 'long' : 'double';
  }
  if (value instanceof Date) return 'datetime';
  switch (value.kind) {
    case 'guid':
      return 'guid';
    case 'timeSpan':
      return 'timespan';
    case 'hashtable':
      return 'hashtable';
    case 'scriptBlock':
      return 'scriptblock';
    case 'object':
    case 'collection':
    case 'type':
    case 'formatted':
      return 'object';
  }
}
