import type { EngineContext } from '../context.ts';
import { anchorOfObjectGuid, guidOfAnchor, identifierIn, metaverseIdentifier } from '../object-guid.ts';
import type { CsRow } from '../store/cs-row.ts';

/** Names and identifiers that administrators know objects by. */
export function createObjectIdentity({ store, tenant }: EngineContext) {
  const tenantId = store.connectors.find(tenant.name)?.id ?? 0;
  const connectors = new Map(store.connectors.list().map((connector) => [connector.id, connector]));
  const isTenant = ({ connector }: CsRow): boolean => connector === tenantId;
  const sourcesOf = (mv: number): CsRow[] => store.cs.ofMetaverse(mv).filter((row) => !isTenant(row));

  return {
    isTenant,
    sourcesOf,
    connectorNameOf: (row: CsRow): string => connectors.get(row.connector)?.name ?? '',
    /** The object's own source anchor, or that of its GUID. */
    anchorOf: (row: CsRow): string => (isTenant(row) ? row.key : anchorOfObjectGuid(row.key)),
    identifierOf(row: CsRow): string {
      const space = connectors.get(row.connector)?.identifier ?? metaverseIdentifier;
      return identifierIn(space, isTenant(row) ? guidOfAnchor(row.key) : row.key);
    },
    /** A metaverse object is known by the first of its forests' objects. */
    identifierOfMetaverse(mv: number): string | null {
      const [first] = sourcesOf(mv);
      return first === undefined ? null : identifierIn(metaverseIdentifier, first.key);
    },
    /** The object of a connector space with an identifier. */
    findByIdentifier(text: string): CsRow | undefined {
      for (const { id, identifier } of connectors.values()) {
        const guid = identifierIn(identifier, text);
        const row = store.cs.find(id, id === tenantId ? anchorOfObjectGuid(guid) : guid);
        if (row !== undefined && row.live === 1) return row;
      }
      return undefined;
    },
    /** The metaverse object with an identifier. */
    findMetaverse(text: string): number | undefined {
      const guid = identifierIn(metaverseIdentifier, text);
      for (const { id, kind } of connectors.values()) {
        const mv = kind === 'ad' ? store.cs.find(id, guid)?.mv : undefined;
        if (mv !== undefined && mv !== null) return mv;
      }
      return undefined;
    },
  };
}

export type ObjectIdentity = ReturnType<typeof createObjectIdentity>;
