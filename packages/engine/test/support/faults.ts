import BetterSqlite3 from 'better-sqlite3';

/** What the process was doing when it was ended. */
export class Killed extends Error {}

/**
 * Ends the process, as far as anybody can tell, at its effect with a number: from then on every effect fails, until
 * {@link Killer.revive}. Effects are transactions of the engine's database, before and after their commit, single writes, and what
 * sources and directory are asked.
 */
export class Killer {
  /** Effects until now. */
  count = 0;
  at = Number.POSITIVE_INFINITY;
  isDead = false;
  /** What the effect was at which it ended. */
  last = '';

  readonly onEffect = (effect: string): void => {
    this.count += 1;
    if (!this.isDead && this.count === this.at) {
      this.isDead = true;
      this.last = effect;
    }
    if (this.isDead) throw new Killed(effect);
  };

  revive(): void {
    this.isDead = false;
    this.at = Number.POSITIVE_INFINITY;
  }

  /** Makes effects of all transactions and single writes of databases, until the result is called. */
  watchDatabases(): () => void {
    const { prototype } = BetterSqlite3;
    const transaction: BetterSqlite3.Database['transaction'] = Reflect.get(prototype, 'transaction');
    const { onEffect } = this;
    const committed = (result: unknown): unknown => {
      onEffect('database: after the commit');
      return result;
    };
    let depth = 0;
    prototype.transaction = function watched(
      this: BetterSqlite3.Database,
      work: (...parameters: unknown[]) => unknown,
    ) {
      const made = transaction.call(this, (...parameters: unknown[]): unknown => {
        depth += 1;
        try {
          const result = work(...parameters);
          onEffect('database: before the commit');
          return result;
        } finally {
          depth -= 1;
        }
      });
      return Object.assign((...parameters: unknown[]) => committed(made(...parameters)), {
        immediate: (...parameters: unknown[]) => committed(made.immediate(...parameters)),
      });
    } as unknown as typeof transaction;
    const memory = new BetterSqlite3(':memory:');
    const statement = Object.getPrototypeOf(memory.prepare('SELECT 1')) as BetterSqlite3.Statement;
    memory.close();
    const run: BetterSqlite3.Statement['run'] = Reflect.get(statement, 'run');
    statement.run = function watchedRun(this: BetterSqlite3.Statement, ...parameters: unknown[]) {
      if (depth === 0) onEffect('database: before a write');
      const result = run.apply(this, parameters);
      if (depth === 0) onEffect('database: after a write');
      return result;
    };
    return () => {
      prototype.transaction = transaction;
      statement.run = run;
    };
  }
}
