import type { PsValue } from './value.ts';

/** Whether a value counts as true (6.2): not null, 0, an empty text, an empty array, or an array of one such value that is no array itself. */
export function isTrue(value: PsValue): boolean {
  if (value === null || typeof value === 'boolean') return value ?? false;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (!Array.isArray(value)) return true;
  const [only = null] = value;
  return value.length === 1 && !Array.isArray(only) ? isTrue(only) : value.length > 0;
}
