import { OperationError } from '../errors.ts';
import { parseNumber } from '../syntax/numbers.ts';
import { parseDate } from './dates.ts';
import { isKind } from './kinds.ts';
import { textOf } from './text.ts';
import { parseTimeSpan, timeSpan } from './time-spans.ts';
import { isTrue } from './truth.ts';
import { typeNames, type ScalarType, type TypeReference } from './type-names.ts';
import type { PsObject, PsValue } from './value.ts';

/** Converts a value to a type, as a cast or an assignment to something typed does (6). @throws ERR_POWERSHELL_CONVERSION */
export function convert(value: PsValue, type: TypeReference): PsValue {
  if (!type.isArray) return toScalar(value, type.scalar);
  if (value === null) return null;
  return itemsOf(value).map((item) => toScalar(item, type.scalar));
}

/** The items of a value where several are expected: of an array or a collection, or the value alone. Null is none. */
export function itemsOf(value: PsValue): PsValue[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  if (isKind(value, 'collection')) return [...value.items.values()];
  return [value];
}

/** The number that a value is in arithmetic (6.4): null is 0, a text is read as a number. @throws ERR_POWERSHELL_CONVERSION */
export function toNumber(value: PsValue): number {
  const number = numberIn(value);
  if (number === undefined) throw cannotConvert(value, 'double');
  return number;
}

/** Rounds half to even, as .NET converts to a whole number. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function toScalar(value: PsValue, type: ScalarType): PsValue {
  switch (type) {
    case 'object':
      return value;
    case 'void':
      return null;
    case 'string':
      return textOf(value);
    case 'int':
      return toWhole(value, type, 2 ** 31);
    case 'long':
      return toWhole(value, type, Number.MAX_SAFE_INTEGER + 1);
    case 'double':
      return toNumber(value);
    case 'bool':
    case 'switch':
      return isTrue(value);
    case 'array':
      return value === null ? null : itemsOf(value);
    case 'pscustomobject':
    case 'math':
      return toObject(value, type);
    case 'guid':
    case 'datetime':
    case 'timespan':
    case 'hashtable':
    case 'scriptblock':
      return toStructure(value, type);
  }
}

function numberIn(value: PsValue): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? 0 : parseNumber(value);
}

function toWhole(value: PsValue, type: ScalarType, limit: number): number {
  const whole = roundHalfEven(numberIn(value) ?? Number.NaN);
  if (!(whole >= -limit && whole < limit)) throw cannotConvert(value, type);
  return whole + 0;
}

function toStructure(value: PsValue, type: 'guid' | 'datetime' | 'timespan' | 'hashtable' | 'scriptblock'): PsValue {
  if (type === 'datetime') {
    const date = typeof value === 'string' ? parseDate(value) : value instanceof Date ? value : undefined;
    if (date !== undefined) return date;
  } else if (value !== null && typeof value === 'object' && 'kind' in value) {
    if (value.kind === (type === 'timespan' ? 'timeSpan' : type === 'scriptblock' ? 'scriptBlock' : type)) return value;
  } else if (type === 'guid' && typeof value === 'string') {
    const found = /^\{?(?<text>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/iu.exec(value.trim());
    if (found !== null) return { kind: 'guid', text: (found.groups?.['text'] ?? '').toLowerCase() };
  } else if (type === 'timespan') {
    // A number is ticks of 100 nanoseconds.
    const span =
      typeof value === 'string'
        ? parseTimeSpan(value)
        : typeof value === 'number'
          ? timeSpan(value / 10_000)
          : undefined;
    if (span !== undefined) return span;
  } else if (type === 'hashtable' && value === null) return null;
  throw cannotConvert(value, type);
}

function toObject(value: PsValue, type: ScalarType): PsValue {
  if (type === 'math' || !isKind(value, 'hashtable')) {
    if (type === 'pscustomobject') return value;
    throw cannotConvert(value, type);
  }
  const object: PsObject = {
    kind: 'object',
    typeName: typeNames.pscustomobject.fullName,
    properties: new Map(),
    methods: new Map(),
    display: undefined,
    text: undefined,
  };
  for (const entry of value.entries.values()) {
    let current = entry.value;
    const name = textOf(entry.key);
    const set = (assigned: PsValue) => {
      current = assigned;
    };
    object.properties.set(name.toLowerCase(), { name, get: () => current, set });
  }
  return object;
}

function cannotConvert(value: PsValue, type: ScalarType): OperationError {
  const shown = value === null ? 'null' : `"${textOf(value).slice(0, 100)}"`;
  return new OperationError(
    'ERR_POWERSHELL_CONVERSION',
    `Cannot convert the value ${shown} to type "${typeNames[type].fullName}".`,
    'Give a value of that type.',
  );
}
