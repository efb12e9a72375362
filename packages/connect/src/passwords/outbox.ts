/**
 * Delivers one batch after the other, in order, one at a time, while the caller prepares the next.
 *
 * At most one batch is under way and one in preparation, whatever the size of the domain.
 */
export class Outbox {
  #underWay: Promise<void> = Promise.resolve();

  /** Begins a delivery as soon as the one before has succeeded; rejects when that one has failed. */
  async push(deliver: () => Promise<void>): Promise<void> {
    await this.#underWay;
    this.#underWay = deliver();
    // Its failure is told by the next push or by drain; until then nobody is listening.
    this.#underWay.catch(() => undefined);
  }

  /** Resolves when everything has been delivered; rejects when something was not. */
  async drain(): Promise<void> {
    await this.#underWay;
  }

  /** Resolves when nothing is under way any more, whatever became of it. */
  async settle(): Promise<void> {
    await this.#underWay.catch(() => undefined);
  }
}
