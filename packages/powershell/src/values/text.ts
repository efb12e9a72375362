import { formatDate } from './dates.ts';
import { isKind } from './kinds.ts';
import { formatTimeSpan } from './time-spans.ts';
import type { PsObject, PsValue } from './value.ts';

/** The text of a value in a string (6.8): culture-invariant dates, the items of an array with spaces between them. */
export function textOf(value: PsValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Date) return formatDate(value, 'MM/dd/yyyy HH:mm:ss');
  if (Array.isArray(value)) return value.map(itemText).join(' ');
  switch (value.kind) {
    case 'guid':
    case 'formatted':
      return value.text;
    case 'timeSpan':
      return formatTimeSpan(value);
    case 'hashtable':
      return 'System.Collections.Hashtable';
    case 'scriptBlock':
      return value.text.slice(1, -1);
    case 'type':
      return value.fullName;
    case 'collection':
      return [...value.items.values()].map(itemText).join(' ');
    case 'object':
      return value.text?.() ?? objectText(value);
  }
}

/** A number as .NET writes it. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const short = Number(value.toPrecision(15));
  const text = Math.abs(short) >= 1e15 || Math.abs(short) < 1e-4 ? short.toExponential() : String(short);
  return text.replace(
    /e(?<sign>[+-])(?<digits>\d+)$/u,
    (_, sign: string, digits: string) => `E${sign}${digits.padStart(2, '0')}`,
  );
}

/** An array in an array is named, not written out. */
function itemText(value: PsValue): string {
  return Array.isArray(value) ? 'System.Object[]' : textOf(value);
}

function objectText(value: PsObject): string {
  if (!value.typeName.endsWith('.PSCustomObject')) return value.typeName;
  return `@{${[...value.properties.values()].map((property) => `${property.name}=${memberText(property.get())}`).join('; ')}}`;
}

/** An object in an object shows nothing of itself. */
function memberText(value: PsValue): string {
  if (Array.isArray(value)) return 'System.Object[]';
  return isKind(value, 'object') && value.text === undefined ? '' : textOf(value);
}
