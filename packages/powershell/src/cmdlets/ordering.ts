import { OperationError } from '../errors.ts';
import type { StreamCall, StreamCmdlet } from '../host.ts';
import { areEqual, compareValues } from '../operators/compare.ts';
import { memberOf } from '../members/members.ts';
import { toNumber } from '../values/convert.ts';
import { isKind } from '../values/kinds.ts';
import { entryOf, object } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import type { PsValue } from '../values/value.ts';
import { columnsOf, type Column } from './columns.ts';
import { collecting } from './stages.ts';

interface SortKey {
  readonly column: Column;
  readonly descending: boolean;
}

/** Puts objects in order; equal ones keep theirs. */
export const sortObject: StreamCmdlet = {
  name: 'Sort-Object',
  aliases: ['sort'],
  synopsis: 'Sorts objects.',
  parameters: [
    {
      name: 'Property',
      type: 'object',
      isArray: true,
      position: 0,
      help: 'Properties to sort by; without, the objects themselves.',
    },
    { name: 'Descending', type: 'switch', help: 'The greatest first.' },
    { name: 'Unique', type: 'switch', help: 'One of those that are equal.' },
    { name: 'CaseSensitive', type: 'switch', help: 'Upper and lower case differ.' },
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const caseSensitive = call.arguments.flag('CaseSensitive');
      const keys = sortKeys(call, items[0] ?? null);
      const rows: { item: PsValue; keys: PsValue[] }[] = [];
      for (const item of items) {
        const values: PsValue[] = [];
        for (const { column } of keys) values.push(await column.valueOf(item));
        rows.push({ item, keys: keys.length === 0 ? [item] : values });
      }
      const descending = keys.length === 0 ? [call.arguments.flag('Descending')] : keys.map((key) => key.descending);
      const order = (left: readonly PsValue[], right: readonly PsValue[]) =>
        compareKeys([left, right], descending, caseSensitive);
      rows.sort((left, right) => order(left.keys, right.keys));
      const isUnique = call.arguments.flag('Unique');
      for (const [index, { item, keys: own }] of rows.entries()) {
        const previous = rows[index - 1]?.keys;
        if (!isUnique || previous === undefined || order(previous, own) !== 0) await out(item);
      }
    }),
};

/** Gathers objects with the same value of a property. */
export const groupObject: StreamCmdlet = {
  name: 'Group-Object',
  aliases: ['group'],
  synopsis: 'Groups objects by a property.',
  parameters: [
    { name: 'Property', type: 'object', isArray: true, position: 0, help: 'Properties to group by.' },
    { name: 'NoElement', type: 'switch', help: 'Counts only.' },
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const groups: { key: PsValue[]; items: PsValue[] }[] = [];
      const byText = new Map<string, { key: PsValue[]; items: PsValue[] }>();
      const columns = columnsOf(call, call.arguments.list('Property') ?? [], items[0] ?? null);
      for (const item of items) {
        const key: PsValue[] = [];
        for (const column of columns) key.push(await column.valueOf(item));
        const values = columns.length === 0 ? [item] : key;
        const text = values.map((value) => textOf(value).toLowerCase()).join('\0');
        const group = byText.get(text) ?? { key: values, items: [] };
        if (group.items.length === 0) groups.push(group);
        byText.set(text, group);
        group.items.push(item);
      }
      const withGroup = !call.arguments.flag('NoElement');
      for (const { key, items: members } of groups) {
        const properties = [
          { name: 'Count', value: members.length },
          { name: 'Name', value: key.map(textOf).join(', ') },
          { name: 'Group', value: members },
        ];
        const shown = ['Count', 'Name', ...(withGroup ? ['Group'] : [])];
        await out(
          object({
            typeName: 'Microsoft.PowerShell.Commands.GroupInfo',
            properties: properties.slice(0, shown.length),
            display: { as: 'table', properties: shown },
          }),
        );
      }
    }),
};

/** Counts objects, and adds up a property. */
export const measureObject: StreamCmdlet = {
  name: 'Measure-Object',
  aliases: ['measure'],
  synopsis: 'Counts objects, and calculates with a property of theirs.',
  parameters: [
    { name: 'Property', type: 'string', position: 0, help: 'The property to calculate with.' },
    ...['Sum', 'Average', 'Maximum', 'Minimum'].map((name) => ({ name, type: 'switch' as const })),
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const property = call.arguments.text('Property');
      const values = (property === undefined ? items : items.map((item) => memberOf(item, property))).filter(
        (value) => value !== null,
      );
      const given = (name: string, calculate: () => PsValue) => ({
        name,
        value: call.arguments.flag(name) && values.length > 0 ? calculate() : null,
      });
      const sum = () => values.reduce<number>((total, value) => total + toNumber(value), 0);
      const extreme = (direction: number) => () =>
        values.reduce((best, value) => (compareValues(value, best) * direction > 0 ? value : best));
      await out(
        object({
          typeName: 'Microsoft.PowerShell.Commands.GenericMeasureInfo',
          properties: [
            { name: 'Count', value: values.length },
            given('Average', () => sum() / values.length),
            given('Sum', sum),
            given('Maximum', extreme(1)),
            given('Minimum', extreme(-1)),
            { name: 'Property', value: property ?? null },
          ],
        }),
      );
    }),
};

function sortKeys(call: StreamCall, sample: PsValue): SortKey[] {
  return (call.arguments.list('Property') ?? []).flatMap((spec) => {
    const own = isKind(spec, 'hashtable') ? entryOf(spec, 'Descending') : null;
    const descending = own === null ? call.arguments.flag('Descending') : isTrue(own);
    return columnsOf(call, [spec], sample).map((column) => ({ column, descending }));
  });
}

function compareKeys(
  [left, right]: readonly [readonly PsValue[], readonly PsValue[]],
  descending: readonly boolean[],
  caseSensitive: boolean,
): number {
  for (const [index, isDescending] of descending.entries()) {
    const difference = compareMixed(left[index] ?? null, right[index] ?? null, caseSensitive);
    if (difference !== 0) return isDescending ? -difference : difference;
  }
  return 0;
}

/** Values that cannot be compared are compared as texts. */
function compareMixed(left: PsValue, right: PsValue, caseSensitive: boolean): number {
  if (areEqual(left, right, caseSensitive)) return 0;
  try {
    return compareValues(left, right, caseSensitive);
  } catch (error) {
    if (error instanceof OperationError) return compareValues(textOf(left), textOf(right), caseSensitive);
    throw error;
  }
}
