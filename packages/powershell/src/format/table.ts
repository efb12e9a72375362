import type { PsValue } from '../values/value.ts';
import { cellText } from './cells.ts';

/** Narrowest column, so that a cut text still shows something. */
const MIN_WIDTH = 5;

/** Properties with their values for each object. */
export interface Rows {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly PsValue[])[];
}

/**
 * A table as Windows PowerShell prints it: headings over dashes, columns as wide as they need, numbers to the right, what does not
 * fit the width cut with `...`, columns that do not fit at all left out.
 */
export function renderTable({ headings, rows }: Rows, width: number, withHeadings = true): string {
  if (headings.length === 0) return '';
  const texts = rows.map((row) => headings.map((_, column) => oneLine(cellText(row[column] ?? null))));
  const natural = headings.map((heading, column) =>
    texts.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), Math.max(1, heading.length)),
  );
  const widths = fitted(natural, width);
  const rightAligned = widths.map((_, column) => typeof rows[0]?.[column] === 'number');
  const line = (cells: readonly string[]) =>
    widths
      .map((columns, column) => aligned(cells[column] ?? '', columns, rightAligned[column] === true))
      .join(' ')
      .trimEnd();
  const dashes = headings.map((heading) => '-'.repeat(Math.max(1, heading.length)));
  const head = withHeadings ? [line(headings), line(dashes)] : [];
  return `\n${[...head, ...texts.map(line)].map((text) => `${text}\n`).join('')}\n\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/gu, ' ');
}

/** Widths that fit: the widest columns give way, then the last ones go. */
function fitted(natural: readonly number[], width: number): number[] {
  const widths = natural.map((columns) => Math.min(columns, width));
  const total = () => widths.reduce((sum, columns) => sum + columns, widths.length - 1);
  while (total() > width) {
    const widest = Math.max(...widths);
    const next = Math.max(MIN_WIDTH, ...widths.filter((columns) => columns < widest));
    const count = widths.filter((columns) => columns === widest).length;
    if (widest <= MIN_WIDTH) {
      if (widths.length === 1) break;
      widths.pop();
      continue;
    }
    const target = Math.max(next, widest - Math.ceil((total() - width) / count));
    const shrunk = Math.min(target, widest - 1);
    for (const [column, columns] of widths.entries()) if (columns === widest) widths[column] = shrunk;
  }
  return widths;
}

function aligned(text: string, columns: number, toRight: boolean): string {
  if (text.length <= columns) return toRight ? text.padStart(columns) : text.padEnd(columns);
  if (columns <= 3) return text.slice(0, columns);
  return toRight ? `...${text.slice(3 - columns)}` : `${text.slice(0, columns - 3)}...`;
}
