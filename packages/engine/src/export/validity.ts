import { groupSchema, userSchema } from '@causeway/contract';
import { parseAttributes } from '../attributes.ts';
import type { PendingExport } from '../store/exports.ts';
import { groupOf, userOf } from '../tenant-object.ts';

/**
 * Why the tenant would not even read an object, by its anchor; nothing for one that it can. One that is wrong must not hold
 * up the others of its batch.
 */
export function findProblem({
  key,
  dn,
  type,
  operation,
  attributes,
}: Pick<PendingExport, 'key' | 'dn' | 'type' | 'operation' | 'attributes'>): [
  string,
  { code: string; message: string },
][] {
  if (operation === 'delete') return [];
  const values = parseAttributes(attributes);
  const read = type === 'group' ? groupSchema.safeParse(groupOf(values)) : userSchema.safeParse(userOf(values));
  const issue = read.error?.issues[0];
  if (issue === undefined) return [];
  return [[key, { code: 'IdentityDataValidationFailed', message: `${dn}: ${issue.path.join('.')}: ${issue.message}` }]];
}
