import type { Attributes } from '@causeway/sync-rules';

/** Attributes in a text that is the same for the same values, whatever their order was: those of one attribute are a set. */
export function formatAttributes(attributes: Attributes): string {
  const sorted: Record<string, readonly string[]> = {};
  for (const name of Object.keys(attributes).sort()) {
    const values = attributes[name];
    if (values !== undefined && values.length > 0) sorted[name] = values.length === 1 ? values : [...values].sort();
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
  return [...names].filter((name) => formatValues(before[name]) !== formatValues(after[name])).sort();
}

function formatValues(values: readonly string[] = []): string {
  return JSON.stringify([...values].sort());
}
