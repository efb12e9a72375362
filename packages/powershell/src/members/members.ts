import { OperationError } from '../errors.ts';
import { formatValue } from '../operators/format-text.ts';
import { areEqual } from '../operators/compare.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { entryOf, setEntry } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import { typeOf } from '../values/type-of.ts';
import type { PsMethod, PsProperty, PsValue } from '../values/value.ts';
import {
  arrayMethods,
  collectionMethods,
  elementOf,
  hashtableMethods,
  hashtableProperties,
  setElement,
  wholeIndex,
} from './collection-members.ts';
import { boundMethod, methodTable } from './method-table.ts';
import { textMethods } from './text-members.ts';
import { dateMethods, dateProperties, timeSpanMethods, timeSpanProperties } from './time-members.ts';

type Something = Exclude<PsValue, null>;

const commonMethods = methodTable<Something>({
  Equals: [1, (value, [other = null]) => areEqual(value, other, true)],
  GetType: [0, (value) => typeOf(value)],
  ToString: [[0, 1], (value, [format = '']) => formatValue(value, textOf(format))],
});

/** The properties of a value, in order: what `Select-Object *` and `Get-Member` see. */
export function propertiesOf(value: PsValue): PsProperty[] {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return [];
  if (typeof value === 'string') return [{ name: 'Length', get: () => value.length }];
  if (value instanceof Date) return dateProperties(value);
  if (Array.isArray(value)) return countOf(value.length, 'Count', 'Length');
  switch (value.kind) {
    case 'object':
      return [...value.properties.values()];
    case 'hashtable':
      return hashtableProperties(value);
    case 'collection':
      return countOf(value.items.size, 'Count');
    case 'timeSpan':
      return timeSpanProperties(value);
    case 'guid':
      return [{ name: 'Guid', get: () => value.text }];
    case 'type':
      return [
        { name: 'Name', get: () => value.name },
        { name: 'FullName', get: () => value.fullName },
      ];
    case 'scriptBlock':
    case 'formatted':
      return [];
  }
}

/** The methods of a value, its own and those that all have. */
export function methodsOf(value: Something): readonly PsMethod[] {
  const own = isKind(value, 'object') ? [...value.methods.values()] : [...(tableOf(value)?.names ?? [])];
  const common = [...commonMethods.values()].map(({ name, minimum, maximum, call }) => ({
    name,
    minimum,
    maximum,
    call: (values: readonly PsValue[]) => call(value, values),
  }));
  return [...own, ...common.filter(({ name }) => !own.some((method) => method.name === name))];
}

/** The property of that name, in any case; undefined when the value has none. */
export function propertyOf(value: PsValue, name: string): PsProperty | undefined {
  if (isKind(value, 'object')) return value.properties.get(name.toLowerCase());
  return propertiesOf(value).find((property) => property.name.toLowerCase() === name.toLowerCase());
}

/** `value.name`: of a hashtable the entry first, of a list that of each item; null for what is not there. */
export function memberOf(value: PsValue, name: string): PsValue {
  if (isKind(value, 'hashtable') && value.entries.has(`$${name.toLowerCase()}`)) return entryOf(value, name);
  const property = propertyOf(value, name);
  if (property !== undefined) return property.get();
  if (isList(value)) {
    const found = itemsOf(value).filter((item) => isKind(item, 'hashtable') || propertyOf(item, name) !== undefined);
    const values = found.flatMap((item) => memberOf(item, name));
    return values.length > 1 ? values : (values[0] ?? null);
  }
  // A single value counts as one of itself.
  if (/^(?:count|length)$/iu.test(name)) return value === null ? 0 : 1;
  return null;
}

