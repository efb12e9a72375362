import { anchorOfObjectGuid, type SourceChange, type SourceConnector, type SourcePage } from '../../src/index.ts';

type Values = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An object as a domain controller keeps it, with the number of the change of each of its parts. */
interface Kept {
  readonly guid: string;
  readonly type: string;
  domain: string;
  parent: Kept | undefined;
  name: string;
  readonly attributes: Map<string, readonly string[]>;
  readonly stamps: Map<string, number>;
  readonly members: Map<Kept, { present: boolean; stamp: number }>;
  manager: Kept | undefined;
  created: number;
  deleted: number | undefined;
}

export type ForestObject = Pick<Kept, 'guid' | 'name'>;

/** Shortest and longest of what a source gives at once. */
export interface Delivery {
  /** Objects of a page; everything on one page without it. */
  readonly pageSize?: number;
  /** Whether every page has a cursor, and not only the last. */
  readonly cursors?: boolean;
  /** Sorts what a read gives; in the order of the last change without it. */
  readonly order?: (changes: SourceChange[]) => SourceChange[];
  /** Objects that are told of once more with nothing changed, each time. */
  readonly noise?: boolean;
}

/**
 * A forest in memory that tells of itself as DirSync does: of a known object only what has changed and never its class, of a
 * container that was renamed nothing of what is below it, of a deleted member nothing of its groups.
 */
export class Forest {
  readonly name: string;
  readonly domains: readonly string[];
  units: { include: readonly string[] | undefined; exclude: readonly string[] } = { include: undefined, exclude: [] };
  delivery: Delivery = {};
  /** Domains that cannot be reached. */
  readonly down = new Set<string>();
  /** Domains that the configuration does not name. */
  readonly hidden = new Set<string>();
  /** Called before anything is read or given; may throw. */
  onEffect: (effect: string) => void = () => undefined;
  /** Objects that were given, for tests that count. */
  given = 0;
  fullReads = 0;
  readonly #objects = new Map<string, Kept>();
  readonly #roots = new Map<string, Kept>();
  readonly #number: number;
  #usn = 0;
  #made = 0;

  constructor(name: string, options: { readonly number?: number; readonly domains?: readonly string[] } = {}) {
    this.name = name;
    this.#number = options.number ?? 1;
    this.domains = options.domains ?? [name];
    for (const domain of this.domains) {
      const root = this.#make('container', { domain, parent: undefined, name: dnOf(domain), attributes: {} });
      this.#roots.set(domain, root);
    }
  }

  get connector(): SourceConnector {
    return {
      name: this.name,
      identifier: `${String(this.#number).padStart(8, '0')}-1111-2222-3333-444444444444`,
      partitions: this.domains
        .filter((name) => !this.hidden.has(name))
        .map((name) => ({
          name,
          open: async () => {
            this.onEffect('open');
            if (this.down.has(name)) throw new Error(`${name} cannot be reached`);
            return this.#openSession(name);
          },
        })),
      units: this.units,
    };
  }

  unit(name: string, parent?: ForestObject, domain?: string): ForestObject {
    return this.#add('container', `OU=${name}`, {}, { parent, domain });
  }

