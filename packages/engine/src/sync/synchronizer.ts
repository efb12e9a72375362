import type { Attributes, InboundResult, MergedObject, RuleProblem } from '@causeway/sync-rules';
import { formatAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext, RunReport } from '../context.ts';
import type { CsRow } from '../store/cs-row.ts';
import { Evaluator } from './evaluation.ts';
import { findJoin } from './joining.ts';
import { rememberNames } from './scope.ts';
import { TenantFlow, type Part } from './tenant-flow.ts';
import { Touched } from './touched.ts';

/**
 * Applies the rules to single objects: joins or projects them, merges the metaverse object of all its parts, and says what the
 * tenant is to have. Every call is one step that leaves the database consistent; the caller holds a transaction.
 */
export class Synchronizer {
  readonly touched: Touched;
  readonly #context: EngineContext;
  readonly #report: RunReport;
  readonly #evaluator: Evaluator;
  readonly #flow: TenantFlow;
  readonly #keyAttributes: ReadonlySet<string>;

  constructor(context: EngineContext, report: RunReport) {
    this.#context = context;
    this.#report = report;
    this.touched = new Touched(context.store);
    this.#evaluator = new Evaluator(context);
    rememberNames(context, this.#evaluator.names);
    this.#flow = new TenantFlow(context, report, this.touched);
    this.#keyAttributes = new Set(['sourceAnchor', ...context.rules.joinAttributes]);
  }

  /** @throws {CausewayError} ERR_ENGINE_UNIT_UNKNOWN, ERR_ENGINE_GROUP_UNKNOWN: nothing of the forest can be told. */
  requireScope(connector: number): void {
    const problem = this.#evaluator.problemOf(connector);
    if (problem !== undefined) throw problem;
  }

  /** Synchronizes an object of a forest. */
  applySource(row: CsRow): void {
    const { cs, mv } = this.#context.store;
    const result = this.#evaluator.evaluate(row);
    if (result !== undefined && result.problems.length > 0) {
      this.#fail(row, 'sync-rule-error', describeProblems(result.problems));
      return;
    }
    const settled = { passwordSync: result?.passwordSync === true, error: null };
    if (result === undefined || result.linkType === 'none') {
      cs.settle(row.id, { mv: null, ...settled });
      this.#disconnect(row, this.#evaluator.whyOut(row));
      if (row.live === 0) this.#forget(row);
      return;
    }
    if (row.mv !== null) {
      const type = mv.get(row.mv)?.type;
      if (type !== undefined && (result.targetType === undefined || result.targetType === type)) {
        cs.settle(row.id, { mv: row.mv, ...settled });
        if (result.targetType !== undefined) this.recompute(row.mv, { row, result }, '');
        return;
      }
      cs.link(row.id, null);
      this.#disconnect(row, `${row.dn} became a ${result.targetType ?? row.type}`);
    }
    const join = findJoin(this.#context.store, row, result);
    if (join.kind === 'ambiguous') {
      this.#fail(row, 'ambiguous-import-flow-from-multiple-connectors', join.why);
      return;
    }
    if (join.kind === 'one') {
      this.#report.count('joins');
      cs.settle(row.id, { mv: join.mv, ...settled });
      this.touched.addReferrers(row.id);
      if (result.targetType !== undefined) this.recompute(join.mv, { row, result }, '');
      return;
    }
    const isProjected = result.linkType === 'provision' && result.targetType !== undefined;
    const id = isProjected ? mv.add(result.targetType) : null;
    cs.settle(row.id, { mv: id, ...settled });
    if (id === null) return;
    this.#report.count('projections');
    this.#merge({ id, previous: undefined, target: undefined }, [{ row, result }]);
  }

  /** Synchronizes an object of the tenant: joins it to the metaverse object of its anchor; true when there is none. */
  applyTenant(row: CsRow): boolean {
    const { cs, mv, exports, links } = this.#context.store;
    cs.settle(row.id, { mv: row.mv, passwordSync: false, error: null });
    if (row.mv !== null) {
      this.recompute(row.mv, undefined, '');
      return false;
    }
    if (row.live === 0) {
      // Nothing is wanted of it any more, and it is gone.
      exports.remove(row.id);
      if (!links.isReferred(row.id)) cs.forget(row.id);
      return false;
    }
    const hit = mv.find('sourceAnchor', row.key).find((id) => this.#anchorOf(id) === row.key);
    if (hit === undefined) return true;
    this.recompute(hit, undefined, '');
    return false;
  }

  /**
   * Merges a metaverse object anew and lets it flow to the tenant; without a part that keeps it, it goes, and with it the
   * tenant's object. While one of its parts cannot be told, all stays as it was.
   */
  recompute(id: number, known: { row: CsRow; result: InboundResult } | undefined, reason: string): void {
    const { cs, mv } = this.#context.store;
    const object = mv.get(id);
    if (object === undefined) return;
    const joined = cs.ofMetaverse(id);
    const rows = joined.filter(({ connector }) => connector !== this.#flow.tenant);
    const parts = rows.filter(({ connector }) => this.#evaluator.isSource(connector));
    // What is gone has its own turn.
    if (parts.some(({ live }) => live === 0)) return;
    const results = parts.map((row) => ({
      row,
      result: known?.row.id === row.id ? known.result : this.#evaluator.evaluate(row),
    }));
    const undecided = results.filter(({ result }) => result !== undefined && result.problems.length > 0);
    for (const { row, result } of undecided) {
      this.#fail(row, 'sync-rule-error', describeProblems(result?.problems ?? []));
    }
    if (undecided.length > 0) return;
    if (!results.some(({ result }) => result?.linkType === 'provision' || result?.linkType === 'stickyJoin')) {
      // A forest that the configuration names no longer is another agent's by now, or comes back.
      if (parts.length === rows.length) this.#dissolve(id, reason);
      return;
    }
    const previous = object.attributes === '{}' ? undefined : parseAttributes(object.attributes);
    const target = joined.find(({ connector }) => connector === this.#flow.tenant);
    this.#merge({ id, previous, target }, results);
  }

  /** Merges a metaverse object of what the rules say of its parts, and lets it flow to the tenant. */
  #merge(
    object: { id: number; previous: Record<string, string[]> | undefined; target: CsRow | undefined },
    results: readonly { row: CsRow; result: InboundResult | undefined }[],
  ): void {
    const { id, previous, target } = object;
    const present: Part[] = results.flatMap(({ row, result }) =>
      result?.targetType === undefined
        ? []
        : [{ row, merge: { connectorRank: this.#evaluator.rankOf(row.connector), result } }],
    );
    const merged = this.#context.rules.merge(
      present.map(({ merge }) => merge),
      previous,
    );
    if (merged.problems.length > 0) {
      for (const { row } of present) this.#fail(row, 'sync-rule-error', describeProblems(merged.problems));
      return;
    }
    this.#keepMerged(id, previous, merged);
    this.#flow.apply({ mv: id, joined: target }, merged, present);
  }

  /** An object is joined to nothing any more; `row` is as it was before. */
  #disconnect(row: CsRow, reason: string): void {
    if (row.mv === null) return;
    this.#report.count('disconnects');
    this.touched.addReferrers(row.id);
    this.recompute(row.mv, undefined, reason);
  }

  #keepMerged(id: number, previous: Attributes | undefined, merged: MergedObject): void {
    const attributes = formatAttributes(merged.attributes);
    if (previous !== undefined && attributes === formatAttributes(previous)) return;
    const { mv } = this.#context.store;
    mv.update(id, attributes);
    const [before, after] = [this.#keysOf(previous ?? {}), this.#keysOf(merged.attributes)];
    if (JSON.stringify(before) !== JSON.stringify(after)) mv.setKeys(id, after);
  }

  /** The values that a metaverse object is found by. */
  #keysOf(attributes: Attributes): [attribute: string, value: string][] {
    return [...this.#keyAttributes].flatMap((name) =>
      (attributes[name] ?? []).map((value): [string, string] => [name, value]),
    );
  }

  /** Parts that only join, a foreign security principal for example, look for something else to join. */
  #dissolve(id: number, reason: string): void {
    const { cs, mv } = this.#context.store;
    for (const part of cs.ofMetaverse(id)) {
      if (!this.#evaluator.isSource(part.connector)) continue;
      cs.link(part.id, null);
      this.touched.addReferrers(part.id);
      this.touched.add(part.id);
    }
    this.#flow.deprovision(id, reason);
    mv.remove(id);
  }

  #anchorOf(id: number): string | undefined {
    const object = this.#context.store.mv.get(id);
    return object && parseAttributes(object.attributes)['sourceAnchor']?.[0];
  }

  /**
   * An object that is gone loses its memberships, as AD takes them from it without a word. One that never was there is forgotten
   * once nothing refers to it.
   */
  #forget(row: CsRow): void {
    const { cs, links } = this.#context.store;
    if (row.partition !== null) {
      this.touched.addReferrers(row.id);
      links.removeTo(row.id);
    }
    if (!links.isReferred(row.id)) cs.forget(row.id);
  }

  #fail(row: CsRow, code: string, message: string): void {
    this.#context.store.cs.fail(row.id, message);
    this.#report.fail({ dn: row.dn, code, message });
  }
}

function describeProblems(problems: readonly RuleProblem[]): string {
  return problems.map(({ rule, attribute, message }) => `${rule}, ${attribute}: ${message}`).join('; ');
}
