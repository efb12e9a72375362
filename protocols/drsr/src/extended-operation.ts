import type { Guid } from '@ad-protocols/wire';
import { DrsError, DrsStatusError } from './errors.ts';

/** @see [MS-DRSR] EXOP_REQ Codes (4.1.10.2.22) */
export const extendedOperations = { none: 0, replicateObject: 6, replicateSecrets: 7 } as const;

/** EXOP_ERR_SUCCESS. */
export const EXTENDED_SUCCESS = 1;

/** @see [MS-DRSR] EXOP_ERR Codes (4.1.10.2.21) */
const resultNames: readonly string[] = [
  'no result',
  'EXOP_ERR_SUCCESS',
  'EXOP_ERR_UNKNOWN_OP',
  'EXOP_ERR_FSMO_NOT_OWNER',
  'EXOP_ERR_UPDATE_ERR',
  'EXOP_ERR_EXCEPTION',
  'EXOP_ERR_UNKNOWN_CALLER',
  'EXOP_ERR_RID_ALLOC',
  'EXOP_ERR_FSMO_OWNER_DELETED',
  'EXOP_ERR_FSMO_PENDING_OP',
  'EXOP_ERR_MISMATCH',
  'EXOP_ERR_COULDNT_CONTACT',
  'EXOP_ERR_FSMO_REFUSING_ROLES',
  'EXOP_ERR_DIR_ERROR',
  'EXOP_ERR_FSMO_MISSING_SETTINGS',
  'EXOP_ERR_ACCESS_DENIED',
  'EXOP_ERR_PARAM_ERR',
];

/** The error for a single object that was not replicated, with the EXOP_ERR code that says why. */
export function extendedOperationError(result: number, objectGuid: Guid): DrsError {
  const name = resultNames[result] ?? 'EXOP_ERR';
  return new DrsError({
    code: 'ERR_DRSR_EXTENDED_OPERATION',
    message: `the domain controller did not replicate the single object ${objectGuid}: ${name} (${result})`,
    nextStep:
      'Read the changes of the whole domain instead, or read from another domain controller. For EXOP_ERR_UNKNOWN_CALLER, ' +
      'check `destinationDsa`: it has to be the objectGUID of the NTDS settings of a domain controller.',
  });
}

/** Statuses for an object that is not there: those for a naming context that is not held here are others. */
const objectMissing: ReadonlySet<number> = new Set([
  8240, // ERROR_DS_NO_SUCH_OBJECT
  8333, // ERROR_DS_OBJ_NOT_FOUND
  8420, // ERROR_DS_CANT_FIND_EXPECTED_NC
  8439, // ERROR_DS_DRA_BAD_DN
  8440, // ERROR_DS_DRA_BAD_NC
]);

/** Whether an extended operation failed because there is no such object. @see [MS-DRSR] IDL_DRSGetNCChanges (4.1.10.5) */
export function saysObjectIsMissing(error: unknown): boolean {
  return error instanceof DrsStatusError && objectMissing.has(error.status);
}

/**
 * The error for secrets that the domain controller keeps to itself: it said so, or said "success" and sent no object.
 *
 * @param cause the status with which it said so.
 * @see [MS-DRSR] ProcessFsmoRoleRequest (4.1.10.5.12), RevealSecretsForUserAllowed (4.1.10.5.15)
 */
export function secretsDenied(objectGuid: Guid, cause?: DrsStatusError): DrsError {
  const how = cause === undefined ? 'it sent no object' : `${cause.statusName} (${cause.status})`;
  return new DrsError({
    code: 'ERR_DRSR_SECRETS_DENIED',
    message: `the domain controller does not reveal the secrets of ${objectGuid} to this account as to a read-only domain controller: ${how}`,
    nextStep:
      'With the two replication rights, use `replicateObject`, which gives the same secrets. Else sign in with the account of a ' +
      'read-only domain controller, give the objectGUID of its NTDS settings as `destinationDsa`, and allow it the object in its ' +
      'password replication policy (msDS-RevealOnDemandGroup, msDS-NeverRevealGroup).',
    ...(cause === undefined ? {} : { cause }),
  });
}
