/** One measurement beside its yardstick, both from the same run. */
export interface Row {
  /** What was measured, in words. */
  readonly measure: string;
  /** Causeway's figure, with its unit. */
  readonly causeway: string;
  /** What it is compared with, and its figure. */
  readonly yardstick: string;
  /** Causeway's figure divided by the yardstick's; undefined where they are of different kinds. */
  readonly ratio?: number;
  /** Undefined where the figure is there to be known only. */
  readonly target?: { readonly text: string; readonly reached: boolean };
}

const head = ['measured', 'Causeway', 'yardstick', 'ratio', 'target', 'reached'];

/** The rows as a Markdown table, in columns of even width. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ measure, causeway, yardstick, ratio, target }) => [
    measure,
    causeway,
    yardstick,
    ratio === undefined ? '' : ratio.toPrecision(3),
    target?.text ?? '',
    target === undefined ? '' : target.reached ? 'yes' : 'NO',
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.map(line)].join('\n');
}
