import type { Source } from '../source.ts';
import type { ScriptBlockLiteral } from '../syntax/ast.ts';

/**
 * A value of a script. Numbers are IEEE doubles, a whole one is an int; `Date` is a point in time, always shown in UTC;
 * an array is PowerShell's `object[]`.
 */
export type PsValue =
  | null
  | boolean
  | number
  | string
  | Date
  | PsValue[]
  | PsGuid
  | PsTimeSpan
  | PsHashtable
  | PsObject
  | PsCollection
  | PsScriptBlock
  | PsType
  | PsFormatted;

/** `System.Guid`, in lower case with hyphens. */
export interface PsGuid {
  readonly kind: 'guid';
  readonly text: string;
}

/** `System.TimeSpan`. */
export interface PsTimeSpan {
  readonly kind: 'timeSpan';
  readonly milliseconds: number;
}

/** `@{…}`: keys compare without case, entries keep their order; the map's key is the key's text in lower case. */
export interface PsHashtable {
  readonly kind: 'hashtable';
  readonly entries: Map<string, { readonly key: PsValue; readonly value: PsValue }>;
}

/** `{ … }` with where it was written. */
export interface PsScriptBlock {
  readonly kind: 'scriptBlock';
  readonly literal: ScriptBlockLiteral;
  readonly text: string;
  readonly source: Source;
}

/** A type as a value: `[int]`. */
export interface PsType {
  readonly kind: 'type';
  readonly name: string;
  readonly fullName: string;
}

/** What a `Format-` cmdlet gives: text that is printed as it is. */
export interface PsFormatted {
  readonly kind: 'formatted';
  readonly text: string;
}

/** A property of an object. Without `set` it is read-only; `set` is given what the script assigns, unconverted. */
export interface PsProperty {
  readonly name: string;
  get(): PsValue;
  set?(value: PsValue): void;
}

/** A method; calls with fewer or more arguments are refused before it is called. */
export interface PsMethod {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  call(values: readonly PsValue[]): PsValue | undefined | Promise<PsValue | undefined>;
}

/** How an object is shown when a script just names it: these properties, as a table or as a list. */
export interface Display {
  readonly as: 'table' | 'list';
  readonly properties: readonly string[];
}

/** An object with a type, properties in order and methods; names compare without case. Made by `object()`. */
export interface PsObject {
  readonly kind: 'object';
  readonly typeName: string;
  /** By name in lower case. */
  readonly properties: Map<string, PsProperty>;
  readonly methods: ReadonlyMap<string, PsMethod>;
  readonly display: Display | undefined;
  /** Its text in a string; absent, the type's name. */
  readonly text: (() => string) | undefined;
}

/** A collection with a key for each item, as `GlobalParameters`. Made by `keyedCollection()`. */
export interface PsCollection {
  readonly kind: 'collection';
  readonly typeName: string;
  /** By key in lower case. */
  readonly items: Map<string, PsValue>;
  /** The key of an item; throws for what cannot be one. */
  readonly keyOf: (item: PsValue) => string;
}
