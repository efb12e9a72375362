import { Presets, SingleBar } from 'cli-progress';

/** One step of long work, as services report it. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number | undefined;
}

/**
 * A progress bar on standard error while there is work and standard error is a terminal; nothing otherwise.
 *
 * The bar appears with the first unfinished step and goes away when its stage is complete, so a quiet service shows none.
 */
export function progressBar(): (progress: Progress) => void {
  if (!process.stderr.isTTY) return () => undefined;
  let bar: SingleBar | undefined;
  let shown: string | undefined;
  return ({ stage, done, total }) => {
    const end = total ?? done;
    if (bar !== undefined && (shown !== stage || done >= end)) {
      bar.update(done);
      bar.stop();
      bar = undefined;
    }
    if (done >= end) return;
    if (bar === undefined) {
      shown = stage;
      bar = new SingleBar(
        { stream: process.stderr, format: `${stage} {bar} {percentage}% | {value}/{total} | {eta_formatted} left` },
        Presets.shades_classic,
      );
      bar.start(end, done);
    }
    bar.setTotal(end);
    bar.update(done);
  };
}
