import { DirectoryError, type TenantObject } from '@causeway/contract';
import { memberDigestBytes, toggleMember } from '@causeway/model';
import type { EngineContext, RunReport } from '../context.ts';
import type { CsRow } from '../store/cs-row.ts';

const PAGE_MEMBERS = 20_000;

const emptyDigest = Buffer.alloc(memberDigestBytes).toString('hex');

/** Whether the tenant's members of a group are those that were known, or those with what was sent, which is confirmed then. */
export function confirmMembers(
  { store }: EngineContext,
  row: CsRow,
  group: { readonly object: TenantObject & { type: 'group' }; readonly report: RunReport },
): boolean {
  const { cs, links, memberExports } = store;
  const { object, report } = group;
  const known = row.digest ?? emptyDigest;
  const sent = memberExports.of(row.id).filter((member) => member.sent === 1);
  if (sent.length === 0) return object.memberDigest === known;
  const digest = Buffer.from(known, 'hex');
  for (const { member } of sent) toggleMember(digest, member);
  if (digest.toString('hex') !== object.memberDigest) return false;
  for (const { target, adding } of sent) {
    if (adding === 1) links.add(row.id, 'member', target);
    else links.remove(row.id, 'member', target);
    memberExports.remove(row.id, target);
  }
  cs.setDigest(row.id, object.memberDigest);
  report.count('confirmedMembers', sent.length);
  return true;
}

/** Reads the members of a group as the tenant has them; the next synchronization compares them with those wanted. */
export async function readMembers(context: EngineContext, row: CsRow, signal: AbortSignal): Promise<void> {
  const { store } = context;
  const { cs, links, memberExports } = store;
  const anchors = await listMembers(context, row.key, signal);
  if (anchors === undefined) return;
  const digest = Buffer.alloc(memberDigestBytes);
  store.transaction(() => {
    links.clear(row.id, 'member');
    for (const anchor of anchors) {
      links.add(row.id, 'member', cs.ensureId(row.connector, anchor));
      toggleMember(digest, anchor);
    }
    cs.setDigest(row.id, digest.toString('hex'));
    memberExports.clear(row.id);
    compareMembers(context, row.id);
  });
}

/** Lets the next synchronization compare the members of a tenant's group with those of the forest's. */
export function compareMembers({ store: { cs } }: EngineContext, id: number): void {
  const mv = cs.get(id)?.mv ?? null;
  if (mv === null) return;
  for (const part of cs.ofMetaverse(mv)) if (part.id !== id) cs.markLinksDirty(part.id, true);
}

/** Anchors of all members; undefined when the group has gone meanwhile, which the next import tells. */
async function listMembers(
  { tenant }: EngineContext,
  group: string,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const anchors: string[] = [];
  let after: string | undefined;
  for (;;) {
    const query = { ...(after !== undefined && { after }), limit: PAGE_MEMBERS };
    try {
      const page = await tenant.directory.readMembers(group, query, { signal });
      anchors.push(...page.members);
      after = page.members.at(-1);
      if (!page.more || after === undefined) return anchors;
    } catch (error) {
      if (error instanceof DirectoryError && error.errorCode === 'group_unknown') return undefined;
      throw error;
    }
  }
}
