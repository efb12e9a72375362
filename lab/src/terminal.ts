import type { OnProgress } from './progress.ts';

/** Shows progress on standard error: one line that changes on a terminal, a line a step elsewhere. */
export function showProgress(wanted: boolean): { show: OnProgress; end: () => void } {
  const terminal = process.stderr.isTTY;
  let last = '';
  return {
    show: ({ step, fraction }) => {
      if (!wanted) return;
      const percent = fraction === undefined ? '' : ` ${Math.floor(fraction * 100)} %`;
      if (terminal) process.stderr.write(`\r\u001B[K${step}${percent}`);
      else if (step !== last) process.stderr.write(`${step}\n`);
      last = step;
    },
    end: () => {
      if (terminal && last !== '') process.stderr.write('\r\u001B[K');
      last = '';
    },
  };
}
