import { OperationError } from '../errors.ts';
import { convert } from './convert.ts';
import type { TypeReference } from './type-names.ts';
import type { Display, PsCollection, PsHashtable, PsMethod, PsObject, PsProperty, PsValue } from './value.ts';

/** A property as a host describes it: a value kept here, or one that is computed. */
export type PropertySpec =
  | { readonly name: string; readonly value: PsValue; readonly type?: TypeReference; readonly readOnly?: boolean }
  | { readonly name: string; get(): PsValue; set?(value: PsValue): void };

/**
 * An object for scripts. What is assigned to a property with a type is converted to it, so that `1` becomes `"1"` where a
 * string is kept; a read-only one refuses assignment.
 */
export function object(spec: {
  readonly typeName: string;
  readonly properties: readonly PropertySpec[];
  readonly methods?: readonly PsMethod[];
  readonly display?: Display;
  readonly text?: () => string;
}): PsObject {
  return {
    kind: 'object',
    typeName: spec.typeName,
    properties: new Map(spec.properties.map((property) => [property.name.toLowerCase(), propertyOf(property)])),
    methods: new Map((spec.methods ?? []).map((method) => [method.name.toLowerCase(), method])),
    display: spec.display,
    text: spec.text,
  };
}

/** `[pscustomobject]`: an object of nothing but values, in this order. */
export function customObject(values: readonly (readonly [name: string, value: PsValue])[]): PsObject {
  return object({
    typeName: 'System.Management.Automation.PSCustomObject',
    properties: values.map(([name, value]) => ({ name, value })),
  });
}

/**
 * A collection keyed by a text of each item. Scripts see `Add(item)`, which refuses a key that is there; `Remove(key)`, which
 * tells whether it was there; `Contains(key)`, `Clear()`, `Count`, `[key]`, `[number]`; and may enumerate it.
 */
export function keyedCollection(
  typeName: string,
  keyOf: (item: PsValue) => string,
  items: readonly PsValue[] = [],
): PsCollection {
  const collection: PsCollection = { kind: 'collection', typeName, items: new Map(), keyOf };
  for (const item of items) addItem(collection, item);
  return collection;
}

/** Adds an item under its key, which must be new. */
export function addItem(collection: PsCollection, item: PsValue): void {
  const key = collection.keyOf(item);
  if (collection.items.has(key.toLowerCase())) {
    throw new OperationError(
      'ERR_POWERSHELL_DUPLICATE_KEY',
      `An item with the key '${key}' is already in the collection.`,
      'Remove it first, with Remove(key).',
    );
  }
  collection.items.set(key.toLowerCase(), item);
}

/** A hashtable of entries; a later entry with the same key replaces an earlier one. */
export function hashtable(entries: readonly (readonly [key: PsValue, value: PsValue])[] = []): PsHashtable {
  const table: PsHashtable = { kind: 'hashtable', entries: new Map() };
  for (const [key, value] of entries) setEntry(table, key, value);
  return table;
}

export function setEntry(table: PsHashtable, key: PsValue, value: PsValue): void {
  if (key === null) {
    throw new OperationError('ERR_POWERSHELL_NULL', 'The key of a hashtable cannot be null.', 'Give a key.');
  }
  const id = entryKey(key);
  table.entries.set(id, { key: table.entries.get(id)?.key ?? key, value });
}

/** The value under a key; null when there is none. */
export function entryOf(table: PsHashtable, key: PsValue): PsValue {
  return table.entries.get(entryKey(key))?.value ?? null;
}

/** Texts compare without case, and are never the same key as a number. */
export function entryKey(key: PsValue): string {
  return typeof key === 'number'
    ? `#${key}`
    : `$${convert(key, { scalar: 'string', isArray: false }) as string}`.toLowerCase();
}

function propertyOf(spec: PropertySpec): PsProperty {
  if ('get' in spec) return spec;
  let current = spec.value;
  const { name, type } = spec;
  if (spec.readOnly === true) return { name, get: () => current };
  return {
    name,
    get: () => current,
    set: (value) => {
      current = type === undefined ? value : convert(value, type);
    },
  };
}
