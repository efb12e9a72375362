import type { StreamCall, StreamCmdlet } from '../host.ts';
import { propertiesOf } from '../members/members.ts';
import { shapeOf } from '../format/printer.ts';
import { renderList } from '../format/list.ts';
import { renderTable, type Rows } from '../format/table.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import type { PsValue } from '../values/value.ts';
import { entriesOf } from '../members/collection-members.ts';
import { columnsOf } from './columns.ts';
import { collecting, each } from './stages.ts';

const property = {
  name: 'Property',
  type: 'object',
  isArray: true,
  position: 0,
  help: 'Names, with wildcards, or calculated properties.',
} as const;

export const formatTable: StreamCmdlet = {
  name: 'Format-Table',
  aliases: ['ft'],
  synopsis: 'Shows objects as a table.',
  parameters: [
    property,
    { name: 'AutoSize', type: 'switch', help: 'Columns as wide as they need, which they are anyway.' },
    { name: 'HideTableHeaders', type: 'switch', help: 'No headings.' },
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const objects = items.flatMap(spread);
      if (objects.length === 0) return;
      const rows = await rowsOf(call, objects, (sample) => shapeOf(sample).headings);
      const text = renderTable(rows, call.services.width, !call.arguments.flag('HideTableHeaders'));
      await out({ kind: 'formatted', text });
    }),
};

export const formatList: StreamCmdlet = {
  name: 'Format-List',
  aliases: ['fl'],
  synopsis: 'Shows objects as lists of their properties.',
  parameters: [property],
  stream: (call, out) =>
    collecting(async (items) => {
      const objects = items.flatMap(spread);
      if (objects.length === 0) return;
      const rows = await rowsOf(call, objects, (sample) => propertiesOf(sample).map(({ name }) => name));
      await out({ kind: 'formatted', text: renderList(rows, call.services.width) });
    }),
};

export const outString: StreamCmdlet = {
  name: 'Out-String',
  synopsis: 'Gives as a text what would be printed.',
  parameters: [
    { name: 'Width', type: 'int', help: 'Columns; without, those of the terminal.' },
    { name: 'Stream', type: 'switch', help: 'Line by line.' },
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const text = call.services.render(items, call.arguments.number('Width') ?? call.services.width);
      if (!call.arguments.flag('Stream')) return out(text);
      for (const line of text.replace(/\n$/u, '').split('\n')) await out(line);
    }),
};

export const outNull: StreamCmdlet = {
  name: 'Out-Null',
  synopsis: 'Drops what comes.',
  parameters: [],
  stream: () => each(() => Promise.resolve()),
};

/** A list item by item, a hashtable entry by entry. */
function spread(value: PsValue): PsValue[] {
  if (isKind(value, 'hashtable')) return entriesOf(value);
  return isList(value) ? itemsOf(value) : value === null ? [] : [value];
}

async function rowsOf(
  call: StreamCall,
  items: readonly PsValue[],
  standard: (sample: PsValue) => readonly string[],
): Promise<Rows> {
  const sample = items[0] ?? null;
  const own = isKind(sample, 'object') ? standard(sample) : propertiesOf(sample).map(({ name }) => name);
  const columns = columnsOf(call, call.arguments.list('Property') ?? own, sample);
  const rows: PsValue[][] = [];
  for (const item of items) {
    const row: PsValue[] = [];
    for (const column of columns) row.push(await column.valueOf(item));
    rows.push(row);
  }
  return { headings: columns.map(({ name }) => name), rows };
}
