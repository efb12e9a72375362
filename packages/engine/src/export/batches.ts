import { hash } from 'node:crypto';
import type { ObjectBatch } from '@causeway/contract';
import { parseAttributes } from '../attributes.ts';
import type { PendingExport } from '../store/exports.ts';
import type { MemberExport } from '../store/member-exports.ts';
import { groupOf, userOf } from '../tenant-object.ts';

/** Objects of one batch, or groups whose members it changes; and members of one. */
export const BATCH_OBJECTS = 1_000;
export const BATCH_MEMBERS = 20_000;

type Entries = Omit<ObjectBatch, 'from' | 'to'>;

/** A batch that goes on from a cursor. Its own cursor is made of what is in it: the same batch sent again is the same. */
export function continueFrom(from: string | null, entries: Entries): ObjectBatch {
  return { from, to: `e1:${hash('sha256', JSON.stringify([from, entries]), 'base64url')}`, ...entries };
}

/** Additions, updates and deletions as entries of a batch. */
export function objectEntries(rows: readonly PendingExport[]): Entries {
  const users: Entries['users'] = [];
  const groups: Entries['groups'] = [];
  const deletions: Entries['deletions'] = [];
  for (const { key: anchor, type, source, operation, attributes } of rows) {
    if (operation === 'delete') deletions.push({ anchor, type: type === 'group' ? 'group' : 'user' });
    else if (type === 'group')
      groups.push({ anchor, source: source ?? '', group: groupOf(parseAttributes(attributes)) });
    else users.push({ anchor, source: source ?? '', user: userOf(parseAttributes(attributes)) });
  }
  return { users, groups, members: [], deletions };
}

/** As many rows as name no more than {@link BATCH_OBJECTS} groups. */
export function withinGroups(rows: readonly MemberExport[]): readonly MemberExport[] {
  const groups = new Set<number>();
  const end = rows.findIndex(({ cs }) => groups.add(cs).size > BATCH_OBJECTS);
  return end < 0 ? rows : rows.slice(0, end);
}

/** Changes of members as entries of a batch. */
export function memberEntries(rows: readonly MemberExport[]): Entries {
  const groups = new Map<string, { add: string[]; remove: string[] }>();
  for (const { group, member, adding } of rows) {
    const change = groups.get(group) ?? { add: [], remove: [] };
    (adding === 1 ? change.add : change.remove).push(member);
    groups.set(group, change);
  }
  const members = [...groups].map(([group, change]) => ({ group, ...change }));
  return { users: [], groups: [], members, deletions: [] };
}
