import type { Sink, StreamCall, StreamCmdlet } from '../host.ts';
import { memberOf, propertyOf } from '../members/members.ts';
import { OperationError } from '../errors.ts';
import { isLike } from '../operators/patterns.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { customObject } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { columnsOf } from './columns.ts';

/** Picks properties of objects, or objects. */
export const selectObject: StreamCmdlet = {
  name: 'Select-Object',
  aliases: ['select'],
  synopsis: 'Picks properties of objects, or the first, the last or the different ones of them.',
  parameters: [
    {
      name: 'Property',
      type: 'object',
      isArray: true,
      position: 0,
      help: 'Names, with wildcards, or calculated properties.',
    },
    { name: 'ExcludeProperty', type: 'string', isArray: true, help: 'Names that are left out.' },
    { name: 'ExpandProperty', type: 'string', help: 'Gives the value of this property alone.' },
    { name: 'First', type: 'int', help: 'So many from the beginning.' },
    { name: 'Last', type: 'int', help: 'So many from the end.' },
    { name: 'Skip', type: 'int', help: 'Leaves out so many at the beginning.' },
    { name: 'Unique', type: 'switch', help: 'Each only once.' },
  ],
  stream: (call, out) => {
    const { arguments: values } = call;
    const first = values.number('First');
    const last = values.number('Last');
    const skip = values.number('Skip') ?? 0;
    const seen = values.flag('Unique') ? new Set<string>() : undefined;
    const give = (item: PsValue) => write(call, item, { out, seen });
    let count = 0;
    const tail: PsValue[] = [];
    return {
      process: async (item) => {
        count += 1;
        if (count <= skip && last === undefined) return;
        if (last !== undefined) {
          tail.push(item);
          if (tail.length > last + skip) tail.shift();
          if (first === undefined) return;
        }
        if (first === undefined || count - skip <= first) await give(item);
        if (first !== undefined && last === undefined && count - skip >= first) call.stop();
      },
      end: async () => {
        for (const item of tail.slice(0, tail.length - skip)) await give(item);
      },
    };
  },
};

async function write(call: StreamCall, item: PsValue, to: { out: Sink; seen: Set<string> | undefined }): Promise<void> {
  for (const value of await picked(call, item)) {
    const key = to.seen === undefined ? '' : identity(value);
    if (to.seen?.has(key) === true) continue;
    to.seen?.add(key);
    await to.out(value);
  }
}

async function picked(call: StreamCall, item: PsValue): Promise<PsValue[]> {
  const expand = call.arguments.text('ExpandProperty');
  if (expand !== undefined) {
    const isThere =
      propertyOf(item, expand) !== undefined || (isKind(item, 'hashtable') && memberOf(item, expand) !== null);
    if (!isThere) {
      call.fail(
        new OperationError(
          'ERR_POWERSHELL_MEMBER',
          `Property "${expand}" cannot be found.`,
          'Get-Member shows the properties.',
        ),
      );
      return [];
    }
    const value = memberOf(item, expand);
    return isList(value) ? itemsOf(value) : [value];
  }
  const excluded = (call.arguments.list('ExcludeProperty') ?? []).map(textOf);
  const specs = call.arguments.list('Property') ?? (excluded.length > 0 ? ['*'] : undefined);
  if (specs === undefined) return [item];
  const columns = columnsOf(call, specs, item).filter(({ name }) => !excluded.some((pattern) => isLike(name, pattern)));
  const entries: [string, PsValue][] = [];
  for (const column of columns) entries.push([column.name, await column.valueOf(item)]);
  return [customObject(entries)];
}

function identity(value: PsValue): string {
  return isKind(value, 'object')
    ? [...value.properties.values()].map((one) => textOf(one.get())).join('\0')
    : textOf(value);
}
