import type { TenantObject } from '@causeway/contract';
import type { Forest, ForestObject } from './forest.ts';
import type { World } from './world.ts';

/** What tests compare of an object of the tenant. */
export interface Expected {
  readonly type: 'user' | 'group';
  readonly displayName: string;
  readonly department?: string | undefined;
  readonly accountEnabled?: boolean;
  readonly manager?: string | undefined;
  readonly members?: readonly string[];
}

/** Units that are in and out of scope: the nearer decides. Without `include` everything is in. */
export interface Scope {
  readonly include?: ForestObject | undefined;
  readonly exclude?: ForestObject | undefined;
}

interface Account {
  readonly forest: Forest;
  readonly object: ForestObject;
}

/**
 * What the tenant is to have of some forests, computed at once and without an engine. People with accounts in several forests
 * are those whose `mS-DS-ConsistencyGuid` is the other's `objectGUID`.
 */
export function expectedTenant(
  forests: readonly Forest[],
  scopes: ReadonlyMap<Forest, Scope> = new Map(),
): Map<string, Expected> {
  const isIn = ({ forest, object }: Account): boolean =>
    forest.isLive(object) && isInScope(forest, object, scopes.get(forest) ?? {}) && !isFiltered(forest, object);
  const accounts = forests.flatMap((forest) => forest.live.map((object) => ({ forest, object })));
  const people = new Map<string, Account[]>();
  for (const account of accounts) {
    if (account.forest.typeOf(account.object) !== 'user' || !isIn(account)) continue;
    const anchor = anchorOf(account);
    people.set(anchor, [...(people.get(anchor) ?? []), account]);
  }
  const groups = accounts.filter((account) => account.forest.typeOf(account.object) === 'group' && isIn(account));
  const present = new Set([...people.keys(), ...groups.map(anchorOf)]);
  const bySid = new Map(
    [...people.values(), ...groups.map((group) => [group])].map((all) => {
      const first = all.find(isEnabled) ?? all[0];
      return [sidOf(first), first && anchorOf(first)];
    }),
  );
  const anchorIn = (forest: Forest, object: ForestObject): string | undefined => {
    if (!forest.isLive(object)) return undefined;
    if (forest.typeOf(object) === 'foreignSecurityPrincipal') return bySid.get(object.name);
    const anchor = anchorOf({ forest, object });
    return present.has(anchor) && isIn({ forest, object }) ? anchor : undefined;
  };
  const expected = new Map<string, Expected>();
  for (const [anchor, all] of people) {
    const [first] = all;
    if (first === undefined) continue;
    const managers = all.flatMap(({ forest, object }) => {
      const manager = forest.managerOf(object);
      return manager === undefined ? [] : (anchorIn(forest, manager) ?? []);
    });
    expected.set(anchor, {
      type: 'user',
      displayName: nameOf(first.object),
      department: all.flatMap(({ forest, object }) => forest.valuesOf(object, 'department'))[0],
      accountEnabled: all.some(isEnabled),
      manager: managers[0],
    });
  }
  for (const { forest, object } of groups) {
    const members = forest.membersOf(object).flatMap((member) => anchorIn(forest, member) ?? []);
    expected.set(anchorOf({ forest, object }), {
      type: 'group',
      displayName: nameOf(object),
      members: [...new Set(members)].sort(),
    });
  }
  return expected;
}

/** The same of what the tenant has. */
export async function actualTenant(world: World): Promise<Map<string, Expected>> {
  const found = new Map<string, Expected>();
  for (const [anchor, object] of await world.tenant()) found.set(anchor, await toExpected(world, object));
  return found;
}

async function toExpected(world: World, object: TenantObject): Promise<Expected> {
  if (object.type === 'group') {
    const { displayName } = object.group;
    return { type: 'group', displayName, members: (await world.members(object.anchor)).sort() };
  }
  const { displayName = '', department, accountEnabled, manager } = object.user;
  return { type: 'user', displayName, department, accountEnabled, manager };
}

function isInScope(forest: Forest, object: ForestObject, { include, exclude }: Scope): boolean {
  for (const container of forest.containersOf(object)) {
    if (container.guid === exclude?.guid) return false;
    if (container.guid === include?.guid) return true;
  }
  return include === undefined;
}

function isFiltered(forest: Forest, object: ForestObject): boolean {
  return /^(?:User|Group)_/.test(forest.valuesOf(object, 'adminDescription')[0] ?? '');
}

function isEnabled({ forest, object }: Account): boolean {
  return (Number(forest.valuesOf(object, 'userAccountControl')[0]) & 2) === 0;
}

function anchorOf({ forest, object }: Account): string {
  return forest.valuesOf(object, 'mS-DS-ConsistencyGuid')[0] ?? forest.anchor(object);
}

function sidOf(account: Account | undefined): string | undefined {
  return account && `CN=${account.forest.sidTextOf(account.object)}`;
}

function nameOf({ name }: ForestObject): string {
  return name.slice(name.indexOf('=') + 1);
}
