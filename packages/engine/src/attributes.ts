import type { Attributes } from '@causeway/sync-rules';

/** Attributes in a text that is the same for the same values, whatever their order was. */
export function formatAttributes(attributes: Attributes): string {
  const sorted: Record<string, readonly string[]> = {};
  for (const name of Object.keys(attributes).sort()) {
    const values = attributes[name];
    if (values !== undefined && values.length > 0) sorted[name] = values;
  }
  return JSON.stringify(sorted);
}

/** The attributes that {@link formatAttributes} wrote. */
export function parseAttributes(text: string): Record<string, string[]> {
  return JSON.parse(text) as Record<string, string[]>;
}

/** Names of attributes whose values differ, sorted. */
export function differingAttributes(before: Attributes, after: Attributes): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameValues(before[name], after[name])).sort();
}

function sameValues(left: readonly string[] = [], right: readonly string[] = []): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
