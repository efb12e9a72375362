import type { Stage } from '../host.ts';
import type { PsValue } from '../values/value.ts';

/** A stage that needs everything before it can give anything. */
export function collecting(finish: (items: PsValue[]) => Promise<void>): Stage {
  const items: PsValue[] = [];
  return {
    process: (value) => {
      items.push(value);
      return Promise.resolve();
    },
    end: () => finish(items),
  };
}

/** A stage that does something for each value. */
export function each(process: (value: PsValue) => Promise<void>): Stage {
  return { process, end: () => Promise.resolve() };
}
