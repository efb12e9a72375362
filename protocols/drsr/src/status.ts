import type { DrsErrorCode } from './errors.ts';

/** What a Windows error code of a replication call means here. */
export interface ReplicationStatus {
  readonly name: string;
  readonly code: DrsErrorCode;
  /** The cause, as the second half of a sentence. */
  readonly cause: string;
  readonly nextStep: string;
}

/** A kind of failure: what its statuses have in common. */
type Kind = Omit<ReplicationStatus, 'name'>;

const grantRights: Kind = {
  code: 'ERR_DRSR_ACCESS_DENIED',
  cause: 'the account may not read what was asked for',
  nextStep:
    'Grant the account the rights "Replicating Directory Changes" and "Replicating Directory Changes All" on the root of ' +
    'the naming context, for users the domain (DS-Replication-Get-Changes 1131f6aa-9c07-11d1-f79f-00c04fc2dcd2 and DS-Replication-Get-Changes-All ' +
    '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2); no other right is needed.',
};
const keepSecrets: Kind = {
  code: 'ERR_DRSR_SECRETS_DENIED',
  cause: 'the password replication policy does not let it send the secrets of the object there',
  nextStep:
    'Allow the object in the password replication policy of the read-only domain controller (msDS-RevealOnDemandGroup, ' +
    'msDS-NeverRevealGroup), or read with an account that has the two replication rights.',
};
const wrongNamingContext: Kind = {
  code: 'ERR_DRSR_NAMING_CONTEXT',
  cause: 'this domain controller does not hold the naming context or object by that name and GUID',
  nextStep:
    'Check that host is a domain controller of the domain whose naming context is read, and ask it for the GUID again.',
};
const rejected: Kind = {
  code: 'ERR_DRSR_REJECTED',
  cause: 'the domain controller does not accept the request in this form',
  nextStep: 'Look in the directory service log of the domain controller, and report this with its version.',
};
const overloaded: Kind = {
  code: 'ERR_DRSR_BUSY',
  cause: 'the domain controller is too busy or short of memory',
  nextStep: 'Repeat after a pause; when it lasts, ask for fewer objects a page or choose another domain controller.',
};
const interrupted: Kind = {
  code: 'ERR_DRSR_BUSY',
  cause: 'the domain controller broke the call off, because it had something more important to do',
  nextStep: 'Repeat after a pause, from the last cursor; when it lasts, choose another domain controller.',
};
const failed: Kind = {
  code: 'ERR_DRSR_SOURCE_FAILED',
  cause: 'the domain controller failed inside',
  nextStep: 'Look in the directory service log of the domain controller; check its database, or choose another one.',
};
const disabled: Kind = {
  code: 'ERR_DRSR_SOURCE_DISABLED',
  cause: 'outbound replication is switched off on the domain controller',
  nextStep:
    'Switch it on again (repadmin /options NAME -DISABLE_OUTBOUND_REPL; samba-tool drs options NAME ' +
    '--dsa-option=-DISABLE_OUTBOUND_REPL), or choose another domain controller.',
};
const disabledInbound: Kind = {
  ...disabled,
  cause: 'inbound replication is switched off on the domain controller',
  nextStep: disabled.nextStep.replaceAll('OUTBOUND', 'INBOUND'),
};
const epoch: Kind = {
  code: 'ERR_DRSR_EPOCH',
  cause: 'the replication epoch of the domain controller changed, as it does when a domain is renamed',
  nextStep: 'Connect again, which takes over the new epoch; check that the domain was not renamed.',
};
const sessionLost: Kind = {
  code: 'ERR_DRSR_SESSION',
  cause: 'the domain controller no longer knows this session',
  nextStep: 'Connect again and read on from the last cursor.',
};
const unreachable: Kind = {
  code: 'ERR_DRSR_UNREACHABLE',
  cause: 'the domain controller, or another one that it needs for the answer, cannot be reached',
  nextStep:
    'Check that it runs, its name in DNS and the firewall (port 135 and the dynamic ports), or choose another one.',
};
const outOfDate: Kind = {
  code: 'ERR_DRSR_OUT_OF_DATE',
  cause: 'the domain controller has not replicated with the others for longer than deleted objects are remembered',
  nextStep:
    'Read from another domain controller; on this one see repadmin /showrepl or samba-tool drs showrepl, and remove ' +
    'lingering objects.',
};
const unprotected: Kind = {
  code: 'ERR_DRSR_REJECTED',
  cause: 'the connection is not protected as the domain controller demands',
  nextStep: 'Connect with packet privacy (sign and seal), and with Kerberos where NTLM is refused.',
};
const unknownReference: Kind = {
  code: 'ERR_DRSR_REFERENCE',
  cause: 'something refers to an object that is not there (yet)',
  nextStep:
    'Read the naming context with `ancestorsFirst` and `linkTargets`; then such an object comes before it is needed.',
};
const unknownName: Kind = {
  code: 'ERR_DRSR_NAME',
  cause: 'the name does not lead to exactly one object or domain',
  nextStep: 'Check the name and the format that it is said to have.',
};

