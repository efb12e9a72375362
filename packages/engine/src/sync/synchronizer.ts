import type { InboundResult, MergedObject, RuleProblem } from '@causeway/sync-rules';
import { formatAttributes, parseAttributes } from '../attributes.ts';
import type { EngineContext, RunReport } from '../context.ts';
import type { CsRow } from '../store/connector-space.ts';
import { Evaluator } from './evaluation.ts';
import { findJoin } from './joining.ts';
import { TenantFlow } from './tenant-flow.ts';

/**
 * Applies the rules to single objects: joins or projects them, merges the metaverse object of all its parts, and says what the
 * tenant is to have. Every call is one step that leaves the database consistent; the caller holds a transaction.
 */
export class Synchronizer {
  readonly #context: EngineContext;
  readonly #report: RunReport;
  readonly #evaluator: Evaluator;
  readonly #flow: TenantFlow;

  /** @throws {CausewayError} ERR_ENGINE_UNIT_UNKNOWN */
  constructor(context: EngineContext, report: RunReport) {
    this.#context = context;
    this.#report = report;
    this.#evaluator = new Evaluator(context);
    this.#flow = new TenantFlow(context, report);
  }

  /** Synchronizes an object of a forest. */
  applySource(row: CsRow): void {
    const { cs } = this.#context.store;
    const result = this.#evaluator.evaluate(row);
    if (result !== undefined && result.problems.length > 0) {
      this.#fail(row, 'sync-rule-error', describeProblems(result.problems));
      return;
    }
    const settled = { passwordSync: result?.passwordSync === true, error: null };
    if (result === undefined || result.linkType === 'none') {
      cs.settle(row.id, { mv: null, ...settled });
      if (row.mv !== null) {
        this.#report.count('disconnects');
        this.recompute(row.mv, undefined, this.#evaluator.whyOut(row, result));
      }
      this.#forgetGone(row);
      return;
    }
    const joinedType = row.mv === null ? undefined : this.#context.store.mv.get(row.mv)?.type;
    if (row.mv !== null && joinedType !== undefined && (result.targetType ?? joinedType) === joinedType) {
      cs.settle(row.id, { mv: row.mv, ...settled });
      this.recompute(row.mv, { row, result }, '');
      return;
    }
    if (row.mv !== null) {
      cs.link(row.id, null);
      this.recompute(row.mv, undefined, `${row.dn} became a ${result.targetType ?? 'nothing'}`);
    }
    const mv = this.#connect(row, result);
    if (mv === 'failed') return;
    cs.settle(row.id, { mv: mv ?? null, ...settled });
    if (mv !== undefined) this.recompute(mv, { row, result }, '');
  }

  /** Synchronizes an object of the tenant: joins it to the metaverse object of its anchor; true when it is an orphan. */
  applyTenant(row: CsRow): boolean {
    const { cs, mv, exports } = this.#context.store;
    cs.settle(row.id, { mv: row.mv, passwordSync: false, error: null });
    if (row.mv !== null) {
      this.recompute(row.mv, undefined, '');
      return false;
    }
    if (row.live === 0) {
      // Nothing is wanted of it any more, and it is gone.
      exports.remove(row.id);
      this.#forgetGone(row);
      return false;
    }
    const hits = mv.find('sourceAnchor', row.key).filter((id) => this.#anchorOf(id) === row.key);
    const [hit] = hits;
    if (hit === undefined) return true;
    this.recompute(hit, undefined, '');
    return false;
  }

  /**
   * Merges a metaverse object anew and lets it flow to the tenant; without a part that keeps it, it goes, and with it the
   * tenant's object.
   */
  recompute(id: number, known: { row: CsRow; result: InboundResult } | undefined, reason: string): void {
    const { cs, mv } = this.#context.store;
    const object = mv.get(id);
    if (object === undefined) return;
    const parts = cs.ofMetaverse(id).filter(({ connector }) => this.#evaluator.isSource(connector));
    const results = parts.map((part) => ({
      part,
      result: known?.row.id === part.id ? known.result : this.#evaluator.evaluate(part),
    }));
    const keeps = results.some(({ result }) => result?.linkType === 'provision' || result?.linkType === 'stickyJoin');
    if (!keeps) {
      this.#dissolve(id, reason);
      return;
    }
    const previous = parseAttributes(object.attributes);
    // A part that cannot be read leaves the object as it was: merging without it would give it somebody else's values.
    const wrong = results.find(({ result }) => result !== undefined && result.problems.length > 0);
    if (wrong?.result !== undefined) {
      this.#fail(wrong.part, 'sync-rule-error', describeProblems(wrong.result.problems));
      return;
    }
    const present = results.flatMap(({ part, result }) =>
      result?.targetType === undefined
        ? []
        : [{ part, merge: { connectorRank: this.#evaluator.rankOf(part.connector), result } }],
    );
    const merged = this.#context.rules.merge(
      present.map(({ merge }) => merge),
      previous,
    );
    if (merged.problems.length > 0) {
      for (const { part } of present) this.#fail(part, 'sync-rule-error', describeProblems(merged.problems));
      return;
    }
    this.#keepMerged(id, object.attributes, merged);
    this.#flow.apply(id, merged, present);
  }

  #connect(row: CsRow, result: InboundResult): number | undefined | 'failed' {
    const join = findJoin(this.#context.store, row, result);
    if (join.kind === 'ambiguous') {
      this.#fail(row, 'ambiguous-import-flow-from-multiple-connectors', join.why);
      return 'failed';
    }
    if (join.kind === 'one') {
      this.#report.count('joins');
      this.#flow.markReferrers(row.id);
      return join.mv;
    }
    if (result.linkType !== 'provision' || result.targetType === undefined) return undefined;
    this.#report.count('projections');
    return this.#context.store.mv.add(result.targetType);
  }

  #keepMerged(id: number, before: string, merged: MergedObject): void {
    const attributes = formatAttributes(merged.attributes);
    if (attributes === before) return;
    const { mv } = this.#context.store;
    mv.update(id, attributes);
    const names = new Set(['sourceAnchor', ...this.#context.rules.joinAttributes]);
    mv.setKeys(
      id,
      [...names].flatMap((name) => (merged.attributes[name] ?? []).map((value): [string, string] => [name, value])),
    );
  }

  /** Parts that only join, a foreign security principal for example, look for something else to join. */
  #dissolve(id: number, reason: string): void {
    const { cs, mv } = this.#context.store;
    for (const part of cs.ofMetaverse(id)) {
      if (!this.#evaluator.isSource(part.connector)) continue;
      cs.link(part.id, null);
      this.#flow.markReferrers(part.id);
      cs.markDirty(part.id);
    }
    this.#flow.deprovision(id, reason);
    mv.remove(id);
  }

  #anchorOf(id: number): string | undefined {
    const object = this.#context.store.mv.get(id);
    return object && parseAttributes(object.attributes)['sourceAnchor']?.[0];
  }

  /** A row that stands for nothing and that nothing refers to. */
  #forgetGone(row: CsRow): void {
    const { cs, links } = this.#context.store;
    if (row.live === 0 && links.sources(row.id).length === 0) cs.forget(row.id);
  }

  #fail(row: CsRow, code: string, message: string): void {
    this.#context.store.cs.fail(row.id, message);
    this.#report.fail({ dn: row.dn, code, message });
  }
}

function describeProblems(problems: readonly RuleProblem[]): string {
  return problems.map(({ rule, attribute, message }) => `${rule}, ${attribute}: ${message}`).join('; ');
}
