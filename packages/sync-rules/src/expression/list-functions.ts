import { failedExpression } from '../errors.ts';
import { define, type FunctionDefinition } from './function.ts';
import { asText, type List, type Value } from './value.ts';

/** Functions that look at all values of an attribute. @see Microsoft Entra Connect Sync: Functions Reference, Multi-valued */
export const listFunctions: Readonly<Record<string, FunctionDefinition>> = {
  Contains: define(
    ['list', 'string', ['CaseInsensitive', 'CaseSensitive']],
    { result: 'number', required: 2 },
    contains,
  ),
  Count: define(['list'], { result: 'number' }, (list: List) => BigInt(list.length)),
  Item: define(['list', 'count'], { result: 'unknown' }, (list: List, index: number) => {
    const value = list[index - 1];
    if (value === undefined)
      throw failedExpression(`there is no value ${index} of ${list.length}; ItemOrNull gives NULL instead`);
    return value;
  }),
  ItemOrNull: define(['list', 'count'], { result: 'unknown' }, (list: List, index: number) => list[index - 1] ?? null),
  Join: define(['list', 'string'], { result: 'string', required: 1 }, (list: List, delimiter = ' ') =>
    list.length === 0 ? null : list.map((each) => (each === null ? '' : asText(each))).join(delimiter),
  ),
  RemoveDuplicates: define(['list'], { result: 'string' }, removeDuplicates),
  Split: define(['string', 'string', 'count'], { result: 'string', required: 2 }, split),
};

/** Place of the first value that has the text in it, from 1; 0 for none. */
function contains(list: List, wanted: string, how = 'CaseSensitive'): bigint {
  const fold = (text: string): string => (how === 'CaseInsensitive' ? text.toLowerCase() : text);
  const folded = fold(wanted);
  return BigInt(list.findIndex((each) => each !== null && fold(asText(each)).includes(folded)) + 1);
}

/** The first of equal values stays. */
function removeDuplicates(list: List): Value {
  return [...new Set(list)];
}

function split(value: string, delimiter: string, limit?: number): Value {
  if (delimiter.length !== 1) throw failedExpression('a text is split at one character');
  const parts = value.split(delimiter);
  if (limit === undefined || limit < 1 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(delimiter)];
}
