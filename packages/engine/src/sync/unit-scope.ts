import type { EngineContext } from '../context.ts';
import { unitUnknown } from '../errors.ts';
import type { SourceConnector } from '../ports.ts';

/** Organizational units by the names they have now, in lower case. */
export interface UnitScope {
  /** Undefined: everything is in. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
}

/** Whether an object is at or below an included unit and not at or below an excluded one; the nearer of the two decides. */
export function isInUnits(dn: string, { include, exclude }: UnitScope): boolean {
  const name = dn.toLowerCase();
  const depthOf = (units: readonly string[]): number =>
    Math.max(-1, ...units.filter((unit) => name === unit || name.endsWith(`,${unit}`)).map((unit) => unit.length));
  const included = include === undefined ? 0 : depthOf(include);
  return included >= 0 && included > depthOf(exclude);
}

/**
 * The units of a connector's filter as they are named now. A unit is remembered by its GUID once it has been found, so that
 * one that is renamed or moved stays what it was in the filter; that is told as a warning.
 *
 * @throws {CausewayError} ERR_ENGINE_UNIT_UNKNOWN: a unit that was never there; nothing may be synchronized then, for all
 * below it would be deleted.
 */
export function resolveUnits({ store, events }: EngineContext, source: SourceConnector): UnitScope {
  const connector = store.connectors.find(source.name);
  if (connector === undefined) return { include: undefined, exclude: [] };
  const remembered = store.database.prepare<[number, string], { key: string }>(
    'SELECT key FROM scope_units WHERE connector = ? AND dn = ?',
  );
  const remember = store.database.prepare<[number, string, string]>(
    'INSERT INTO scope_units VALUES (?, ?, ?) ON CONFLICT (connector, dn) DO UPDATE SET key = excluded.key',
  );
  const resolve = (dn: string): string => {
    const known = remembered.get(connector.id, dn);
    const present = known && store.cs.find(connector.id, known.key);
    if (present?.live === 1) {
      if (present.dn.toLowerCase() !== dn.toLowerCase()) {
        events.warning({
          code: 'ERR_ENGINE_UNIT_RENAMED',
          message: `the organizational unit ${dn} of ${source.name} is now ${present.dn}: it stays what it was in the filter`,
          nextStep: `write ${present.dn} to connectors.filter.organizationalUnits in place of ${dn}`,
        });
      }
      return present.dn.toLowerCase();
    }
    const found = store.cs.findByDn(connector.id, dn);
    if (found === undefined) throw unitUnknown(source.name, dn);
    remember.run(connector.id, dn, found.key);
    return found.dn.toLowerCase();
  };
  return { include: source.units.include?.map(resolve), exclude: source.units.exclude.map(resolve) };
}
