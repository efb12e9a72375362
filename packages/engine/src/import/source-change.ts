import { formatAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext, RunReport } from '../context.ts';
import { referenceAttributes, type LinkChange, type ReferenceAttribute, type SourceChange } from '../ports.ts';
import type { CsRow } from '../store/cs-row.ts';
import type { PartitionRow } from '../store/connectors.ts';

export interface SourceChangeTarget {
  readonly connector: number;
  readonly partition: PartitionRow;
  readonly run: number;
  readonly report: RunReport;
  /** Whether everything comes, and not only what has changed. */
  readonly isFull: boolean;
}

/** Keeps changes of one domain in its connector space. Everything is repeatable: the same change twice is one. */
export class SourceChangeWriter {
  readonly #context: EngineContext;
  readonly #target: SourceChangeTarget;
  /** Groups whose membership rules look at: their members are synchronized again when it changes. */
  readonly #watchedNames: ReadonlySet<string>;
  readonly #watchedKeys: ReadonlySet<string | undefined>;
  /** Objects that this import has named: their names are not taken from those of their containers. */
  readonly #named = new Set<number>();
  #isUnsure = false;

  constructor(context: EngineContext, target: SourceChangeTarget) {
    this.#context = context;
    this.#target = target;
    const groups = context.rules.membershipGroups.map((dn) => dn.toLowerCase());
    this.#watchedNames = new Set(groups);
    this.#watchedKeys = new Set(groups.map((dn) => context.store.scopeNames.find(target.connector, dn)));
  }

  /**
   * Whether containers have taken each other's names, so that changes alone do not tell what is where: everything has to be
   * read again before it is synchronized.
   */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  /** False when the object is not known and only its changes have come: it has to be read as a whole. */
  keep(change: SourceChange): boolean {
    const { cs } = this.#context.store;
    const { connector, partition, run, report, isFull } = this.#target;
    if (change.deleted) {
      const row = cs.find(connector, change.guid);
      // Of an object that has moved to another domain, the old one says that it is gone.
      if (row?.live === 1 && row.partition === partition.id) this.remove(row);
      return true;
    }
    const row = change.whole ? cs.ensure(connector, change.guid) : cs.find(connector, change.guid);
    if (row === undefined || (!change.whole && row.live === 0)) return false;
    const type = change.type ?? row.type;
    const isNew = row.live === 0;
    const { generation } = partition;
    const attributes = change.whole ? formatAttributes(change.attributes) : patch(row.attributes, change.attributes);
    const changed = cs.keep(row, { partition: partition.id, generation, run, type, dn: change.dn, attributes });
    if (changed && (change.whole || namesIn(change.attributes).length > 0)) this.#keepNames(row.id, type, attributes);
    if (!isFull) {
      this.#named.add(row.id);
      if (changed && !isNew && row.dn !== change.dn) this.#moveBelow(row, change.dn);
    }
    const linked = this.#keepLinks(row, change, isNew);
    report.count(isNew ? 'adds' : changed || linked ? 'updates' : 'unchanged');
    return true;
  }

  /** The object is gone. What refers to it still does, until that is synchronized: it may only have moved to another domain. */
  remove(row: CsRow): void {
    const { cs, links, names } = this.#context.store;
    if (this.#isWatched(row.key, row.dn)) for (const id of links.targets(row.id, 'member')) cs.markDirty(id);
    links.clearAll(row.id);
    names.set(row.id, []);
    cs.remove(row.id);
    this.#target.report.count('deletes');
  }

  #isWatched(key: string, dn: string): boolean {
    return this.#watchedKeys.has(key) || this.#watchedNames.has(dn.toLowerCase());
  }

  #keepNames(id: number, type: string, text: string): void {
    if (type !== 'user' && type !== 'inetOrgPerson') return;
    const { sAMAccountName = [], userPrincipalName = [] } = parseAttributes(text);
    this.#context.store.names.set(id, [...sAMAccountName, ...userPrincipalName]);
  }

  /** A container was renamed or moved: of what is below it, nothing else is told. */
  #moveBelow(row: CsRow, after: string): void {
    const { cs } = this.#context.store;
    const { connector } = this.#target;
    const below = cs.below(connector, row.dn).filter(({ id }) => !this.#named.has(id));
    if (below.length === 0) return;
    const rival = [row.dn, after].some((dn) => {
      const other = cs.findByDn(connector, dn);
      return other !== undefined && other.id !== row.id;
    });
    if (rival) this.#isUnsure = true;
    for (const one of below) cs.move(one, row.dn, after);
  }

  #keepLinks({ id, key }: CsRow, change: SourceChange, isNew: boolean): boolean {
    let changed = false;
    for (const attribute of referenceAttributes) {
      // What is new refers to nothing yet.
      const given = change.links[attribute] ?? (change.whole && !isNew ? nothing : undefined);
      if (given === undefined) continue;
      const targets = this.#keepLinksOf(id, attribute, given);
      if (targets.length === 0) continue;
      changed = true;
      const { cs } = this.#context.store;
      if (attribute === 'member') {
        cs.markLinksDirty(id, true);
        if (this.#isWatched(key, change.dn)) for (const target of targets) cs.markDirty(target);
      } else cs.markDirty(id);
    }
    return changed;
  }

  /** Gives what is referred to since now, or is so no longer. */
  #keepLinksOf(id: number, attribute: ReferenceAttribute, change: LinkChange): number[] {
    const { cs, links } = this.#context.store;
    const { connector } = this.#target;
    const added = change.add.map((guid) => cs.ensureId(connector, guid));
    const kept = new Set(added);
    const removed = change.replace
      ? links.targets(id, attribute).filter((target) => !kept.has(target))
      : change.remove.flatMap((guid) => cs.findId(connector, guid) ?? []);
    return [
      ...removed.filter((target) => links.remove(id, attribute, target)),
      ...added.filter((target) => links.add(id, attribute, target)),
    ];
  }
}

const nothing: LinkChange = { replace: true, add: [], remove: [] };

/** Attributes that people know users by, among those given. */
function namesIn(attributes: SourceChange['attributes']): string[] {
  return ['sAMAccountName', 'userPrincipalName'].filter((name) => name in attributes);
}

function patch(before: string, change: SourceChange['attributes']): string {
  if (Object.keys(change).length === 0) return before;
  return formatAttributes({ ...parseAttributes(before), ...change });
}
