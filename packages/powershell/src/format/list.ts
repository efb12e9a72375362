import { cellText } from './cells.ts';
import type { Rows } from './table.ts';

/** Properties one below the other, an empty line between objects; long values go on in further lines. */
export function renderList({ headings, rows }: Rows, width: number): string {
  const column = Math.max(0, ...headings.map((heading) => heading.length));
  const blocks = rows.map((row) =>
    headings
      .flatMap((heading, index) => {
        const lines = wrapped(cellText(row[index] ?? null), Math.max(10, width - column - 3));
        return lines.map((line, number) =>
          `${(number === 0 ? heading : '').padEnd(column)} ${number === 0 ? ':' : ' '} ${line}`.trimEnd(),
        );
      })
      .map((line) => `${line}\n`)
      .join(''),
  );
  return `\n\n${blocks.join('\n')}\n\n\n`;
}

function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const parts: string[] = [];
    for (let start = 0; start < Math.max(1, line.length); start += width) parts.push(line.slice(start, start + width));
    return parts;
  });
}
