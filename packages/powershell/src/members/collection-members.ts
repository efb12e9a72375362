import { OperationError } from '../errors.ts';
import { areEqual } from '../operators/compare.ts';
import { itemsOf } from '../values/convert.ts';
import { addItem, customObject, entryKey, setEntry } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import type { PsCollection, PsHashtable, PsProperty, PsValue } from '../values/value.ts';
import { methodTable } from './method-table.ts';

export const collectionMethods = methodTable<PsCollection>({
  Add: [1, (collection, [item = null]) => nothing(() => addItem(collection, item))],
  Clear: [0, (collection) => nothing(() => collection.items.clear())],
  Contains: [1, (collection, [key = null]) => collection.items.has(textOf(key).toLowerCase())],
  Remove: [1, (collection, [key = null]) => collection.items.delete(textOf(key).toLowerCase())],
});

export const hashtableMethods = methodTable<PsHashtable>({
  Add: [2, (table, [key = null, value = null]) => nothing(() => addEntry(table, key, value))],
  Clear: [0, (table) => nothing(() => table.entries.clear())],
  Contains: [1, (table, [key = null]) => table.entries.has(entryKey(key))],
  ContainsKey: [1, (table, [key = null]) => table.entries.has(entryKey(key))],
  GetEnumerator: [0, (table) => entriesOf(table)],
  Remove: [1, (table, [key = null]) => nothing(() => table.entries.delete(entryKey(key)))],
});

export const arrayMethods = methodTable<PsValue[]>({
  Contains: [1, (array, [item = null]) => array.some((one) => areEqual(one, item, true))],
  IndexOf: [1, (array, [item = null]) => array.findIndex((one) => areEqual(one, item, true))],
});

/** `Count`, `Keys` and `Values`; a key of the same name comes first. */
export function hashtableProperties(table: PsHashtable): PsProperty[] {
  return [
    { name: 'Count', get: () => table.entries.size },
    { name: 'Keys', get: () => [...table.entries.values()].map(({ key }) => key) },
    { name: 'Values', get: () => [...table.entries.values()].map(({ value }) => value) },
  ];
}

/** The entries of a hashtable as objects with `Name` and `Value`. */
export function entriesOf(table: PsHashtable): PsValue[] {
  return [...table.entries.values()].map(({ key, value }) =>
    customObject([
      ['Name', key],
      ['Key', key],
      ['Value', value],
    ]),
  );
}

/** An element by number, from the end when negative; several for several numbers; by key where there are keys. */
export function elementOf(container: PsValue[] | PsCollection, index: PsValue): PsValue {
  if (Array.isArray(index)) return index.map((one) => elementOf(container, Array.isArray(one) ? null : one));
  if (!Array.isArray(container) && typeof index === 'string') return container.items.get(index.toLowerCase()) ?? null;
  const items = itemsOf(container);
  return items.at(wholeIndex(index)) ?? null;
}

export function setElement(array: PsValue[], index: PsValue, value: PsValue): void {
  const number = wholeIndex(index);
  const at = number < 0 ? array.length + number : number;
  if (at < 0 || at >= array.length) {
    throw new OperationError(
      'ERR_POWERSHELL_OPERATION',
      `The index ${number} is outside of the array.`,
      "Add to the array with '+='.",
    );
  }
  array[at] = value;
}

export function wholeIndex(index: PsValue): number {
  const number = typeof index === 'number' ? index : Number(textOf(index) || Number.NaN);
  if (Number.isInteger(number)) return number;
  throw new OperationError(
    'ERR_POWERSHELL_OPERATION',
    `"${textOf(index).slice(0, 100)}" is no index.`,
    'Give a whole number.',
  );
}

function addEntry(table: PsHashtable, key: PsValue, value: PsValue): void {
  if (key !== null && table.entries.has(entryKey(key))) {
    throw new OperationError(
      'ERR_POWERSHELL_DUPLICATE_KEY',
      `The hashtable has the key '${textOf(key)}' already.`,
      'Assign to the key.',
    );
  }
  setEntry(table, key, value);
}

/** A method without a value prints nothing. */
function nothing(act: () => unknown): undefined {
  act();
  return undefined;
}
