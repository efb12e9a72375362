import { anchorSchema } from '@causeway/contract';
import type { MergedObject, MergePart } from '@causeway/sync-rules';
import { differingAttributes, formatAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext, RunReport } from '../context.ts';
import { anchorOfObjectGuid } from '../object-guid.ts';
import { referenceAttributes, type ReferenceAttribute } from '../ports.ts';
import type { CsRow } from '../store/cs-row.ts';
import type { Touched } from './touched.ts';

/** An object of a forest with its share in a metaverse object. */
export interface Part {
  readonly row: CsRow;
  readonly merge: MergePart;
}

/** What the tenant is to have of one metaverse object. */
interface Wanted {
  readonly type: string;
  readonly anchor: string;
  readonly source: string;
  readonly attributes: string;
  readonly parts: readonly Part[];
}

/** Says what the tenant is to have of a metaverse object: an addition, an update, a deletion, or nothing. */
export class TenantFlow {
  /** The tenant's connector. */
  readonly tenant: number;
  readonly #context: EngineContext;
  readonly #report: RunReport;
  readonly #touched: Touched;

  constructor(context: EngineContext, report: RunReport, touched: Touched) {
    this.#context = context;
    this.#report = report;
    this.#touched = touched;
    this.tenant = context.store.connectors.find(context.tenant.name)?.id ?? 0;
  }

  /**
   * Lets a metaverse object flow out.
   *
   * @param joined the tenant's object that is joined to it.
   * @param parts the forests' objects that it is made of.
   */
  apply({ mv, joined }: { mv: number; joined: CsRow | undefined }, merged: MergedObject, parts: readonly Part[]): void {
    const existing = joined?.live === 1 ? parseAttributes(joined.attributes) : undefined;
    const out = this.#context.rules.outbound(this.#context.tenant.name, merged, existing && { existing });
    if (out.problems.length > 0) {
      const message = out.problems.map(({ rule, message: why }) => `${rule}: ${why}`).join('; ');
      this.#fail(parts, 'sync-rule-error', message);
      return;
    }
    if (!out.inScope || out.targetType === undefined) {
      if (joined !== undefined) this.#remove(joined, `no outbound rule applies to ${nameOf(parts)}: it is filtered`);
      return;
    }
    const anchor = merged.attributes['sourceAnchor']?.[0];
    if (anchor === undefined || !anchorSchema.safeParse(anchor).success) {
      this.#fail(parts, 'no-source-anchor', `its source anchor, ${anchor ?? 'none'}, is not that of 16 bytes`);
      return;
    }
    const desired: Record<string, readonly string[]> = { ...out.attributes };
    delete desired['sourceAnchor'];
    for (const { source, target } of out.references) {
      if (target === 'member' || !isReference(source)) continue;
      const keys = this.#referenceKeys(merged, source, parts);
      if (keys.length > 0) desired[target] = keys;
    }
    const source = merged.lineage['sourceAnchor']?.[0]?.connector ?? '';
    const wanted = { type: out.targetType, anchor, source, attributes: formatAttributes(desired), parts };
    const target = joined ?? this.#provision(mv, wanted);
    if (target !== undefined && this.#isSameAnchor(target, wanted)) this.#want(target, wanted);
  }

  /** The metaverse object is gone: so is the tenant's. */
  deprovision(mv: number, reason: string): void {
    const joined = this.#context.store.cs.ofMetaverse(mv).find(({ connector }) => connector === this.tenant);
    if (joined !== undefined) this.#remove(joined, reason);
  }

  /** A source anchor never changes; that of the object's GUID stays when `ms-DS-ConsistencyGuid` gets a value later. */
  #isSameAnchor(target: CsRow, { anchor, parts }: Wanted): boolean {
    if (target.key === anchor || anchorsOf(parts).includes(target.key)) return true;
    const message = `its source anchor changed from ${target.key} to ${anchor}: it is not exported until it is what it was`;
    this.#fail(parts, 'source-anchor-changed', message);
    return false;
  }

