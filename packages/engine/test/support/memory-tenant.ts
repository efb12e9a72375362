import {
  DirectoryError,
  objectBatchSchema,
  type ObjectBatch,
  type ObjectReceipt,
  type ObjectRefusalCode,
  type ObjectsResponse,
  type TenantObject,
} from '@causeway/contract';
import { memberDigestBytes, toggleMember } from '@causeway/model';

type Kept = Omit<TenantObject & { type: 'user' }, 'user'> & {
  user: unknown;
  kind: 'user' | 'group';
  members: Set<string>;
};

/** One thing that the directory did, for tests that look at the order. */
export interface Accepted {
  readonly what: 'add' | 'update' | 'delete' | 'member';
  readonly anchor: string;
}

/**
 * The tenant's directory in memory, as far as an engine sees it: its real store is compared with the engine elsewhere; this one
 * is for thousands of runs and for faults.
 */
export class MemoryTenant {
  readonly objects = new Map<string, Kept>();
  readonly accepted: Accepted[] = [];
  /** Called before a call has an effect, and before its answer is given; may throw. */
  onEffect: (effect: string) => void = () => undefined;
  /** What is refused, by anchor. */
  readonly refusing = new Map<string, ObjectRefusalCode>();
  sent = 0;
  read = 0;
  membersRead = 0;
  #sequence = 1_000;
  #span: { from: string | null; to: string | null } = { from: null, to: null };

