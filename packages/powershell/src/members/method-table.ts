import type { PsMethod, PsValue } from '../values/value.ts';

/** A method of a value of the evaluator's own types. */
export interface ValueMethod<T> {
  readonly minimum: number;
  readonly maximum: number;
  readonly call: (target: T, values: readonly PsValue[]) => PsValue | undefined;
}

/** Methods by name in lower case. */
export type MethodTable<T> = ReadonlyMap<string, { readonly name: string } & ValueMethod<T>>;

/** A table of methods: each with how many arguments it takes, `2` or `[1, 2]`, and what it does. */
export function methodTable<T>(
  methods: Record<string, readonly [arguments_: number | readonly [number, number], call: ValueMethod<T>['call']]>,
): MethodTable<T> {
  return new Map(
    Object.entries(methods).map(([name, [count, call]]) => {
      const [minimum, maximum] = typeof count === 'number' ? [count, count] : count;
      return [name.toLowerCase(), { name, minimum, maximum, call }] as const;
    }),
  );
}

/** The method of that name, bound to its value. */
export function boundMethod<T>(table: MethodTable<T>, target: T, name: string): PsMethod | undefined {
  const method = table.get(name.toLowerCase());
  if (method === undefined) return undefined;
  return {
    name: method.name,
    minimum: method.minimum,
    maximum: method.maximum,
    call: (values) => method.call(target, values),
  };
}
