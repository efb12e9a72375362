import { propertiesOf, propertyOf } from '../members/members.ts';
import { itemsOf } from '../values/convert.ts';
import { formatDate } from '../values/dates.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import type { PsHashtable, PsObject, PsTimeSpan, PsValue } from '../values/value.ts';
import { cellText } from './cells.ts';
import { renderList } from './list.ts';
import { renderTable } from './table.ts';

/** Objects with at most so many properties are shown as a table, others as a list. */
const TABLE_PROPERTIES = 4;

/** Columns that the keys of a hashtable take at least. */
const KEY_COLUMNS = 30;

/** Prints values as PowerShell does at the end of a pipeline: what looks alike together, as one table or list. */
export interface Printer {
  print(value: PsValue): void;
  /** Prints what is held back for a table that might still grow. */
  flush(): void;
}

/** How a kind of object is shown. */
interface Shape {
  readonly as: 'table' | 'list';
  readonly headings: readonly string[];
}

export function printerTo(write: (text: string) => void, width: number): Printer {
  let key: string | undefined;
  let shape: Shape = { as: 'table', headings: [] };
  let rows: PsValue[][] = [];
  const flush = () => {
    if (key !== undefined) write(rendered(shape, rows, width));
    key = undefined;
    rows = [];
  };
  const hold = (type: string, next: Shape, values: readonly PsValue[][]) => {
    const nextKey = [type, next.as, ...next.headings].join('\n');
    if (key !== nextKey) flush();
    key = nextKey;
    shape = next;
    rows.push(...values);
  };
  const line = (text: string) => {
    flush();
    write(text);
  };
  const print = (value: PsValue): void => {
    if (value === null) return;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return line(`${textOf(value)}\n`);
    if (value instanceof Date) return line(`\n${formatDate(value, 'F')}\n\n`);
    if (isList(value)) return itemsOf(value).forEach((item) => print(isList(item) ? textOf(item) : item));
    switch (value.kind) {
      case 'formatted':
        return line(value.text);
      case 'scriptBlock':
      case 'type':
        return line(`${textOf(value)}\n`);
      case 'guid':
        return hold('guid', { as: 'table', headings: ['Guid'] }, [[value.text]]);
      case 'timeSpan':
        return holdProperties(hold, value);
      case 'hashtable':
        return hold('hashtable', { as: 'table', headings: ['Name', 'Value'] }, entriesOf(value));
      case 'object':
        return holdProperties(hold, value);
    }
  };
  return { print, flush };
}

/** The names of the properties that are shown, and how. */
export function shapeOf(value: PsValue): Shape {
  const all = propertiesOf(value).map(({ name }) => name);
  if (isKind(value, 'object') && value.display !== undefined) {
    return { as: value.display.as, headings: value.display.properties };
  }
  return { as: all.length <= TABLE_PROPERTIES ? 'table' : 'list', headings: all };
}

function holdProperties(
  hold: (type: string, shape: Shape, values: readonly PsValue[][]) => void,
  value: PsObject | PsTimeSpan,
): void {
  const shape = shapeOf(value);
  const type = value.kind === 'object' ? value.typeName : value.kind;
  hold(type, shape, [shape.headings.map((name) => propertyOf(value, name)?.get() ?? null)]);
}

function entriesOf(table: PsHashtable): PsValue[][] {
  return [...table.entries.values()].map(({ key, value }) => [textOf(key).padEnd(KEY_COLUMNS), cellText(value)]);
}

function rendered({ as, headings }: Shape, rows: readonly PsValue[][], width: number): string {
  return as === 'table' ? renderTable({ headings, rows }, width) : renderList({ headings, rows }, width);
}
