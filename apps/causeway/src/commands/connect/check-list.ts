import type { CheckOutcome, CheckResult } from '@causeway/connect/setup';

const marks: Readonly<Record<CheckOutcome['kind'], string>> = { ok: '✔', warning: '!', failed: '✖', skipped: '–' };

/** A check as one line of a list, with what to do about it below. */
export function formatResult({ title, outcome, tookMs }: CheckResult): string {
  const line = `${marks[outcome.kind]} ${title}`;
  switch (outcome.kind) {
    case 'ok':
      return `${line}: ${outcome.detail} (${tookMs} ms)`;
    case 'skipped':
      return `${line}: not tested, ${outcome.because}`;
    case 'warning':
    case 'failed':
      return `${line} (${tookMs} ms)\n${indent(outcome.message)}\n${indent(`next step: ${outcome.nextStep}`)}`;
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** How many checks came out how, in one line. */
export function formatCounts(results: readonly CheckResult[]): string {
  const count = (kind: CheckOutcome['kind']): number => results.filter(({ outcome }) => outcome.kind === kind).length;
  return `${count('ok')} good, ${count('warning')} to look at, ${count('failed')} failed, ${count('skipped')} not tested`;
}
