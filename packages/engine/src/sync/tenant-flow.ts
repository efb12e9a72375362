import type { MergedObject, MergePart } from '@causeway/sync-rules';
import { differingAttributes, formatAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext, RunReport } from '../context.ts';
import { anchorOfObjectGuid } from '../object-guid.ts';
import type { ReferenceAttribute } from '../ports.ts';
import type { CsRow } from '../store/connector-space.ts';

/** An object of a forest with its share in a metaverse object. */
export interface MergedRow {
  readonly part: CsRow;
  readonly merge: MergePart;
}

/** Says what the tenant is to have of a metaverse object: an addition, an update, a deletion, or nothing. */
export class TenantFlow {
  readonly #context: EngineContext;
  readonly #report: RunReport;
  readonly #tenant: number;

  constructor(context: EngineContext, report: RunReport) {
    this.#context = context;
    this.#report = report;
    this.#tenant = context.store.connectors.find(context.tenant.name)?.id ?? 0;
  }

  /** Lets a metaverse object flow out. `sources` are the forests' objects that it is merged from. */
  apply(mv: number, merged: MergedObject, sources: readonly MergedRow[]): void {
    const parts = sources.map(({ part }) => part);
    const joined = this.#joined(mv);
    const existing = joined?.live === 1 ? parseAttributes(joined.attributes) : undefined;
    const out = this.#context.rules.outbound(this.#context.tenant.name, merged, existing && { existing });
    if (out.problems.length > 0) {
      const message = out.problems.map(({ rule, message: why }) => `${rule}: ${why}`).join('; ');
      this.#fail(parts, 'sync-rule-error', message);
      return;
    }
    if (!out.inScope || out.targetType === undefined) {
      if (joined !== undefined) this.#remove(joined, `no outbound rule applies to ${nameOf(parts)}`);
      return;
    }
    const anchor = merged.attributes['sourceAnchor']?.[0];
    if (anchor === undefined) {
      this.#fail(parts, 'no-source-anchor', 'it has no source anchor');
      return;
    }
    const target = joined ?? this.#provision(mv, { anchor, parts });
    if (target === undefined) return;
    if (target.key !== anchor && target.key !== anchorOfFirst(parts)) {
      this.#fail(
        parts,
        'source-anchor-changed',
        `its source anchor changed from ${target.key} to ${anchor}; it keeps the first`,
      );
    }
    const desired: Record<string, readonly string[]> = { ...out.attributes };
    for (const { target: attribute } of out.references) {
      if (attribute === 'member') continue;
      const keys = this.#referenceKeys(merged, sources, attribute);
      if (keys.length > 0) desired[attribute] = keys;
    }
    const source = merged.lineage['sourceAnchor']?.[0]?.connector ?? this.#context.sources[0]?.name ?? '';
    this.#want(target, { desired, type: out.targetType, source, parts });
  }

  /** The metaverse object is gone: so is the tenant's. */
  deprovision(mv: number, reason: string): void {
    const joined = this.#joined(mv);
    if (joined === undefined) return;
    this.#remove(joined, reason);
    this.#context.store.cs.link(joined.id, null);
  }

  /** What refers to an object has to be looked at again: what the object stands for in the tenant has changed. */
  markReferrers(id: number): void {
    const { cs, links } = this.#context.store;
    for (const { cs: source, attribute } of links.sources(id)) {
      if (attribute === 'member') cs.markLinksDirty(source, true);
      else cs.markDirty(source);
    }
  }

  #joined(mv: number): CsRow | undefined {
    return this.#context.store.cs.ofMetaverse(mv).find(({ connector }) => connector === this.#tenant);
  }

  /** The tenant's object of an anchor, which is there already or is to be made. */
  #provision(mv: number, wanted: { anchor: string; parts: readonly CsRow[] }): CsRow | undefined {
    const { cs } = this.#context.store;
    const { anchor, parts } = wanted;
    // The tenant may know it by its first anchor, from before ms-DS-ConsistencyGuid had a value.
    const former = anchorOfFirst(parts);
    const present = cs.find(this.#tenant, anchor);
    const known =
      present?.live === 1 || former === undefined ? present : (liveOnly(cs.find(this.#tenant, former)) ?? present);
    if (known !== undefined && known.mv !== null && known.mv !== mv) {
      this.#fail(parts, 'anchor-not-unique', `another object has its source anchor ${known.key}`);
      return undefined;
    }
    const target = known ?? cs.ensure(this.#tenant, anchor);
    cs.link(target.id, mv);
    // Everything that the tenant's group has as members is found anew.
    for (const part of parts) {
      this.markReferrers(part.id);
      if (part.type === 'group') cs.markLinksDirty(part.id, true);
    }
    this.#report.count(known?.live === 1 ? 'joinsOfTenantObjects' : 'provisions');
    return { ...target, mv };
  }

  #want(
    target: CsRow,
    wanted: { desired: Record<string, readonly string[]>; type: string; source: string; parts: readonly CsRow[] },
  ): void {
    const { exports, cs } = this.#context.store;
    const { desired, type, source, parts } = wanted;
    const attributes = formatAttributes(desired);
    if (target.live === 1 && target.attributes === attributes && target.source === source) {
      exports.remove(target.id);
      return;
    }
    if (target.live === 0) cs.describe(target.id, { type, source, dn: nameOf(parts) });
    else if (target.source !== source) cs.describe(target.id, { type, source, dn: target.dn });
    const changed = target.live === 1 ? differingAttributes(parseAttributes(target.attributes), desired) : [];
    const reason =
      target.live === 0 ? `${nameOf(parts)} is in scope` : `${changed.join(', ') || 'its source'} of ${nameOf(parts)}`;
    exports.put(target.id, target.live === 1 ? 'update' : 'add', attributes, reason);
  }

  #remove(target: CsRow, reason: string): void {
    const { exports, cs, mv, links } = this.#context.store;
    const pending = exports.get(target.id);
    // Members of it, and its memberships, go with it.
    exports.clearMembers(target.id);
    if (target.mv !== null && mv.get(target.mv) !== undefined) {
      for (const part of cs.ofMetaverse(target.mv)) if (part.connector !== this.#tenant) this.markReferrers(part.id);
    }
    if (target.live === 0 && pending?.sent !== 1) {
      exports.remove(target.id);
      links.clearAll(target.id);
      cs.link(target.id, null);
      return;
    }
    if (pending?.operation === 'delete') return;
    exports.put(target.id, 'delete', '{}', reason);
    cs.link(target.id, null);
  }

  /** Anchors in the tenant of what the object refers to, by precedence; what is not there yet comes when it is. */
  #referenceKeys(merged: MergedObject, sources: readonly MergedRow[], target: string): string[] {
    const { cs, links } = this.#context.store;
    for (const { part: from, source } of merged.references.find((one) => one.target === target)?.sources ?? []) {
      const row = sources.find(({ merge }) => merge === from)?.part;
      if (row === undefined) continue;
      const keys = links.targets(row.id, source as ReferenceAttribute).flatMap((id) => {
        const mv = cs.get(id)?.mv ?? null;
        const joined = mv === null ? undefined : this.#joined(mv);
        return joined === undefined ? [] : [joined.key];
      });
      if (keys.length > 0) return keys;
    }
    return [];
  }

  #fail(parts: readonly CsRow[], code: string, message: string): void {
    for (const part of parts) this.#context.store.cs.fail(part.id, message);
    this.#report.fail({ dn: nameOf(parts), code, message });
  }
}

function nameOf(parts: readonly CsRow[]): string {
  return parts[0]?.dn ?? 'an object';
}

function liveOnly(row: CsRow | undefined): CsRow | undefined {
  return row?.live === 1 ? row : undefined;
}

/** The anchor by `objectGUID` of the first part that has one. */
function anchorOfFirst(parts: readonly CsRow[]): string | undefined {
  const [first] = parts.filter(({ type }) => type !== 'foreignSecurityPrincipal');
  return first === undefined ? undefined : anchorOfObjectGuid(first.key);
}