/** `value.name = assigned`. */
export function setMember(value: PsValue, name: string, assigned: PsValue): void {
  if (value === null) throw nullError(`The property '${name}' cannot be set on null.`);
  if (isKind(value, 'hashtable')) return setEntry(value, name, assigned);
  const property = propertyOf(value, name);
  if (property === undefined) {
    throw new OperationError(
      'ERR_POWERSHELL_MEMBER',
      `The property '${name}' cannot be found on this object of type ${typeOf(value).fullName}.`,
      'Get-Member shows the properties that it has.',
    );
  }
  if (property.set === undefined) {
    throw new OperationError(
      'ERR_POWERSHELL_READ_ONLY',
      `'${property.name}' is a read-only property.`,
      'Leave it as it is.',
    );
  }
  property.set(assigned);
}

/** `value.name(values)`; undefined when the method gives nothing. */
export async function callMethod(
  value: PsValue,
  name: string,
  values: readonly PsValue[],
): Promise<PsValue | undefined> {
  if (value === null) throw nullError(`You cannot call the method '${name}' on a null-valued expression.`);
  const method = methodOf(value, name);
  if (method === undefined) {
    throw new OperationError(
      'ERR_POWERSHELL_MEMBER',
      `Method invocation failed because [${typeOf(value).fullName}] does not contain a method named '${name}'.`,
      'Get-Member shows the methods that it has.',
    );
  }
  if (values.length < method.minimum || values.length > method.maximum) {
    throw new OperationError(
      'ERR_POWERSHELL_ARGUMENT',
      `Cannot find an overload for "${method.name}" and the argument count: "${values.length}".`,
      `It takes ${method.minimum === method.maximum ? method.minimum : `${method.minimum} to ${method.maximum}`}.`,
    );
  }
  return method.call(values);
}

/** `value[index]`. */
export function indexed(value: PsValue, index: PsValue): PsValue {
  if (value === null) throw nullError('Cannot index into a null array.');
  if (isList(value)) return elementOf(value, index);
  if (isKind(value, 'hashtable'))
    return Array.isArray(index) ? index.map((key) => entryOf(value, key)) : entryOf(value, index);
  if (typeof value === 'string') return elementOf(value.split(''), index);
  const number = wholeIndex(index);
  return number === 0 || number === -1 ? value : null;
}

/** `value[index] = assigned`. */
export function setIndexed(value: PsValue, index: PsValue, assigned: PsValue): void {
  if (value === null) throw nullError('Cannot index into a null array.');
  if (isKind(value, 'hashtable')) return setEntry(value, index, assigned);
  if (Array.isArray(value)) return setElement(value, index, assigned);
  throw new OperationError(
    'ERR_POWERSHELL_READ_ONLY',
    `The elements of ${typeOf(value).fullName} cannot be assigned to.`,
    'Use its methods.',
  );
}

function methodOf(value: Something, name: string): PsMethod | undefined {
  if (isKind(value, 'object')) {
    return value.methods.get(name.toLowerCase()) ?? boundMethod(commonMethods, value, name);
  }
  return tableOf(value)?.find(name) ?? boundMethod(commonMethods, value, name);
}

/** The methods of the evaluator's own types. */
function tableOf(
  value: Something,
): { names: readonly PsMethod[]; find(name: string): PsMethod | undefined } | undefined {
  if (typeof value === 'string') return lookUp(textMethods, value);
  if (value instanceof Date) return lookUp(dateMethods, value);
  if (Array.isArray(value)) return lookUp(arrayMethods, value);
  if (isKind(value, 'collection')) return lookUp(collectionMethods, value);
  if (isKind(value, 'hashtable')) return lookUp(hashtableMethods, value);
  return isKind(value, 'timeSpan') ? lookUp(timeSpanMethods, value) : undefined;
}

function lookUp<T>(table: ReturnType<typeof methodTable<T>>, value: T) {
  return {
    names: [...table.keys()].map((name) => boundMethod(table, value, name)).filter((method) => method !== undefined),
    find: (name: string) => boundMethod(table, value, name),
  };
}

function countOf(count: number, ...names: readonly string[]): PsProperty[] {
  return names.map((name) => ({ name, get: () => count }));
}

function nullError(message: string): OperationError {
  return new OperationError('ERR_POWERSHELL_NULL', message, 'Check that the command before it has found something.');
}
