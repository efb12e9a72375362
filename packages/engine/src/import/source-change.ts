import { formatAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext, RunReport } from '../context.ts';
import { referenceAttributes, type LinkChange, type ReferenceAttribute, type SourceChange } from '../ports.ts';
import type { CsRow } from '../store/connector-space.ts';
import type { PartitionRow } from '../store/connectors.ts';

/** Keeps changes of one domain in its connector space. Everything is repeatable: the same change twice is one. */
export class SourceChangeWriter {
  readonly #context: EngineContext;
  readonly #connector: number;
  readonly #partition: PartitionRow;
  readonly #report: RunReport;
  /** Groups whose membership rules look at: their members are synchronized again when it changes. */
  readonly #watched: ReadonlySet<string>;

  constructor(context: EngineContext, target: { connector: number; partition: PartitionRow; report: RunReport }) {
    this.#context = context;
    this.#connector = target.connector;
    this.#partition = target.partition;
    this.#report = target.report;
    this.#watched = new Set(context.rules.membershipGroups.map((dn) => dn.toLowerCase()));
  }

  /** False when the object is not known and only its changes have come: it has to be read as a whole. */
  keep(change: SourceChange): boolean {
    const { cs } = this.#context.store;
    if (change.deleted) {
      const row = cs.find(this.#connector, change.guid);
      if (row?.live === 1) this.remove(row);
      return true;
    }
    const row = change.whole ? cs.ensure(this.#connector, change.guid) : cs.find(this.#connector, change.guid);
    if (row === undefined || (!change.whole && row.live === 0)) return false;
    const object = {
      partition: this.#partition.id,
      generation: this.#partition.generation,
      type: change.type ?? row.type,
      dn: change.dn,
      attributes: change.whole ? formatAttributes(change.attributes) : patch(row.attributes, change.attributes),
    };
    const isNew = row.live === 0;
    const changed = cs.keep(row, object);
    if (changed && !isNew && row.dn !== change.dn) cs.renameBelow(this.#partition.id, row.dn, change.dn);
    const linked = this.#keepLinks(row.id, change);
    this.#report.count(isNew ? 'adds' : changed || linked ? 'updates' : 'unchanged');
    return true;
  }

  /** The object is gone. What refers to it still does, until the source says otherwise. */
  remove(row: CsRow): void {
    const { cs, links } = this.#context.store;
    links.clearAll(row.id);
    cs.remove(row.id);
    this.#report.count('deletes');
  }

  #keepLinks(id: number, change: SourceChange): boolean {
    let changed = false;
    for (const attribute of referenceAttributes) {
      const given = change.links[attribute] ?? (change.whole ? nothing : undefined);
      if (given === undefined || !this.#keepLinksOf(id, attribute, given, change.dn)) continue;
      changed = true;
      if (attribute === 'member') this.#context.store.cs.markLinksDirty(id, true);
      else this.#context.store.cs.markDirty(id);
    }
    return changed;
  }

  #keepLinksOf(id: number, attribute: ReferenceAttribute, change: LinkChange, dn: string): boolean {
    const { cs, links } = this.#context.store;
    const watched = attribute === 'member' && this.#watched.has(dn.toLowerCase());
    const targetOf = (guid: string): number => cs.ensure(this.#connector, guid).id;
    const added = change.add.map(targetOf);
    const kept = new Set(added);
    const removed = change.replace
      ? links.targets(id, attribute).filter((target) => !kept.has(target))
      : change.remove.map(targetOf);
    let changed = false;
    for (const target of removed) {
      if (!links.remove(id, attribute, target)) continue;
      changed = true;
      if (watched) cs.markDirty(target);
    }
    for (const target of added) {
      if (!links.add(id, attribute, target)) continue;
      changed = true;
      if (watched) cs.markDirty(target);
    }
    return changed;
  }
}

const nothing: LinkChange = { replace: true, add: [], remove: [] };

function patch(before: string, change: SourceChange['attributes']): string {
  if (Object.keys(change).length === 0) return before;
  return formatAttributes({ ...parseAttributes(before), ...change });
}
