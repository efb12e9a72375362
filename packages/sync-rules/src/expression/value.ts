import { failedExpression } from '../errors.ts';

/** No value, and none of lower precedence either. */
export const authoritativeNull: unique symbol = Symbol('AuthoritativeNull');
/** As if the flow were not there. */
export const ignoreThisFlow: unique symbol = Symbol('IgnoreThisFlow');

export type Scalar = string | bigint | boolean | Date;
export type List = readonly (Scalar | null)[];
/** What an expression gives. Binary values and references are text: base64, and a distinguished name. */
export type Value = Scalar | List | null | typeof authoritativeNull | typeof ignoreThisFlow;

/** What is known of a value before there is an object; `unknown` is the text of an attribute that no schema names. */
export type Kind = 'string' | 'number' | 'boolean' | 'binary' | 'date' | 'reference' | 'unknown' | 'null' | 'control';

export function isList(value: Value): value is List {
  return Array.isArray(value);
}

export function asText(value: Scalar): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'bigint' ? value.toString() : value.toISOString();
}

/** @throws {CausewayError} ERR_SYNC_RULES_VALUE for what is not an integer. */
export function asNumber(value: Scalar): bigint {
  if (typeof value === 'bigint') return value;
  const text = typeof value === 'string' ? value.trim() : '';
  if (!/^[-+]?\d{1,20}$/.test(text)) throw failedExpression(`${quote(value)} is not a number`);
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** @throws {CausewayError} ERR_SYNC_RULES_VALUE for what is neither `True` nor `False`. */
export function asBoolean(value: Scalar): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  throw failedExpression(`${quote(value)} is neither True nor False`);
}

/** Shortened, so that a message stays a line. */
export function quote(value: Scalar): string {
  const text = asText(value);
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}

/** Attribute values of a result: text, never empty, each once; an empty list for no value. */
export function attributeValues(value: Scalar | List | null): readonly string[] {
  if (value === null || value === '') return [];
  if (!isList(value)) return [asText(value)];
  const texts = new Set<string>();
  for (const each of value) if (each !== null && each !== '') texts.add(asText(each));
  return [...texts];
}
