import { itemsOf } from '../values/convert.ts';
import { formatDate } from '../values/dates.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';

/** Items of a list that are shown in a table or a list of properties. */
const SHOWN_ITEMS = 4;

/** A value as it is shown in a table or a list of properties: dates as in the United States, a list in braces. */
export function cellText(value: PsValue): string {
  if (value instanceof Date) return formatDate(value, 'G');
  if (isList(value)) return braces(itemsOf(value).map((item) => (isList(item) ? 'System.Object[]' : cellText(item))));
  if (isKind(value, 'hashtable')) return braces([...value.entries.values()].map(({ key }) => textOf(key)));
  return textOf(value);
}

function braces(items: readonly string[]): string {
  return `{${items.slice(0, SHOWN_ITEMS).join(', ')}${items.length > SHOWN_ITEMS ? '...' : ''}}`;
}
