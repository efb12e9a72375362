import type { Guid } from '@ad-protocols/wire';
import { DrsError } from './errors.ts';

/** @see [MS-DRSR] EXOP_ERR Codes (4.1.10.2.21) */
export const extendedResults = { success: 1 } as const;

/** The error for a single object that was not replicated. */
export function extendedOperationError(result: number, objectGuid: Guid): DrsError {
  return new DrsError({
    code: 'ERR_DRSR_EXTENDED_OPERATION',
    message: `the domain controller did not replicate the single object ${objectGuid} (EXOP_ERR ${result})`,
    nextStep: 'Read the changes of the whole domain instead, or read from another domain controller.',
  });
}
