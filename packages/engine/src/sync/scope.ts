import { CausewayError } from '@causeway/model';
import type { EngineContext } from '../context.ts';
import { isAtOrBelow } from '../distinguished-name.ts';
import { groupUnknown, unitUnknown } from '../errors.ts';
import type { SourceConnector } from '../ports.ts';
import type { CsRow } from '../store/cs-row.ts';

/** Organizational units by the paths they have now. */
export interface UnitScope {
  /** Undefined: everything is in. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
}

/** Whether an object is at or below an included unit and not at or below an excluded one; the nearer of the two decides. */
export function isInUnits(path: string, { include, exclude }: UnitScope): boolean {
  const depthOf = (units: readonly string[]): number =>
    Math.max(-1, ...units.filter((unit) => isAtOrBelow(path, unit)).map((unit) => unit.length));
  const included = include === undefined ? 0 : depthOf(include);
  return included >= 0 && included > depthOf(exclude);
}

/** What a name of a filter means now. */
export interface ScopeName {
  readonly connector: string;
  readonly dn: string;
  readonly row: CsRow;
}

/** What the filters of one forest mean now. */
export interface ForestScope {
  readonly units: UnitScope;
  readonly names: readonly ScopeName[];
  /** A unit that was never there; nothing may be synchronized then, for all below it would be deleted. */
  readonly problem: CausewayError | undefined;
}

/**
 * The units of a connector's filter as they are named now. A unit is known by its GUID once it has been found, so that one that
 * is renamed or moved stays what it was in the filter.
 */
export function resolveForest(context: EngineContext, source: SourceConnector, connector: number): ForestScope {
  const names: ScopeName[] = [];
  const resolve = (dn: string): string => {
    const row = findNamed(context, connector, dn);
    if (row === undefined) throw unitUnknown(source.name, dn);
    names.push({ connector: source.name, dn, row });
    return row.path;
  };
  try {
    const units = { include: source.units.include?.map(resolve), exclude: source.units.exclude.map(resolve) };
    return { units, names, problem: undefined };
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    return { units: { include: [], exclude: [] }, names, problem: error };
  }
}

/** Groups that rules look at: by their names in lower case, in whichever forest they are. */
export interface GroupScope {
  readonly groups: ReadonlyMap<string, readonly ScopeName[]>;
  /** A group that is in no forest; nothing may be synchronized then, for everybody would be no member of it. */
  readonly problem: CausewayError | undefined;
}

export function resolveGroups(context: EngineContext): GroupScope {
  const groups = new Map<string, ScopeName[]>();
  let problem: CausewayError | undefined;
  for (const dn of context.rules.membershipGroups) {
    const found = context.sources.flatMap(({ name }) => {
      const row = findNamed(context, context.store.connectors.find(name)?.id ?? 0, dn);
      return row === undefined ? [] : [{ connector: name, dn, row }];
    });
    if (found.length === 0) problem ??= groupUnknown(dn);
    groups.set(dn.toLowerCase(), found);
  }
  return { groups, problem };
}

/** Keeps what names mean; tells of those that mean something of another name by now. */
export function rememberNames({ store, events }: EngineContext, names: readonly ScopeName[]): void {
  for (const { connector, dn, row } of names) {
    if (store.scopeNames.find(row.connector, dn.toLowerCase()) !== row.key) {
      store.scopeNames.remember(row.connector, dn.toLowerCase(), row.key);
    }
    if (row.dn.toLowerCase() === dn.toLowerCase()) continue;
    events.warning({
      code: 'ERR_ENGINE_UNIT_RENAMED',
      message: `${dn} of ${connector} is now ${row.dn}: it stays what it was in the filter`,
      nextStep: `write ${row.dn} in place of ${dn} in the filter of the configuration or in the rules`,
    });
  }
}

function findNamed({ store }: EngineContext, connector: number, dn: string): CsRow | undefined {
  const key = store.scopeNames.find(connector, dn.toLowerCase());
  const known = key === undefined ? undefined : store.cs.find(connector, key);
  return known?.live === 1 ? known : store.cs.findByDn(connector, dn);
}