  /** The tenant's object of an anchor, which is there already or is to be made. */
  #provision(mv: number, { anchor, type, parts }: Wanted): CsRow | undefined {
    const { cs } = this.#context.store;
    // The tenant may know it by its first anchor, from before ms-DS-ConsistencyGuid had a value.
    const present = [...new Set([anchor, ...anchorsOf(parts)])].flatMap((key) => cs.find(this.tenant, key) ?? []);
    const known = present.find(({ live }) => live === 1) ?? present.find(({ key }) => key === anchor);
    if (known !== undefined && known.mv !== null && known.mv !== mv) {
      this.#fail(parts, 'anchor-not-unique', `another object has its source anchor ${known.key}`);
      return undefined;
    }
    if (known?.live === 1 && known.type !== type) {
      this.#fail(parts, 'object-type-mismatch', `the tenant has a ${known.type} with its source anchor ${known.key}`);
      return undefined;
    }
    const target = known ?? cs.ensure(this.tenant, anchor);
    if (target.live === 1) cs.link(target.id, mv);
    for (const { row } of parts) this.#touched.addReferrers(row.id);
    this.#compareMembers(parts);
    this.#report.count(known?.live === 1 ? 'joinsOfTenantObjects' : 'provisions');
    return { ...target, mv };
  }

  #want(target: CsRow, { attributes, type, source, parts }: Wanted): void {
    const { exports, cs } = this.#context.store;
    if (target.dirty === 1) cs.markClean(target.id);
    if (target.live === 1 && target.attributes === attributes && target.source === source) {
      exports.remove(target.id);
      return;
    }
    if (target.live === 1) {
      const changed = differingAttributes(parseAttributes(target.attributes), parseAttributes(attributes));
      if (target.source !== source) cs.describe(target.id, { type, source, dn: target.dn, mv: target.mv });
      exports.put(target.id, 'update', attributes, `${changed.join(', ') || 'the source'} of ${nameOf(parts)}`);
      return;
    }
    cs.describe(target.id, { type, source, dn: nameOf(parts), mv: target.mv });
    exports.put(target.id, 'add', attributes, `${nameOf(parts)} is in scope`);
  }

  /** Everything that the tenant's group is to have as members is found anew. */
  #compareMembers(parts: readonly Part[]): void {
    for (const { row } of parts) if (row.type === 'group') this.#context.store.cs.markLinksDirty(row.id, true);
  }

  #remove(target: CsRow, reason: string): void {
    const { exports, memberExports, cs, links } = this.#context.store;
    // Members of it, and its memberships, go with it.
    memberExports.clear(target.id);
    if (target.mv !== null) {
      for (const { id, connector } of cs.ofMetaverse(target.mv)) {
        if (connector !== this.tenant) this.#touched.addReferrers(id);
      }
    }
    cs.link(target.id, null);
    const pending = exports.get(target.id);
    if (target.live === 1 || pending?.sent === 1) {
      if (pending?.operation !== 'delete') exports.put(target.id, 'delete', '{}', reason);
      return;
    }
    exports.remove(target.id);
    links.clearAll(target.id);
    cs.markDirty(target.id);
  }

  /** Anchors in the tenant of what the first part refers to that refers to anything; what is not there yet comes when it is. */
  #referenceKeys(merged: MergedObject, attribute: ReferenceAttribute, parts: readonly Part[]): string[] {
    const { links } = this.#context.store;
    const sources = merged.references.find(({ target }) => target === attribute)?.sources ?? [];
    for (const { part, source } of sources) {
      const row = parts.find(({ merge }) => merge === part)?.row;
      if (row === undefined || !isReference(source)) continue;
      const keys = links.keysIn(this.tenant, row.id, source);
      if (keys.length > 0) return keys;
    }
    return [];
  }

  #fail(parts: readonly Part[], code: string, message: string): void {
    for (const { row } of parts) this.#context.store.cs.fail(row.id, message);
    this.#report.fail({ dn: nameOf(parts), code, message });
  }
}

function nameOf(parts: readonly Part[]): string {
  return parts[0]?.row.dn ?? 'an object';
}

function isReference(name: string): name is ReferenceAttribute {
  return (referenceAttributes as readonly string[]).includes(name);
}

/** The anchors by `objectGUID` of the parts. */
function anchorsOf(parts: readonly Part[]): string[] {
  return parts.map(({ row }) => anchorOfObjectGuid(row.key));
}
