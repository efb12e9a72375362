import type { Forest, ForestObject } from './forest.ts';
import type { Scope } from './model.ts';

/** One step of a random history: what happens, and two numbers that choose to what. */
export type Step = readonly [kind: number, one: number, other: number];

/** Two forests in which things happen; in the first one unit is in scope, and one in it is not. */
export class History {
  readonly forests: readonly [Forest, Forest];
  readonly scopes: ReadonlyMap<Forest, Scope>;
  readonly #kept: ReadonlySet<string>;
  #made = 0;

  constructor(first: Forest, second: Forest) {
    this.forests = [first, second];
    const include = first.unit('Scope');
    const exclude = first.unit('Out', include);
    first.units = { include: [first.dn(include)], exclude: [first.dn(exclude)] };
    this.scopes = new Map([[first, { include, exclude }]]);
    this.#kept = new Set([include.guid, exclude.guid]);
    first.unit('Away');
    second.unit('Elsewhere');
  }

  /** Number of kinds of steps. */
  get kinds(): number {
    return this.#steps.length;
  }

  /** Lets one thing happen; a step that has nothing to happen to does nothing. */
  apply([kind, one, other]: Step): void {
    this.#steps[kind % this.#steps.length]?.(one, other);
  }

  readonly #steps: readonly ((one: number, other: number) => void)[] = [
    (one, other) => this.#user(one, other),
    (one, other) => this.#user(one, other),
    (one, other) => {
      const forest = this.#forest(one);
      forest.group(this.#name('g'), [], { parent: this.#pick(forest, 'container', other) });
    },
    (one, other) => {
      const forest = this.#forest(one);
      forest.unit(this.#name('o'), this.#pick(forest, 'container', other));
    },
    (one, other) => this.#twin(one, other),
    (one, other) => this.#withAny(one, other, (forest, object) => forest.rename(object, this.#name('r'))),
    (one, other) => this.#swapUnits(one, other),
    (one, other) => this.#move(one, other),
    (one, other) => this.#withAny(one, other, (forest, object) => forest.delete(object)),
    (one, other) => this.#reanimate(one, other),
    (one, other) => this.#with('user', one, other, (forest, user) => forest.set(user, { department: `d${other % 3}` })),
    (one, other) => this.#with('user', one, other, (forest, user) => forest.set(user, { department: undefined })),
    (one, other) =>
      this.#with('user', one, other, (forest, user) =>
        forest.set(user, { userAccountControl: other % 2 === 0 ? '514' : '512' }),
      ),
    (one, other) =>
      this.#with('user', one, other, (forest, user) =>
        forest.set(user, { adminDescription: other % 2 === 0 ? 'User_kept' : undefined }),
      ),
    (one, other) => this.#member(one, other, true),
    (one, other) => this.#member(one, other, true),
    (one, other) => this.#member(one, other, false),
    (one, other) => this.#foreignMember(one, other),
    (one, other) =>
      this.#with('user', one, other, (forest, user) =>
        forest.setManager(user, other % 4 === 0 ? undefined : this.#pick(forest, 'user', other)),
      ),
  ];

  #name(prefix: string): string {
    this.#made += 1;
    return `${prefix}${this.#made}`;
  }

  #forest(number: number): Forest {
    return this.forests[number % 3 === 0 ? 1 : 0];
  }

  #pick(forest: Forest, type: string, number: number): ForestObject | undefined {
    const all = forest.live.filter((object) => forest.typeOf(object) === type);
    return all[number % all.length];
  }

  #with(type: string, one: number, other: number, act: (forest: Forest, object: ForestObject) => void): void {
    const forest = this.#forest(one);
    const object = this.#pick(forest, type, other);
    if (object !== undefined) act(forest, object);
  }

  /** A user, a group or a unit that may be changed. */
  #withAny(one: number, other: number, act: (forest: Forest, object: ForestObject) => void): void {
    const type = ['user', 'group', 'container', 'user'][other % 4] ?? 'user';
    this.#with(type, one, Math.floor(other / 4), (forest, object) => {
      const below = forest.live.filter((each) => forest.containersOf(each).some(({ guid }) => guid === object.guid));
      const isRoot = forest.containersOf(object).length === 1;
      if (!isRoot && !below.some(({ guid }) => this.#kept.has(guid))) act(forest, object);
    });
  }

  #user(one: number, other: number): void {
    const forest = this.#forest(one);
    forest.user(this.#name('u'), {}, { parent: this.#pick(forest, 'container', other) });
  }

  /** An account in the second forest of somebody who has one in the first. */
  #twin(one: number, other: number): void {
    const [first, second] = this.forests;
    const user = this.#pick(first, 'user', one);
    if (user === undefined) return;
    const anchor = first.anchor(user);
    const has = second.live.some((each) => second.valuesOf(each, 'mS-DS-ConsistencyGuid')[0] === anchor);
    const control = other % 2 === 0 ? '512' : '514';
    if (!has) second.user(this.#name('t'), { 'mS-DS-ConsistencyGuid': anchor, userAccountControl: control });
  }

  /** Two units take each other's names. */
  #swapUnits(one: number, other: number): void {
    const forest = this.#forest(one);
    const isFree = (unit: ForestObject): boolean =>
      forest.typeOf(unit) === 'container' && !this.#kept.has(unit.guid) && forest.containersOf(unit).length === 2;
    const units = forest.live.filter(isFree);
    const [left, right] = [units[one % units.length], units[other % units.length]];
    if (left === undefined || right === undefined || left === right) return;
    const [leftName, rightName] = [left.name.slice(3), right.name.slice(3)];
    forest.rename(left, this.#name('s'));
    forest.rename(right, leftName);
    forest.rename(left, rightName);
  }

  #move(one: number, other: number): void {
    this.#withAny(one, other, (forest, object) => {
      const target = this.#pick(forest, 'container', other + one);
      if (target === undefined || forest.containersOf(target).some(({ guid }) => guid === object.guid)) return;
      forest.move(object, target);
    });
  }

  #reanimate(one: number, other: number): void {
    const forest = this.#forest(one);
    const gone = forest.all.filter((object) => !forest.isLive(object) && forest.typeOf(object) !== 'container');
    const object = gone[other % gone.length];
    if (object === undefined || forest.typeOf(object) === 'foreignSecurityPrincipal') return;
    forest.reanimate(object);
  }

  #member(one: number, other: number, isAdded: boolean): void {
    this.#with('group', one, other, (forest, group) => {
      const member = this.#pick(forest, other % 5 === 0 ? 'group' : 'user', other + one);
      if (member === undefined) return;
      if (isAdded) forest.addMember(group, member);
      else forest.removeMember(group, member);
    });
  }

  /** Somebody of the second forest becomes a member of a group of the first. */
  #foreignMember(one: number, other: number): void {
    const [first, second] = this.forests;
    const group = this.#pick(first, 'group', one);
    const user = this.#pick(second, 'user', other);
    if (group === undefined || user === undefined) return;
    const name = `CN=${second.sidTextOf(user)}`;
    const known = first.live.find((each) => each.name === name);
    first.addMember(group, known ?? first.foreign(second, user));
  }
}
