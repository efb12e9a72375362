import { OperationError } from '../errors.ts';
import type { StreamCall } from '../host.ts';
import { memberOf, propertiesOf } from '../members/members.ts';
import { isLike } from '../operators/patterns.ts';
import { isKind } from '../values/kinds.ts';
import { entryOf } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import type { PsHashtable, PsScriptBlock, PsValue } from '../values/value.ts';

/** A property that a cmdlet was told to take: one of the object, or one that a script block calculates. */
export interface Column {
  readonly name: string;
  readonly valueOf: (item: PsValue) => Promise<PsValue>;
}

const knownKeys = new Set(['n', 'name', 'l', 'label', 'e', 'expression', 'descending', 'ascending']);

/** The columns that property arguments mean for an object: names, names with wildcards, script blocks, `@{n=…; e={…}}`. */
export function columnsOf(call: StreamCall, specs: readonly PsValue[], sample: PsValue): Column[] {
  return specs.flatMap((spec): Column[] => {
    if (isKind(spec, 'hashtable')) return [calculated(call, spec)];
    if (isKind(spec, 'scriptBlock'))
      return [{ name: spec.text.slice(1, -1), valueOf: (item) => resultOf(call, spec, item) }];
    const name = textOf(spec);
    if (!/[*?[]/u.test(name)) return [named(existing(sample, name) ?? name)];
    return propertiesOf(sample)
      .filter((property) => isLike(property.name, name))
      .map((property) => named(property.name));
  });
}

/** What a script block gives for an item, as one value. */
export async function resultOf(call: StreamCall, block: PsScriptBlock, item: PsValue): Promise<PsValue> {
  const values: PsValue[] = [];
  await call.invoke(block, item, (value) => Promise.resolve(void values.push(value)));
  return values.length > 1 ? values : (values[0] ?? null);
}

/** The name as the object itself writes it. */
function existing(sample: PsValue, name: string): string | undefined {
  return propertiesOf(sample).find((property) => property.name.toLowerCase() === name.toLowerCase())?.name;
}

function named(name: string): Column {
  return { name, valueOf: (item) => Promise.resolve(memberOf(item, name)) };
}

function calculated(call: StreamCall, spec: PsHashtable): Column {
  for (const { key } of spec.entries.values()) {
    if (!knownKeys.has(textOf(key).toLowerCase())) {
      throw new OperationError(
        'ERR_POWERSHELL_ARGUMENT',
        `The key '${textOf(key)}' of a calculated property is not supported.`,
        "Write '@{Name='…'; Expression={…}}'.",
      );
    }
  }
  const find = (...keys: readonly string[]) => keys.map((key) => entryOf(spec, key)).find((value) => value !== null);
  const expression = find('e', 'expression') ?? null;
  const name = textOf(find('n', 'name', 'l', 'label') ?? expression);
  if (isKind(expression, 'scriptBlock')) return { name, valueOf: (item) => resultOf(call, expression, item) };
  return { name, valueOf: (item) => Promise.resolve(memberOf(item, textOf(expression))) };
}
