import type { EngineContext, RunReport } from '../context.ts';
import type { CsRow } from '../store/cs-row.ts';

/** Members of a group, at most: what the tenant takes. */
const MEMBERS_MAX = 250_000;

/**
 * Brings the wanted members of a group of a forest into its exports: those of its links that stand for an object of the tenant,
 * through foreign security principals too, against those that the tenant has.
 */
export function createMemberFlow({ store, tenant }: EngineContext, report: RunReport) {
  const tenantId = store.connectors.find(tenant.name)?.id ?? 0;
  const { database } = store;
  // Objects that are to be deleted are joined to nothing.
  const wanted = `SELECT t.id FROM links l JOIN cs s ON s.id = l.target JOIN cs t ON t.mv = s.mv AND t.connector = ${tenantId}
    WHERE l.cs = @source AND l.attribute = 'member'`;
  const present = `SELECT target FROM links WHERE cs = @target AND attribute = 'member'`;
  const missing = database.prepare<[{ source: number; target: number }], { id: number }>(`${wanted} EXCEPT ${present}`);
  const surplus = database.prepare<[{ source: number; target: number }], { target: number }>(
    `${present} EXCEPT ${wanted}`,
  );
  const count = database.prepare<[number], { count: number }>(
    "SELECT count(*) AS count FROM links WHERE cs = ? AND attribute = 'member'",
  );

  return (row: CsRow): void => {
    const { cs, memberExports } = store;
    cs.markLinksDirty(row.id, false);
    const target = row.mv === null ? undefined : cs.ofMetaverse(row.mv).find(({ connector }) => connector === tenantId);
    if (target === undefined) return;
    const size = count.get(row.id)?.count ?? 0;
    if (size > MEMBERS_MAX) {
      const message = `it has ${size} members, and the tenant takes ${MEMBERS_MAX}: its members are left as they are`;
      cs.fail(row.id, message);
      report.fail({ dn: row.dn, code: 'LargeObject', message });
      return;
    }
    const key = { source: row.id, target: target.id };
    const adding = new Set(missing.all(key).map(({ id }) => id));
    const removing = new Set(surplus.all(key).map(({ target: id }) => id));
    // What was wanted before and is so no longer.
    for (const { target: member, adding: isAdding } of memberExports.of(target.id)) {
      if (!(isAdding === 1 ? adding : removing).has(member)) memberExports.remove(target.id, member);
    }
    for (const member of adding) memberExports.put(target.id, member, true);
    for (const member of removing) memberExports.put(target.id, member, false);
    report.count('memberAdds', adding.size);
    report.count('memberDeletes', removing.size);
  };
}
