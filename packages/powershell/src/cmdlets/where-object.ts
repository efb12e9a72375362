import { OperationError } from '../errors.ts';
import type { ParameterSpec, StreamCall, StreamCmdlet } from '../host.ts';
import { memberOf } from '../members/members.ts';
import { applyBinary } from '../operators/binary.ts';
import { isKind } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import type { PsValue } from '../values/value.ts';
import { resultOf } from './columns.ts';
import { each } from './stages.ts';

const comparisons = 'EQ NE GT GE LT LE Like NotLike Match NotMatch Contains NotContains In NotIn'
  .split(' ')
  .flatMap((name) => [name, `C${name}`, `I${name}`]);
const operators: readonly ParameterSpec[] = [...comparisons, 'Is', 'IsNot', 'Not'].map((name) => ({
  name,
  type: 'switch',
}));

/** Lets through what fits: `{ $_.Enabled }`, `Name -eq 'x'`, or `Enabled`. */
export const whereObject: StreamCmdlet = {
  name: 'Where-Object',
  aliases: ['where', '?'],
  synopsis: 'Lets objects through that fit a condition.',
  parameters: [
    {
      name: 'Property',
      type: 'object',
      position: 0,
      help: 'A script block with the condition, or the name of a property.',
    },
    { name: 'Value', type: 'object', position: 1, help: 'What the property is compared with.' },
    { name: 'FilterScript', type: 'scriptblock', help: 'A script block with the condition.' },
    ...operators,
  ],
  stream: (call, out) => {
    const test = testOf(call);
    return each(async (item) => {
      if (await test(item)) await out(item);
    });
  },
};

function testOf(call: StreamCall): (item: PsValue) => Promise<boolean> {
  const { arguments: values } = call;
  const condition = values.has('FilterScript') ? values.value('FilterScript') : values.value('Property');
  if (isKind(condition, 'scriptBlock')) return async (item) => isTrue(await resultOf(call, condition, item));
  const name = textOf(condition);
  if (name === '')
    throw new OperationError('ERR_POWERSHELL_ARGUMENT', 'Where-Object has no condition.', 'Give a script block.');
  const chosen = operators
    .filter((operator) => values.flag(operator.name))
    .map((operator) => operator.name.toLowerCase());
  const [operator] = chosen;
  if (chosen.length > 1) {
    throw new OperationError('ERR_POWERSHELL_ARGUMENT', 'Where-Object has two comparisons.', 'Use a script block.');
  }
  if (operator === undefined) return (item) => Promise.resolve(isTrue(memberOf(item, name)));
  if (operator === 'not') return (item) => Promise.resolve(!isTrue(memberOf(item, name)));
  return (item) => Promise.resolve(isTrue(applyBinary(`-${operator}`, memberOf(item, name), values.value('Value'))));
}
