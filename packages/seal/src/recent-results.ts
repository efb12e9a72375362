/** Keeps the few results that were used last, by key; a result that fails is not kept. */
export class RecentResults<Result> {
  readonly #limit: number;
  readonly #results = new Map<string, Promise<Result>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many are kept. */
  get size(): number {
    return this.#results.size;
  }

  /** The result for a key: kept, on its way, or made now. */
  get(key: string, make: () => Promise<Result>): Promise<Result> {
    const result = this.#results.get(key) ?? make();
    // A map keeps the order of insertion: what was used last moves to the end.
    this.#results.delete(key);
    this.#results.set(key, result);
    const [oldest] = this.#results.keys();
    if (this.#results.size > this.#limit && oldest !== undefined) this.#results.delete(oldest);
    result.catch(() => {
      if (this.#results.get(key) === result) this.#results.delete(key);
    });
    return result;
  }
}
