import type { Run } from '@causeway/control';
import { formatRows, formatSeconds, formatTable, printable } from '../text.ts';

/** Runs as a table, a line each. */
export function formatRuns(runs: readonly Run[]): string {
  if (runs.length === 0) return 'nothing has run yet';
  return formatTable(
    ['id', 'started', 'took', 'connector', 'profile', 'result', 'counts'],
    runs.map((run) => [
      String(run.id),
      run.startedAt,
      formatTook(run),
      run.connector,
      run.runProfile,
      run.result,
      formatCounts(run),
    ]),
  );
}

/** One run with its errors. */
export function formatRun(run: Run): string {
  return [
    formatRows([
      ['run', String(run.id)],
      ['connector', run.connector],
      ['profile', run.runProfile],
      ['result', run.result],
      ['started', run.startedAt],
      ['took', formatTook(run)],
      ['counts', formatCounts(run)],
    ]),
    ...run.errors.map(({ dn, code, message }) => `! ${printable(dn)}\n    ${code}: ${printable(message)}`),
  ].join('\n');
}

/** Whether a run came to its end without anything that an administrator has to see to. */
export function succeeded({ result }: Run): boolean {
  return result === 'success';
}

function formatTook({ startedAt, endedAt }: Run): string {
  return endedAt === null ? '' : formatSeconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000);
}

function formatCounts({ counts }: Run): string {
  const named = Object.entries(counts).filter(([, count]) => count > 0);
  return named.length === 0 ? 'nothing' : named.map(([name, count]) => `${count} ${name}`).join(', ');
}
