import type { Store } from '../store/store.ts';

/** Objects that have to be looked at again in the same run, because what they refer to, or are joined to, has changed. */
export class Touched {
  readonly #store: Store;
  #ids = new Set<number>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** An object itself. */
  add(id: number): void {
    this.#store.cs.markDirty(id);
    this.#ids.add(id);
  }

  /** What refers to an object: what it stands for in the tenant has changed. Groups have their members compared. */
  addReferrers(id: number): void {
    const { links } = this.#store;
    links.markGroupsOf(id);
    for (const referrer of links.referrers(id)) this.add(referrer);
  }

  /** All until now; from now on others are gathered. */
  take(): number[] {
    const ids = [...this.#ids];
    this.#ids = new Set();
    return ids;
  }
}