/** Number, name, kind and, where it is more exact than the kind's, the cause. */
type Row = readonly [status: number, name: string, kind: Kind, cause?: string];

const rows: readonly Row[] = [
  [5, 'ERROR_ACCESS_DENIED', grantRights],
  [6, 'ERROR_INVALID_HANDLE', sessionLost],
  [8, 'ERROR_NOT_ENOUGH_MEMORY', overloaded],
  [14, 'ERROR_OUTOFMEMORY', overloaded],
  [50, 'ERROR_NOT_SUPPORTED', rejected],
  [87, 'ERROR_INVALID_PARAMETER', rejected],
  [112, 'ERROR_DISK_FULL', failed, 'a disk of the domain controller is full'],
  [122, 'ERROR_INSUFFICIENT_BUFFER', failed],
  [170, 'ERROR_BUSY', overloaded],
  [1168, 'ERROR_NOT_FOUND', wrongNamingContext],
  [1212, 'ERROR_INVALID_DOMAINNAME', unknownName],
  [1223, 'ERROR_CANCELLED', interrupted],
  [1244, 'ERROR_NOT_AUTHENTICATED', unprotected],
  [1305, 'ERROR_UNKNOWN_REVISION', rejected],
  [1306, 'ERROR_REVISION_MISMATCH', rejected],
  [1354, 'ERROR_INVALID_DOMAIN_ROLE', rejected],
  [1355, 'ERROR_NO_SUCH_DOMAIN', unknownName, 'there is no domain by that name'],
  [1359, 'ERROR_INTERNAL_ERROR', failed],
  [1397, 'ERROR_MUTUAL_AUTH_FAILED', unprotected, 'the two sides could not prove to each other who they are'],
  [1450, 'ERROR_NO_SYSTEM_RESOURCES', overloaded],
  [1460, 'ERROR_TIMEOUT', overloaded, 'the domain controller took too long'],
  [1722, 'RPC_S_SERVER_UNAVAILABLE', unreachable],
  [1723, 'RPC_S_SERVER_TOO_BUSY', overloaded],
  [1726, 'RPC_S_CALL_FAILED', unreachable, 'the connection broke in the middle of a call'],
  [1727, 'RPC_S_CALL_FAILED_DNE', unreachable, 'the connection broke before the call was made'],
  [1728, 'RPC_S_PROTOCOL_ERROR', rejected],
  [1753, 'EPT_S_NOT_REGISTERED', unreachable, 'its directory service has not started yet'],
  [1764, 'RPC_S_CANNOT_SUPPORT', rejected],
  [1825, 'RPC_S_SEC_PKG_ERROR', unprotected, 'signing in failed on the domain controller'],
  [8206, 'ERROR_DS_BUSY', overloaded],
  [8207, 'ERROR_DS_UNAVAILABLE', unreachable, 'the directory service is not available'],
  [8224, 'ERROR_DS_OPERATIONS_ERROR', failed],
  [8232, 'ERROR_DS_STRONG_AUTH_REQUIRED', unprotected],
  [8235, 'ERROR_DS_REFERRAL', wrongNamingContext],
  [8237, 'ERROR_DS_CONFIDENTIALITY_REQUIRED', unprotected],
  [8240, 'ERROR_DS_NO_SUCH_OBJECT', wrongNamingContext],
  [8242, 'ERROR_DS_INVALID_DN_SYNTAX', wrongNamingContext],
  [8245, 'ERROR_DS_UNWILLING_TO_PERFORM', rejected],
  [8250, 'ERROR_DS_SERVER_DOWN', unreachable],
  [8251, 'ERROR_DS_LOCAL_ERROR', failed],
  [8256, 'ERROR_DS_NOT_SUPPORTED', rejected],
  [8304, 'ERROR_DS_MAX_OBJ_SIZE_EXCEEDED', failed],
  [8308, 'ERROR_DS_NO_REQUESTED_ATTS_FOUND', wrongNamingContext],
  [8329, 'ERROR_DS_NO_PARENT_OBJECT', unknownReference],
  [8333, 'ERROR_DS_OBJ_NOT_FOUND', wrongNamingContext],
  [8341, 'ERROR_DS_GENERIC_ERROR', failed],
  [8344, 'ERROR_DS_INSUFF_ACCESS_RIGHTS', grantRights],
  [8350, 'ERROR_DS_NAME_UNPARSEABLE', unknownName],
  [8357, 'ERROR_DS_NCNAME_MUST_BE_NC', wrongNamingContext],
  [8363, 'ERROR_DS_NO_CROSSREF_FOR_NC', wrongNamingContext],
  [8364, 'ERROR_DS_SHUTTING_DOWN', interrupted, 'the domain controller is shutting down'],
  [8409, 'ERROR_DS_DATABASE_ERROR', failed, 'the database of the domain controller failed'],
  [8413, 'ERROR_DS_SECURITY_CHECKING_ERROR', failed],
  [8414, 'ERROR_DS_SCHEMA_NOT_LOADED', failed],
  [8417, 'ERROR_DS_GCVERIFY_ERROR', unreachable, 'no global catalog is available'],
  [8418, 'ERROR_DS_DRA_SCHEMA_MISMATCH', rejected, 'the domain controller and its client differ in the schema'],
  [
    8419,
    'ERROR_DS_CANT_FIND_DSA_OBJ',
    rejected,
    'the domain controller does not know the one on whose behalf is asked',
  ],
  [8420, 'ERROR_DS_CANT_FIND_EXPECTED_NC', wrongNamingContext],
  [8421, 'ERROR_DS_CANT_FIND_NC_IN_CACHE', wrongNamingContext],
  [8430, 'ERROR_DS_INTERNAL_FAILURE', failed],
  [8431, 'ERROR_DS_UNKNOWN_ERROR', failed],
  [8436, 'ERROR_DS_DRA_GENERIC', failed],
  [8437, 'ERROR_DS_DRA_INVALID_PARAMETER', rejected],
  [8438, 'ERROR_DS_DRA_BUSY', overloaded],
  [8439, 'ERROR_DS_DRA_BAD_DN', wrongNamingContext],
  [8440, 'ERROR_DS_DRA_BAD_NC', wrongNamingContext],
  [8441, 'ERROR_DS_DRA_DN_EXISTS', rejected],
  [8442, 'ERROR_DS_DRA_INTERNAL_ERROR', failed],
  [8443, 'ERROR_DS_DRA_INCONSISTENT_DIT', failed, 'the database of the domain controller contradicts itself'],
  [8444, 'ERROR_DS_DRA_CONNECTION_FAILED', unreachable],
  [8445, 'ERROR_DS_DRA_BAD_INSTANCE_TYPE', wrongNamingContext],
  [8446, 'ERROR_DS_DRA_OUT_OF_MEM', overloaded],
  [8447, 'ERROR_DS_DRA_MAIL_PROBLEM', rejected],
  [8448, 'ERROR_DS_DRA_REF_ALREADY_EXISTS', rejected],
  [8449, 'ERROR_DS_DRA_REF_NOT_FOUND', rejected],
  [8450, 'ERROR_DS_DRA_OBJ_IS_REP_SOURCE', wrongNamingContext],
  [8451, 'ERROR_DS_DRA_DB_ERROR', failed, 'the database of the domain controller failed'],
  [8452, 'ERROR_DS_DRA_NO_REPLICA', wrongNamingContext],
  [8453, 'ERROR_DS_DRA_ACCESS_DENIED', grantRights],
  [8454, 'ERROR_DS_DRA_NOT_SUPPORTED', rejected],
  [8455, 'ERROR_DS_DRA_RPC_CANCELLED', interrupted, 'the call was cancelled'],
  [8456, 'ERROR_DS_DRA_SOURCE_DISABLED', disabled],
  [8457, 'ERROR_DS_DRA_SINK_DISABLED', disabledInbound],
  [8458, 'ERROR_DS_DRA_NAME_COLLISION', failed],
  [8459, 'ERROR_DS_DRA_SOURCE_REINSTALLED', outOfDate, 'the domain controller was installed anew'],
  [8460, 'ERROR_DS_DRA_MISSING_PARENT', unknownReference, 'an object came before the one above it'],
  [8461, 'ERROR_DS_DRA_PREEMPTED', interrupted],
  [8462, 'ERROR_DS_DRA_ABANDON_SYNC', interrupted],
  [8463, 'ERROR_DS_DRA_SHUTDOWN', interrupted, 'the domain controller is shutting down'],
  [
    8464,
    'ERROR_DS_DRA_INCOMPATIBLE_PARTIAL_SET',
    rejected,
    'it holds only some attributes and not all that were asked for',
  ],
  [8465, 'ERROR_DS_DRA_SOURCE_IS_PARTIAL_REPLICA', wrongNamingContext],
  [8466, 'ERROR_DS_DRA_EXTN_CONNECTION_FAILED', unreachable],
  [8467, 'ERROR_DS_INSTALL_SCHEMA_MISMATCH', rejected],
  [8469, 'ERROR_DS_NAME_ERROR_RESOLVING', unknownName],
  [8470, 'ERROR_DS_NAME_ERROR_NOT_FOUND', unknownName],
  [8471, 'ERROR_DS_NAME_ERROR_NOT_UNIQUE', unknownName],
  [8472, 'ERROR_DS_NAME_ERROR_NO_MAPPING', unknownName],
  [8473, 'ERROR_DS_NAME_ERROR_DOMAIN_ONLY', unknownName],
  [8477, 'ERROR_DS_DRA_REPL_PENDING', interrupted, 'the call waits for its turn'],
  [8524, 'ERROR_DS_DNS_LOOKUP_FAILURE', unreachable, 'a name was not found in DNS'],
  [8533, 'ERROR_DS_NO_PKT_PRIVACY_ON_CONNECTION', unprotected],
  [8542, 'ERROR_DS_DRA_SCHEMA_INFO_SHIP', failed],
  [8543, 'ERROR_DS_DRA_SCHEMA_CONFLICT', failed, 'the schemas of two domain controllers do not go together'],
  [8544, 'ERROR_DS_DRA_EARLIER_SCHEMA_CONFLICT', failed, 'the schemas of two domain controllers did not go together'],
  [8545, 'ERROR_DS_DRA_OBJ_NC_MISMATCH', interrupted, 'an object is on its way from one domain to another'],
  [8547, 'ERROR_DS_GC_REQUIRED', wrongNamingContext, 'only a global catalog holds that'],
  [8573, 'ERROR_DS_OUT_OF_VERSION_STORE', overloaded],
  [8583, 'ERROR_DS_NAME_ERROR_TRUST_REFERRAL', unknownName, 'the name belongs to another forest'],
  [8593, 'ERROR_DS_DIFFERENT_REPL_EPOCHS', epoch],
  [
    8594,
    'ERROR_DS_DRS_EXTENSIONS_CHANGED',
    sessionLost,
    'the abilities of the domain controller changed since the bind',
  ],
  [8599, 'ERROR_DS_AUTHORIZATION_FAILED', grantRights],
  [8606, 'ERROR_DS_INSUFFICIENT_ATTR_TO_CREATE_OBJECT', outOfDate, 'it holds an object that was deleted long ago'],
  [8610, 'ERROR_DS_ROLE_NOT_VERIFIED', interrupted, 'the domain controller has not replicated since it started'],
  [8612, 'ERROR_DS_DOMAIN_RENAME_IN_PROGRESS', epoch, 'the domain is being renamed'],
  [8614, 'ERROR_DS_REPL_LIFETIME_EXCEEDED', outOfDate],
  [8617, 'ERROR_DS_DRA_OUT_SCHEDULE_WINDOW', interrupted],
  [8622, 'ERROR_DS_NO_SERVER_OBJECT', failed, 'the domain controller has lost its own server object'],
  [8623, 'ERROR_DS_NO_NTDSA_OBJECT', failed, 'the domain controller has lost its own settings'],
  [8630, 'ERROR_DS_DRA_SECRETS_DENIED', keepSecrets], // winerror.h; [MS-ERREF] lacks it
  [8639, 'ERROR_DS_DRA_RECYCLED_TARGET', unknownReference, 'a link leads to an object that was deleted'],
];

const known: ReadonlyMap<number, ReplicationStatus> = new Map(
  rows.map(([status, name, kind, cause = kind.cause]) => [status, { ...kind, name, cause }]),
);

/** Every status that has a name here. */
export const knownStatuses: readonly number[] = rows.map(([status]) => status);

/** Name, cause and cure of a Windows error code that a replication call gave. @see [MS-ERREF] Win32 Error Codes (2.2) */
export function describeStatus(status: number): ReplicationStatus {
  return (
    known.get(status) ?? { ...failed, name: `0x${status.toString(16).padStart(8, '0')}`, cause: 'the call failed' }
  );
}
