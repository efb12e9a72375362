import { SingleBar, Presets } from 'cli-progress';

/** One part of the demo: a headline, then what `work` prints, then how long it took. */
export class Stages {
  #current = 'start';
  #number = 0;

  /** The stage that is under way, to say where a failure happened. */
  get current(): string {
    return this.#current;
  }

  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#current = title;
    this.#number += 1;
    console.log(`\n${this.#number}. ${title}`);
    const started = performance.now();
    const result = await work();
    console.log(`   done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return result;
  }
}

/** A bar on a terminal, and otherwise one line each time another tenth is done. */
export function bar(label: string, total: number): { update(done: number): void; stop(): void } {
  if (process.stdout.isTTY) {
    const single = new SingleBar(
      { stream: process.stdout, format: `   ${label} {bar} {percentage}% | {value}/{total}` },
      Presets.shades_classic,
    );
    single.start(total, 0);
    return single;
  }
  let tenths = -1;
  return {
    update(done) {
      const now = Math.floor((done / total) * 10);
      if (now <= tenths) return;
      tenths = now;
      console.log(`   ${label}: ${done}/${total}`);
    },
    stop: () => undefined,
  };
}

/** Steps of long work one after the other: a bar for each that can be measured, a line for each that cannot. */
export function stepBars(): { update(progress: { step: string; fraction?: number }): void; stop(): void } {
  let current: { step: string; bar?: ReturnType<typeof bar> } | undefined;
  return {
    update({ step, fraction }) {
      if (current?.step !== step) {
        current?.bar?.stop();
        current = fraction === undefined ? { step } : { step, bar: bar(step, 100) };
        if (fraction === undefined) console.log(`   ${step}`);
      }
      if (fraction !== undefined) current.bar?.update(Math.round(fraction * 100));
    },
    stop() {
      current?.bar?.stop();
    },
  };
}

/** Rows under a head, in columns as wide as needed. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
