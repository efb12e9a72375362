import type { PsObject } from '@causeway/powershell';
import { record } from '../objects/values.ts';

/** One thing that was looked at. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; null where there is nothing to do. */
  readonly nextStep: string | null;
}

export function passed(check: string, detail: string): Check {
  return { check, ok: true, detail, nextStep: null };
}

export function failed(check: string, detail: string, nextStep: string): Check {
  return { check, ok: false, detail, nextStep };
}

export function checkObject({ check, ok, detail, nextStep }: Check): PsObject {
  return record(
    'DiagnosticsResult',
    [
      ['Check', check],
      ['Result', ok ? 'Passed' : 'Failed'],
      ['Detail', detail],
      ['NextStep', nextStep],
    ],
    { display: { as: 'list', properties: ['Check', 'Result', 'Detail', 'NextStep'] } },
  );
}