  async sendObjects(batch: ObjectBatch): Promise<ObjectReceipt> {
    this.onEffect('sendObjects: before');
    objectBatchSchema.parse(batch);
    const { from, to } = batch;
    const continues = from === null || from === this.#span.to || (from === this.#span.from && to === this.#span.to);
    if (!continues) throw new DirectoryError('cursor_conflict');
    const refused: ObjectReceipt['refused'] = [];
    const refuse = (anchor: string, code: ObjectRefusalCode): void => {
      refused.push({ anchor, code, message: `${anchor} was refused` });
    };
    let accepted = 0;
    for (const { anchor } of batch.deletions) {
      const object = this.objects.get(anchor);
      if (object === undefined || object.deleted) continue;
      if (object.kind === 'group') object.members.clear();
      this.#put({ ...object, deleted: true }, 'delete');
      accepted += 1;
    }
    for (const { anchor, source, user } of batch.users) {
      if (this.#isTaken(anchor, user.userPrincipalName)) refuse(anchor, 'AttributeValueMustBeUnique');
      else if (this.refusing.has(anchor)) refuse(anchor, this.refusing.get(anchor) ?? 'InvalidSoftMatch');
      else if (this.#offer(anchor, { source, user, kind: 'user' })) accepted += 1;
    }
    for (const { anchor, source, group } of batch.groups) {
      if (this.refusing.has(anchor)) refuse(anchor, this.refusing.get(anchor) ?? 'InvalidSoftMatch');
      else if (this.#offer(anchor, { source, user: group, kind: 'group' })) accepted += 1;
    }
    for (const { group, add, remove } of batch.members) {
      const object = this.objects.get(group);
      if (object === undefined || object.deleted || object.kind !== 'group') {
        refuse(group, 'GroupNotFound');
        continue;
      }
      const changes = [
        ...remove.filter((member) => object.members.delete(member)),
        ...add.filter((member) => !object.members.has(member) && object.members.add(member)),
      ];
      if (changes.length === 0) continue;
      this.#put(object, 'member');
      accepted += 1;
    }
    this.#span = { from, to };
    const { users, groups, members, deletions } = batch;
    const entries = users.length + groups.length + members.length + deletions.length;
    this.sent += entries;
    this.onEffect('sendObjects: after');
    return { accepted, unchanged: entries - accepted - refused.length, refused };
  }

  async readObjects({ after, limit }: { after: number; limit: number }): Promise<ObjectsResponse> {
    this.onEffect('readObjects');
    if (after > this.#sequence) throw new DirectoryError('feed_position_unknown');
    const rows = [...this.objects.values()]
      .filter(({ sequence }) => sequence > after)
      .sort((one, other) => one.sequence - other.sequence);
    const page = rows.slice(0, limit);
    this.read += page.length;
    const live = [...this.objects.values()].filter(({ deleted, cloudOnly }) => !deleted && !cloudOnly);
    return {
      objects: page.map(toTenantObject),
      next: page.at(-1)?.sequence ?? after,
      more: rows.length > limit,
      objectCursor: this.#span.to,
      total: {
        users: live.filter(({ kind }) => kind === 'user').length,
        groups: live.filter(({ kind }) => kind === 'group').length,
      },
    };
  }

  async readMembers(group: string, { after = '', limit = 10_000 }: { after?: string; limit?: number }) {
    this.onEffect('readMembers');
    const object = this.objects.get(group);
    if (object === undefined || object.deleted) throw new DirectoryError('group_unknown');
    const rest = [...object.members].sort().filter((member) => member > after);
    this.membersRead += Math.min(rest.length, limit);
    return { members: rest.slice(0, limit), more: rest.length > limit };
  }

  /** A copy, as a backup is one. */
  backup(): () => void {
    const objects = [...this.objects.values()].map((object) => ({ ...object, members: new Set(object.members) }));
    const span = this.#span;
    return () => {
      this.objects.clear();
      for (const object of objects) this.objects.set(object.anchor, { ...object, members: new Set(object.members) });
      this.#span = span;
    };
  }

  /** Another engine exports something that changes nothing. */
  takeOver(): void {
    this.#span = { from: this.#span.to, to: `another after ${this.#span.to}` };
  }

  /** Somebody changes or removes an object behind the engine's back. */
  tamper(anchor: string, change: { user?: unknown; deleted?: boolean; members?: readonly string[] }): void {
    const object = this.objects.get(anchor);
    if (object === undefined) throw new Error(`no object ${anchor}`);
    const { members, ...rest } = change;
    this.#put({ ...object, ...rest, members: members === undefined ? object.members : new Set(members) }, 'update');
  }

  #isTaken(anchor: string, name: string): boolean {
    return [...this.objects.values()].some(
      (object) =>
        object.anchor !== anchor &&
        !object.deleted &&
        object.kind === 'user' &&
        (object.user as { userPrincipalName: string }).userPrincipalName.toLowerCase() === name.toLowerCase(),
    );
  }

  #offer(anchor: string, { source, user, kind }: { source: string; user: unknown; kind: 'user' | 'group' }): boolean {
    const before = this.objects.get(anchor);
    const kept = before?.deleted === true && kind === 'group' ? undefined : before;
    const isSame =
      kept !== undefined &&
      !kept.deleted &&
      kept.source === source &&
      JSON.stringify(kept.user) === JSON.stringify(user);
    if (isSame) return false;
    const object: Kept = {
      anchor,
      source,
      user,
      kind,
      type: 'user',
      sequence: 0,
      objectId: '00000000-0000-0000-0000-000000000000',
      cloudOnly: false,
      administrator: false,
      deleted: false,
      members: kept?.members ?? new Set(),
    };
    this.#put(object, before === undefined || before.deleted ? 'add' : 'update');
    return true;
  }

  #put(object: Kept, what: Accepted['what']): void {
    this.#sequence += 1;
    this.objects.set(object.anchor, { ...object, sequence: this.#sequence });
    this.accepted.push({ what, anchor: object.anchor });
  }
}

function toTenantObject({ kind, members, user, ...common }: Kept): TenantObject {
  if (kind === 'user') return { ...common, type: 'user', user: user as never };
  const digest = Buffer.alloc(memberDigestBytes);
  for (const member of members) toggleMember(digest, member);
  return {
    ...common,
    type: 'group',
    group: user as never,
    memberCount: members.size,
    memberDigest: digest.toString('hex'),
  };
}
