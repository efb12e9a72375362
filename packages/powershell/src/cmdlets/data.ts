import { OperationError } from '../errors.ts';
import type { StreamCmdlet } from '../host.ts';
import { propertiesOf } from '../members/members.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { customObject } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { collecting } from './stages.ts';

/** Levels below the top that ConvertTo-Json writes unless told otherwise; deeper values become texts. */
const STANDARD_DEPTH = 2;
/** Levels that JSON is read or written to. */
const MAX_DEPTH = 100;

const input = {
  name: 'InputObject',
  type: 'object',
  position: 0,
  help: 'What to convert; or from the pipeline.',
} as const;

export const convertToJson: StreamCmdlet = {
  name: 'ConvertTo-Json',
  synopsis: 'Gives objects as JSON.',
  parameters: [
    input,
    { name: 'Depth', type: 'int', help: `Levels of objects in objects, ${STANDARD_DEPTH} if not given.` },
    { name: 'Compress', type: 'switch', help: 'On one line.' },
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const values = call.hasInput ? items : [call.arguments.value('InputObject')];
      const depth = call.arguments.number('Depth') ?? STANDARD_DEPTH;
      if (depth < 0 || depth > MAX_DEPTH) {
        throw new OperationError('ERR_POWERSHELL_ARGUMENT', `The depth is 0 to ${MAX_DEPTH}.`, 'Correct -Depth.');
      }
      const [only = null] = values;
      const data = plain(values.length === 1 ? only : values, depth + (values.length === 1 ? 0 : 1));
      await out(JSON.stringify(data, undefined, call.arguments.flag('Compress') ? 0 : 2));
    }),
};

export const convertFromJson: StreamCmdlet = {
  name: 'ConvertFrom-Json',
  synopsis: 'Makes objects of JSON.',
  parameters: [input],
  stream: (call, out) =>
    collecting(async (items) => {
      const text = (call.hasInput ? items : [call.arguments.value('InputObject')]).map(textOf).join('\n');
      let data: unknown;
      try {
        data = JSON.parse(text);
      } catch {
        throw new OperationError('ERR_POWERSHELL_CONVERSION', 'The text is no valid JSON.', 'Check the text.');
      }
      const value = fromJson(data, 0);
      for (const one of isList(value) ? itemsOf(value) : [value]) await out(one);
    }),
};

export const convertToCsv: StreamCmdlet = {
  name: 'ConvertTo-Csv',
  synopsis: 'Gives objects as lines of comma-separated values.',
  parameters: [
    { name: 'NoTypeInformation', type: 'switch', aliases: ['nti'], help: 'Without the line that names the type.' },
    { name: 'Delimiter', type: 'string', position: 0, help: 'Instead of a comma.' },
  ],
  stream: (call, out) =>
    collecting(async (items) => {
      const [first] = items;
      if (first === undefined) return;
      const delimiter = call.arguments.text('Delimiter') ?? ',';
      const names = propertiesOf(first).map(({ name }) => name);
      if (!call.arguments.flag('NoTypeInformation') && isKind(first, 'object')) await out(`#TYPE ${first.typeName}`);
      await out(names.map(quoted).join(delimiter));
      for (const item of items) {
        const properties = propertiesOf(item);
        const cells = names.map((name) => {
          const value =
            properties.find((property) => property.name.toLowerCase() === name.toLowerCase())?.get() ?? null;
          return value === null ? '' : quoted(textOf(value));
        });
        await out(cells.join(delimiter));
      }
    }),
};

/** A value as what JSON.stringify takes. */
function plain(value: PsValue, depth: number): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return depth < 0 ? textOf(value) : itemsOf(value).map((item) => plain(item, depth - 1));
  if (isKind(value, 'hashtable')) {
    if (depth < 0) return textOf(value);
    return record([...value.entries.values()].map(({ key, value: item }) => [textOf(key), plain(item, depth - 1)]));
  }
  if (isKind(value, 'object')) {
    if (depth < 0) return textOf(value);
    return record(propertiesOf(value).map((property) => [property.name, plain(property.get(), depth - 1)]));
  }
  return textOf(value);
}

/** A key such as `__proto__` is a key like others. */
function record(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries);
}

function fromJson(data: unknown, depth: number): PsValue {
  if (depth > MAX_DEPTH) {
    throw new OperationError(
      'ERR_POWERSHELL_LIMIT',
      `The JSON nests more than ${MAX_DEPTH} levels deep.`,
      'Take it apart first.',
    );
  }
  if (typeof data === 'boolean' || typeof data === 'number' || typeof data === 'string') return data;
  if (Array.isArray(data)) return data.map((item) => fromJson(item, depth + 1));
  if (typeof data !== 'object' || data === null) return null;
  return customObject(Object.entries(data).map(([name, value]) => [name, fromJson(value, depth + 1)]));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
