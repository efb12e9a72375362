import type { EngineContext } from '../context.ts';
import type { CsRow } from '../store/cs-row.ts';

/** What is known of an object whose password was read: where it goes, or the status that says why it goes nowhere. */
export type PasswordTarget =
  | { readonly state: 'ready'; readonly anchor: string; readonly dn: string }
  /** It is in the metaverse, but no rule with password synchronization applies, or the tenant is not to have it. */
  | { readonly state: 'notInScope'; readonly dn: string; readonly reason: string }
  | { readonly state: 'SourceConnectorNotPresent' }
  | { readonly state: 'NoTargetConnection'; readonly dn: string }
  | { readonly state: 'TargetNotExportedToDirectory'; readonly anchor: string; readonly dn: string };

export interface UserFound {
  readonly objectGuid: string;
  readonly dn: string;
}

/** Questions of password hash sync. Each is a few lookups by key. */
export function createPasswordScope({ store, sources, tenant }: EngineContext) {
  const connectorOf = (name: string): number => store.connectors.find(name)?.id ?? 0;
  const tenantId = connectorOf(tenant.name);

  function joined(row: CsRow): CsRow | undefined {
    if (row.mv === null) return undefined;
    return store.cs.ofMetaverse(row.mv).find(({ connector }) => connector === tenantId);
  }

  function find(connector: string, objectGuid: string): PasswordTarget {
    const row = store.cs.find(connectorOf(connector), objectGuid);
    if (row?.live !== 1) return { state: 'SourceConnectorNotPresent' };
    const { dn } = row;
    // What has changed is not synchronized yet: a user who was just enabled, for example.
    if (row.dirty === 1 && row.mv === null) return { state: 'NoTargetConnection', dn };
    if (row.mv === null) return { state: 'notInScope', dn, reason: row.error ?? 'no synchronization rule applies' };
    if (row.password_sync === 0) {
      return {
        state: 'notInScope',
        dn,
        reason: 'no rule with password synchronization applies: the account is disabled, or of a kind without',
      };
    }
    const target = joined(row);
    if (target === undefined)
      return { state: 'notInScope', dn, reason: 'the tenant is not to have it: it is filtered' };
    const pending = store.exports.get(target.id);
    const isThere = target.live === 1 || pending?.sent === 1;
    if (!isThere) return { state: 'TargetNotExportedToDirectory', anchor: target.key, dn };
    return { state: 'ready', anchor: target.key, dn };
  }

  /** Users at or below an organizational unit, or those whom a name means. */
  function findUsers(connector: string, query: { readonly ou: string } | { readonly user: string }): UserFound[] {
    const id = connectorOf(connector);
    if ('ou' in query) {
      const unit = store.cs.findByDn(id, query.ou);
      const rows = [...(unit === undefined ? [] : [unit]), ...store.cs.below(id, query.ou)];
      return rows.filter(({ type }) => type === 'user').map(toFound);
    }
    return findByName(id, query.user).map(toFound);
  }

  function findByName(connector: number, name: string): CsRow[] {
    const byDn = store.cs.findByDn(connector, name);
    if (byDn !== undefined) return [byDn];
    const byGuid = store.cs.find(connector, name.toLowerCase());
    if (byGuid?.live === 1) return [byGuid];
    const byAnchor = store.cs.find(tenantId, name);
    if (byAnchor !== undefined && byAnchor.mv !== null) {
      return store.cs.ofMetaverse(byAnchor.mv).filter((row) => row.connector === connector);
    }
    return store.names
      .find(name)
      .flatMap((found) => store.cs.get(found) ?? [])
      .filter((row) => row.connector === connector && row.live === 1);
  }

  return {
    /** Whether a forest has been imported, synchronized and exported once. */
    isReady: (connector: string) => store.connectors.find(connector)?.ready === 1,
    find,
    findUsers,
    /** Users of all forests whom a name means: account name, user principal name, distinguished name, GUID or source anchor. */
    findEverywhere: (name: string): CsRow[] => sources.flatMap((source) => findByName(connectorOf(source.name), name)),
    joined,
  };
}

export type PasswordScopeQueries = ReturnType<typeof createPasswordScope>;

function toFound({ key, dn }: Pick<CsRow, 'key' | 'dn'>): UserFound {
  return { objectGuid: key, dn };
}
