import type { DrsErrorCode } from './errors.ts';

/** What a Windows error code of a replication call means here. */
export interface ReplicationStatus {
  readonly name: string;
  readonly code: DrsErrorCode;
  /** The cause, as the second half of a sentence. */
  readonly cause: string;
  readonly nextStep: string;
}

const grantRights: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_ACCESS_DENIED',
  cause: 'the account may not read what was asked for',
  nextStep:
    'Grant the account the rights "Replicating Directory Changes" and "Replicating Directory Changes All" on the root of ' +
    'the domain (DS-Replication-Get-Changes 1131f6aa-9c07-11d1-f79f-00c04fc2dcd2 and DS-Replication-Get-Changes-All ' +
    '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2); no other right is needed.',
};
const wrongNamingContext: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_NAMING_CONTEXT',
  cause: 'this domain controller does not hold the naming context or object by that name and GUID',
  nextStep:
    'Check that host is a domain controller of the domain whose naming context is read, and ask it for the GUID again.',
};
const rejected: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_REJECTED',
  cause: 'the domain controller does not accept the request in this form',
  nextStep: 'Look in the directory service log of the domain controller, and report this with its version.',
};
const overloaded: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_BUSY',
  cause: 'the domain controller is too busy or short of memory',
  nextStep: 'Repeat after a pause; when it lasts, ask for fewer objects a page or choose another domain controller.',
};
const failed: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_SOURCE_FAILED',
  cause: 'the domain controller failed inside',
  nextStep: 'Look in the directory service log of the domain controller; check its database, or choose another one.',
};
const disabled: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_SOURCE_DISABLED',
  cause: 'outbound replication is switched off on the domain controller',
  nextStep:
    'Switch it on again (repadmin /options NAME -DISABLE_OUTBOUND_REPL; samba-tool drs options NAME ' +
    '--dsa-option=-DISABLE_OUTBOUND_REPL), or choose another domain controller.',
};
const epoch: Omit<ReplicationStatus, 'name'> = {
  code: 'ERR_DRSR_EPOCH',
  cause: 'the replication epoch of the domain controller changed, as it does when a domain is renamed',
  nextStep: 'Connect again, which takes over the new epoch; check that the domain was not renamed.',
};

const known = new Map<number, ReplicationStatus>([
  [5, { ...grantRights, name: 'ERROR_ACCESS_DENIED' }],
  [8, { ...overloaded, name: 'ERROR_NOT_ENOUGH_MEMORY' }],
  [14, { ...overloaded, name: 'ERROR_OUTOFMEMORY' }],
  [87, { ...rejected, name: 'ERROR_INVALID_PARAMETER' }],
  [170, { ...overloaded, name: 'ERROR_BUSY' }],
  [1306, { ...rejected, name: 'ERROR_REVISION_MISMATCH' }],
  [1450, { ...overloaded, name: 'ERROR_NO_SYSTEM_RESOURCES' }],
  [1723, { ...overloaded, name: 'RPC_S_SERVER_TOO_BUSY' }],
  [8333, { ...wrongNamingContext, name: 'ERROR_DS_OBJ_NOT_FOUND' }],
  [8418, { ...rejected, name: 'ERROR_DS_DRA_SCHEMA_MISMATCH' }],
  [8420, { ...wrongNamingContext, name: 'ERROR_DS_CANT_FIND_EXPECTED_NC' }],
  [8437, { ...rejected, name: 'ERROR_DS_DRA_INVALID_PARAMETER' }],
  [8438, { ...overloaded, name: 'ERROR_DS_DRA_BUSY' }],
  [8439, { ...wrongNamingContext, name: 'ERROR_DS_DRA_BAD_DN' }],
  [8440, { ...wrongNamingContext, name: 'ERROR_DS_DRA_BAD_NC' }],
  [8442, { ...failed, name: 'ERROR_DS_DRA_INTERNAL_ERROR' }],
  [8443, { ...failed, name: 'ERROR_DS_DRA_INCONSISTENT_DIT' }],
  [8446, { ...overloaded, name: 'ERROR_DS_DRA_OUT_OF_MEM' }],
  [8451, { ...failed, name: 'ERROR_DS_DRA_DB_ERROR' }],
  [8452, { ...wrongNamingContext, name: 'ERROR_DS_DRA_NO_REPLICA' }],
  [8453, { ...grantRights, name: 'ERROR_DS_DRA_ACCESS_DENIED' }],
  [8454, { ...rejected, name: 'ERROR_DS_DRA_NOT_SUPPORTED' }],
  [8456, { ...disabled, name: 'ERROR_DS_DRA_SOURCE_DISABLED' }],
  [8457, { ...disabled, name: 'ERROR_DS_DRA_SINK_DISABLED' }],
  [8464, { ...rejected, name: 'ERROR_DS_DRA_INCOMPATIBLE_PARTIAL_SET' }],
  [8465, { ...wrongNamingContext, name: 'ERROR_DS_DRA_SOURCE_IS_PARTIAL_REPLICA' }],
  [8593, { ...epoch, name: 'ERROR_DS_DIFFERENT_REPL_EPOCHS' }],
  [8594, { ...epoch, name: 'ERROR_DS_DRS_EXTENSIONS_CHANGED', cause: 'its capabilities changed since the bind' }],
]);

/** Name, cause and cure of a Windows error code that a replication call gave. @see [MS-ERREF] Win32 Error Codes (2.2) */
export function describeStatus(status: number): ReplicationStatus {
  return (
    known.get(status) ?? { ...failed, name: `0x${status.toString(16).padStart(8, '0')}`, cause: 'the call failed' }
  );
}