  user(name: string, values: Values = {}, place: Place = {}): ForestObject {
    const number = this.#made + 1;
    const attributes = {
      sAMAccountName: name,
      userPrincipalName: `${name}@${this.name}`,
      userAccountControl: '512',
      objectSid: sidOf(this.#number, 1_000 + number),
      ...values,
    };
    return this.#add(place.type ?? 'user', `CN=${name}`, attributes, place);
  }

  group(name: string, members: readonly ForestObject[] = [], place: Place = {}, values: Values = {}): ForestObject {
    const number = this.#made + 1;
    const attributes = {
      sAMAccountName: name,
      groupType: '-2147483646',
      objectSid: sidOf(this.#number, 1_000 + number),
      ...values,
    };
    const group = this.#add('group', `CN=${name}`, attributes, place);
    for (const member of members) this.addMember(group, member);
    return group;
  }

  /** Stands for an object of another forest. */
  foreign(other: Forest, of: ForestObject, domain?: string): ForestObject {
    return this.#add('foreignSecurityPrincipal', `CN=${other.sidTextOf(of)}`, {}, { domain });
  }

  set(of: ForestObject, values: Values): void {
    const object = this.#find(of);
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) object.attributes.delete(name);
      else object.attributes.set(name, typeof value === 'string' ? [value] : value);
      object.stamps.set(name, this.#tick());
    }
  }

  setManager(of: ForestObject, manager: ForestObject | undefined): void {
    const object = this.#find(of);
    object.manager = manager && this.#find(manager);
    object.stamps.set('manager', this.#tick());
  }

  addMember(group: ForestObject, member: ForestObject): void {
    this.#find(group).members.set(this.#find(member), { present: true, stamp: this.#tick() });
  }

  removeMember(group: ForestObject, member: ForestObject): void {
    this.#find(group).members.set(this.#find(member), { present: false, stamp: this.#tick() });
  }

  rename(of: ForestObject, name: string): void {
    const object = this.#find(of);
    object.name = `${object.name.slice(0, object.name.indexOf('=') + 1)}${name}`;
    object.stamps.set('name', this.#tick());
  }

  /** Into a unit, or to the root of a domain. */
  move(of: ForestObject, parent: ForestObject | string): void {
    const object = this.#find(of);
    const target = typeof parent === 'string' ? this.#root(parent) : this.#find(parent);
    if (target.domain !== object.domain) {
      // The old domain tells of a deletion, the new one of a new object with the same GUID.
      this.#objects.set(`${object.guid}@${object.domain}`, { ...object, deleted: this.#tick() });
      object.domain = target.domain;
      object.created = this.#tick();
    }
    object.parent = target;
    object.stamps.set('name', this.#tick());
  }

  /** With everything below it. Links to it go without a word of the objects that had them. */
  delete(of: ForestObject): void {
    const object = this.#find(of);
    for (const below of this.#objects.values()) {
      if (below.parent === object && below.deleted === undefined) this.delete(below);
    }
    object.deleted = this.#tick();
    object.members.clear();
    for (const other of this.#objects.values()) {
      other.members.delete(object);
      if (other.manager === object) other.manager = undefined;
    }
  }

  /** Brings a deleted object back, at the root of its domain and a member of nothing. */
  reanimate(of: ForestObject): void {
    const object = this.#find(of);
    object.deleted = undefined;
    object.parent = this.#root(object.domain);
    object.stamps.set('name', this.#tick());
    object.stamps.set('isDeleted', this.#tick());
  }

  dn(of: ForestObject): string {
    const { name, parent } = this.#find(of);
    if (parent === undefined) return name;
    const start = name.indexOf('=') + 1;
    return `${name.slice(0, start)}${name.slice(start).replaceAll(/[,"\\+<>;]/g, '\\$&')},${this.dn(parent)}`;
  }

  anchor(of: ForestObject): string {
    return anchorOfObjectGuid(of.guid);
  }

  valuesOf(of: ForestObject, attribute: string): readonly string[] {
    return this.#find(of).attributes.get(attribute) ?? [];
  }

  sidTextOf(of: ForestObject): string {
    return textOfSid(this.valuesOf(of, 'objectSid')[0] ?? '');
  }

  membersOf(of: ForestObject): ForestObject[] {
    return [...this.#find(of).members].filter(([, { present }]) => present).map(([member]) => member);
  }

  managerOf(of: ForestObject): ForestObject | undefined {
    return this.#find(of).manager;
  }

  /** From the object itself up to its domain. */
  containersOf(of: ForestObject): ForestObject[] {
    const object = this.#find(of);
    return object.parent === undefined ? [object] : [object, ...this.containersOf(object.parent)];
  }

  isLive(of: ForestObject): boolean {
    return this.#find(of).deleted === undefined;
  }

  typeOf(of: ForestObject): string {
    return this.#find(of).type;
  }

  /** Deleted ones too. */
  get all(): ForestObject[] {
    return [...this.#objects.values()];
  }

  get live(): ForestObject[] {
    return [...this.#objects.values()].filter(({ deleted }) => deleted === undefined);
  }

  #add(type: string, name: string, attributes: Values, place: Place): ForestObject {
    const domain = place.domain ?? (place.parent ? this.#find(place.parent).domain : this.name);
    const parent = place.parent === undefined ? this.#root(domain) : this.#find(place.parent);
    return this.#make(type, { domain, parent, name, attributes, guid: place.guid });
  }

  #make(
    type: string,
    from: { domain: string; parent: Kept | undefined; name: string; attributes: Values; guid?: string | undefined },
  ): Kept {
    this.#made += 1;
    const guid =
      from.guid ?? `${String(this.#number).padStart(8, '0')}-0000-4000-8000-${String(this.#made).padStart(12, '0')}`;
    const attributes = new Map<string, readonly string[]>([['objectGUID', [anchorOfObjectGuid(guid)]]]);
    for (const [name, value] of Object.entries(from.attributes)) {
      if (value !== undefined) attributes.set(name, typeof value === 'string' ? [value] : value);
    }
    const { domain, parent, name } = from;
    const created = this.#tick();
    const object: Kept = {
      guid,
      type,
      domain,
      parent,
      name,
      attributes,
      stamps: new Map(),
      members: new Map(),
      manager: undefined,
      created,
      deleted: undefined,
    };
    this.#objects.set(guid, object);
    return object;
  }

  #tick(): number {
    this.#usn += 1;
    return this.#usn;
  }

  #find({ guid }: ForestObject): Kept {
    const found = this.#objects.get(guid);
    if (found === undefined) throw new Error(`no object ${guid}`);
    return found;
  }

  #root(domain: string): Kept {
    const found = this.#roots.get(domain);
    if (found === undefined) throw new Error(`no domain ${domain}`);
    return found;
  }

  #openSession(domain: string) {
    const root = this.#root(domain);
    return {
      domain: { identifier: root.guid, dn: root.name, netbiosName: (domain.split('.')[0] ?? '').toUpperCase() },
      read: async (cursor: string | undefined) => {
        this.onEffect('read');
        if (cursor === undefined) this.fullReads += 1;
        return { isFull: cursor === undefined, pages: this.#pages(domain, cursor) };
      },
      readWhole: async (guids: readonly string[]) => {
        this.onEffect('readWhole');
        return guids.flatMap((guid) => {
          const object = this.#objects.get(guid);
          const isThere = object !== undefined && object.domain === domain && object.deleted === undefined;
          return isThere ? [this.#whole(object)] : [];
        });
      },
      close: async () => undefined,
    };
  }

  async *#pages(domain: string, cursor: string | undefined): AsyncGenerator<SourcePage, void> {
    const since = cursor === undefined ? 0 : Number(cursor);
    const until = this.#usn;
    const { order, pageSize = Number.MAX_SAFE_INTEGER } = this.delivery;
    const changes = this.#changesOf(domain, since, cursor === undefined);
    const sorted = order === undefined ? changes : order(changes);
    for (let start = 0; ; start += pageSize) {
      const page = sorted.slice(start, start + pageSize);
      const isLast = start + pageSize >= sorted.length;
      this.onEffect('page');
      this.given += page.length;
      yield {
        changes: page,
        cursor: isLast || this.delivery.cursors ? String(until) : undefined,
        total: sorted.length,
      };
      if (isLast) return;
    }
  }

  #changesOf(domain: string, since: number, isFull: boolean): SourceChange[] {
    const found: { stamp: number; change: SourceChange }[] = [];
    for (const object of this.#objects.values()) {
      if (object.domain !== domain) continue;
      const stamp = lastStamp(object);
      if (stamp <= since) {
        if (this.delivery.noise && !isFull && object.deleted === undefined) {
          found.push({ stamp, change: this.#partial(object, since) });
        }
        continue;
      }
      if (object.deleted !== undefined) {
        if (!isFull) found.push({ stamp, change: gone(object) });
      } else found.push({ stamp, change: object.created > since ? this.#whole(object) : this.#partial(object, since) });
    }
    return found.sort((one, other) => one.stamp - other.stamp).map(({ change }) => change);
  }

  #whole(object: Kept): SourceChange {
    const members = [...object.members].filter(([, { present }]) => present).map(([{ guid }]) => guid);
    return {
      guid: object.guid,
      deleted: false,
      dn: this.dn(object),
      type: object.type,
      whole: true,
      attributes: Object.fromEntries(object.attributes),
      links: {
        ...(members.length > 0 && { member: { replace: true, add: members, remove: [] } }),
        ...(object.manager && { manager: { replace: true, add: [object.manager.guid], remove: [] } }),
      },
    };
  }

  #partial(object: Kept, since: number): SourceChange {
    const attributes: Record<string, readonly string[]> = {};
    for (const [name, stamp] of object.stamps) {
      if (stamp > since && name !== 'manager' && name !== 'name' && name !== 'isDeleted') {
        attributes[name] = object.attributes.get(name) ?? [];
      }
    }
    const changed = [...object.members].filter(([, { stamp }]) => stamp > since);
    const targets = (present: boolean) =>
      changed.filter(([, link]) => link.present === present).map(([{ guid }]) => guid);
    const { manager, stamps, guid } = object;
    // A re-animated object is told of as one that is not deleted any more; the connector lets it be read as a whole.
    const reanimated = (stamps.get('isDeleted') ?? 0) > since;
    return {
      guid,
      deleted: false,
      dn: this.dn(object),
      type: undefined,
      whole: false,
      attributes: reanimated ? {} : attributes,
      links: {
        ...(changed.length > 0 && { member: { replace: false, add: targets(true), remove: targets(false) } }),
        ...((stamps.get('manager') ?? 0) > since && {
          manager: { replace: true, add: manager ? [manager.guid] : [], remove: [] },
        }),
      },
    };
  }
}

export interface Place {
  readonly parent?: ForestObject | undefined;
  readonly domain?: string | undefined;
  readonly guid?: string | undefined;
  readonly type?: string | undefined;
}

function lastStamp({ created, deleted, stamps, members }: Kept): number {
  return Math.max(created, deleted ?? 0, ...stamps.values(), ...[...members.values()].map(({ stamp }) => stamp));
}

function gone({ guid, name }: Kept): SourceChange {
  const dn = `${name}\\0ADEL:${guid},CN=Deleted Objects`;
  return { guid, deleted: true, dn, type: undefined, whole: false, attributes: {}, links: {} };
}

function dnOf(domain: string): string {
  return domain
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
}

/** `S-1-5-21-1-2-<forest>-<rid>` in binary, as base64. */
function sidOf(forest: number, rid: number): string {
  const bytes = Buffer.from('01050000000000051500000001000000020000000000000000000000', 'hex');
  bytes.writeUInt32LE(forest, 20);
  bytes.writeUInt32LE(rid, 24);
  return bytes.toString('base64');
}

function textOfSid(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return `S-1-5-21-1-2-${bytes.readUInt32LE(20)}-${bytes.readUInt32LE(24)}`;
}
