import { Presets, SingleBar } from 'cli-progress';

/** What a benchmark is doing, on standard error: the table alone goes to standard output. */
export class Progress {
  #bar:
    | { readonly label: string; readonly total: number; readonly bar: SingleBar | undefined; fifths: number }
    | undefined;

  /** Says what begins. */
  step(text: string): void {
    this.end();
    console.error(`${clock()} ${text}`);
  }

  /** How much of something is done: a bar on a terminal, and otherwise a line each time another fifth is done. */
  update(label: string, done: number, total: number): void {
    if (this.#bar?.label !== label || this.#bar.total !== total) {
      this.end();
      this.#bar = { label, total, bar: process.stderr.isTTY ? startBar(label, total) : undefined, fifths: 0 };
    }
    const fifthsDone = Math.floor((done / total) * 5);
    if (this.#bar.bar !== undefined) this.#bar.bar.update(Math.min(done, total));
    else if (fifthsDone > this.#bar.fifths) console.error(`${clock()}   ${label}: ${done}/${total}`);
    this.#bar.fifths = fifthsDone;
  }

  /** Takes away the bar. */
  end(): void {
    this.#bar?.bar?.stop();
    this.#bar = undefined;
  }
}

function clock(): string {
  return new Date().toISOString().slice(11, 19);
}

function startBar(label: string, total: number): SingleBar {
  const format = `           ${label} {bar} {percentage}% | {value}/{total}`;
  const bar = new SingleBar({ stream: process.stderr, format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}
