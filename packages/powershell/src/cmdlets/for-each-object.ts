import { OperationError } from '../errors.ts';
import type { StreamCmdlet } from '../host.ts';
import { callMethod, memberOf, methodsOf, propertyOf } from '../members/members.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';

/** Does something for each object: runs a script block with `$_`, or takes a member of it. */
export const forEachObject: StreamCmdlet = {
  name: 'ForEach-Object',
  aliases: ['foreach', '%'],
  synopsis: 'Runs a script block for each object.',
  parameters: [
    {
      name: 'Process',
      type: 'object',
      mandatory: true,
      position: 0,
      aliases: ['MemberName'],
      help: 'A script block, or the name of a member.',
    },
    { name: 'Begin', type: 'scriptblock', help: 'Runs first.' },
    { name: 'End', type: 'scriptblock', help: 'Runs last.' },
  ],
  stream: (call, out) => {
    const process = call.arguments.value('Process');
    const begin = call.arguments.value('Begin');
    const end = call.arguments.value('End');
    let begun = false;
    const once = async () => {
      if (!begun && isKind(begin, 'scriptBlock')) await call.invoke(begin, null, out);
      begun = true;
    };
    return {
      process: async (item) => {
        await once();
        if (isKind(process, 'scriptBlock')) return call.invoke(process, item, out);
        for (const value of await memberValues(item, textOf(process))) await out(value);
      },
      end: async () => {
        await once();
        if (isKind(end, 'scriptBlock')) await call.invoke(end, null, out);
      },
    };
  },
};

async function memberValues(item: PsValue, name: string): Promise<PsValue[]> {
  if (item === null) throw new OperationError('ERR_POWERSHELL_NULL', `Null has no member '${name}'.`, 'Filter it out.');
  const isMethod =
    propertyOf(item, name) === undefined &&
    methodsOf(item).some((method) => method.name.toLowerCase() === name.toLowerCase());
  const value = isMethod ? await callMethod(item, name, []) : memberOf(item, name);
  if (value === undefined) return [];
  return isList(value) ? itemsOf(value) : [value];
}
