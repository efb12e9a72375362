import type { KerberosErrorCode } from '../errors.ts';

/** What one number of a KRB-ERROR means, and what to do. */
export interface ErrorMeaning {
  /** As it is registered: `KDC_ERR_PREAUTH_FAILED`. */
  readonly name: string;
  readonly code: KerberosErrorCode;
  readonly cause: string;
  readonly nextStep: string;
}

type Row = readonly [number: number, name: string, cause: string, nextStep: string, code?: KerberosErrorCode];

const restart = 'Try again; when it stays, look into the log of the KDC for this time.';
const bug = 'Keep the time and the message, and look into the log of the KDC: one of both sides breaks the protocol.';
const certificate =
  'Check the certificates of the account and of the domain controllers; this client uses none of its own.';
const postdated = 'Check the clocks of this host and of the domain controller.';

/** @see RFC 4120 §7.5.9; RFC 4556 §3.1.3; RFC 6113 §5.1, §5.4; [MS-KILE] (2.2.1) */
const rows: readonly Row[] = [
  [0, 'KDC_ERR_NONE', 'no error', bug],
  [
    1,
    'KDC_ERR_NAME_EXP',
    'the account has expired',
    'Extend the account, or let another one sign in.',
    'ERR_KRB5_CLIENT_REVOKED',
  ],
  [2, 'KDC_ERR_SERVICE_EXP', "the service's account has expired", "Extend the service's account."],
  [
    3,
    'KDC_ERR_BAD_PVNO',
    'the KDC does not speak Kerberos 5',
    'Check that the address is that of a domain controller.',
  ],
  [4, 'KDC_ERR_C_OLD_MAST_KVNO', "the client's key is encrypted with an old master key", restart],
  [5, 'KDC_ERR_S_OLD_MAST_KVNO', "the service's key is encrypted with an old master key", restart],
  [
    6,
    'KDC_ERR_C_PRINCIPAL_UNKNOWN',
    'no account has this name',
    'Check name and realm of the account; with a UPN, that its suffix belongs to the forest.',
    'ERR_KRB5_CLIENT_UNKNOWN',
  ],
  [
    7,
    'KDC_ERR_S_PRINCIPAL_UNKNOWN',
    'no account has this service principal name',
    'Use the full DNS name of the host, not an alias or an address; look with `setspn -Q` whether an account has the name.',
    'ERR_KRB5_SERVICE_UNKNOWN',
  ],
  [
    8,
    'KDC_ERR_PRINCIPAL_NOT_UNIQUE',
    'several accounts have this name',
    'Find them with `setspn -X` and take the name from all but one.',
  ],
  [9, 'KDC_ERR_NULL_KEY', 'the account has no key', 'Set the password of the account anew.'],
  [10, 'KDC_ERR_CANNOT_POSTDATE', 'a ticket for later was asked for', postdated],
  [11, 'KDC_ERR_NEVER_VALID', 'the ticket would end before it starts', postdated],
  [
    12,
    'KDC_ERR_POLICY',
    'a policy of the domain forbids it',
    'Check logon hours, logon workstations and authentication policies of the account.',
    'ERR_KRB5_POLICY',
  ],
  [
    13,
    'KDC_ERR_BADOPTION',
    'the KDC does not grant what was asked for',
    'Check whether the account may be delegated and is in Protected Users.',
  ],
  [
    14,
    'KDC_ERR_ETYPE_NOSUPP',
    'no encryption type in common',
    'Let the account have AES keys: allow AES in msDS-SupportedEncryptionTypes and set its password anew. Allow RC4 only where nothing else is left.',
    'ERR_KRB5_ETYPE_NOT_SUPPORTED',
  ],
  [
    15,
    'KDC_ERR_SUMTYPE_NOSUPP',
    'the checksum type is not supported',
    'Let the account have AES keys.',
    'ERR_KRB5_ETYPE_NOT_SUPPORTED',
  ],
  [
    16,
    'KDC_ERR_PADATA_TYPE_NOSUPP',
    'the KDC takes no pre-authentication that this client has',
    'Check whether the account must use a smart card.',
    'ERR_KRB5_PREAUTH_UNSUPPORTED',
  ],
  [17, 'KDC_ERR_TRTYPE_NOSUPP', 'the kind of transit is not supported', bug],
  [
    18,
    'KDC_ERR_CLIENT_REVOKED',
    'the account is disabled, locked out or may not sign in now',
    'Look at the account in the directory: enable it, unlock it, or correct its logon hours.',
    'ERR_KRB5_CLIENT_REVOKED',
  ],
  [19, 'KDC_ERR_SERVICE_REVOKED', "the service's account is disabled", "Enable the service's account."],
  [
    20,
    'KDC_ERR_TGT_REVOKED',
    'the ticket-granting ticket was revoked',
    'Sign in again: the password of the account or of krbtgt was changed.',
    'ERR_KRB5_TICKET_EXPIRED',
  ],
  [
    21,
    'KDC_ERR_CLIENT_NOTYET',
    'the account is not valid yet',
    'Try later, and compare the clocks.',
    'ERR_KRB5_CLIENT_REVOKED',
  ],
  [22, 'KDC_ERR_SERVICE_NOTYET', "the service's account is not valid yet", 'Try later, and compare the clocks.'],
  [
    23,
    'KDC_ERR_KEY_EXPIRED',
    'the password has expired or must be changed',
    'Set a new password; let the password of a service account never expire, or use a gMSA.',
    'ERR_KRB5_KEY_EXPIRED',
  ],
  [
    24,
    'KDC_ERR_PREAUTH_FAILED',
    'the password or key is wrong',
    "Check the account's password; with a keytab, export it again, since each new password makes it useless.",
    'ERR_KRB5_PREAUTH_FAILED',
  ],
  [
    25,
    'KDC_ERR_PREAUTH_REQUIRED',
    'the KDC wants a pre-authentication that this client does not have',
    'Check whether the account must use a smart card.',
    'ERR_KRB5_PREAUTH_UNSUPPORTED',
  ],
  [26, 'KDC_ERR_SERVER_NOMATCH', 'the ticket is for another service', bug],
  [
    27,
    'KDC_ERR_MUST_USE_USER2USER',
    'the service has no key that tickets could be made for',
    'Give the service principal name to an account that a service runs under.',
  ],
  [
    28,
    'KDC_ERR_PATH_NOT_ACCEPTED',
    'the way through the realms is not accepted',
    'Check the trusts between the realms.',
  ],
  [
    29,
    'KDC_ERR_SVC_UNAVAILABLE',
    'the KDC cannot answer now',
    'Check the domain controller: its database or its link to a writable one may be down.',
  ],
  [
    31,
    'KRB_AP_ERR_BAD_INTEGRITY',
    'a ticket or a message cannot be decrypted',
    'Sign in again. When it stays, the keys of this account differ between domain controllers: check replication.',
    'ERR_KRB5_INTEGRITY',
  ],
  [
    32,
    'KRB_AP_ERR_TKT_EXPIRED',
    'the ticket has expired',
    'Sign in again, and compare the clocks.',
    'ERR_KRB5_TICKET_EXPIRED',
  ],
  [33, 'KRB_AP_ERR_TKT_NYV', 'the ticket is not valid yet', postdated, 'ERR_KRB5_SKEW'],
  [34, 'KRB_AP_ERR_REPEAT', 'the request was seen before', restart],
  [
    35,
    'KRB_AP_ERR_NOT_US',
    'the ticket is for another service',
    'Check that the DNS name leads to the host whose account has the service principal name.',
    'ERR_KRB5_SERVICE_KEY',
  ],
  [36, 'KRB_AP_ERR_BADMATCH', 'ticket and authenticator are of different clients', bug],
  [
    37,
    'KRB_AP_ERR_SKEW',
    'the clocks differ too much',
    'Let this host and the domain controllers take their time from the same source.',
    'ERR_KRB5_SKEW',
  ],
  [38, 'KRB_AP_ERR_BADADDR', 'the ticket is bound to another address', 'Use tickets without addresses.'],
  [39, 'KRB_AP_ERR_BADVERSION', 'the protocol version is not supported', bug],
  [40, 'KRB_AP_ERR_MSG_TYPE', 'the message is of another type', bug],
  [
    41,
    'KRB_AP_ERR_MODIFIED',
    'the service cannot decrypt the ticket',
    'The service has another password than its account: look with `setspn -Q` which account has the name, and whether the DNS name leads to the right host.',
    'ERR_KRB5_SERVICE_KEY',
  ],
  [42, 'KRB_AP_ERR_BADORDER', 'messages came out of order', bug],
  [
    44,
    'KRB_AP_ERR_BADKEYVER',
    'the service does not have this version of its key',
    'Export the keytab of the service again, or let domain controllers replicate.',
    'ERR_KRB5_SERVICE_KEY',
  ],
  [
    45,
    'KRB_AP_ERR_NOKEY',
    'the service does not have this key',
    'Export the keytab of the service again.',
    'ERR_KRB5_SERVICE_KEY',
  ],
  [46, 'KRB_AP_ERR_MUT_FAIL', 'mutual authentication failed', bug],
  [47, 'KRB_AP_ERR_BADDIRECTION', 'a message came back to its sender', bug],
  [48, 'KRB_AP_ERR_METHOD', 'another way to sign in is needed', bug],
  [49, 'KRB_AP_ERR_BADSEQ', 'a sequence number is wrong', bug],
  [50, 'KRB_AP_ERR_INAPP_CKSUM', 'the checksum type does not fit', bug],
  [
    51,
    'KRB_AP_PATH_NOT_ACCEPTED',
    'the way through the realms is not accepted',
    'Check the trusts between the realms.',
  ],
  [
    52,
    'KRB_ERR_RESPONSE_TOO_BIG',
    'the answer does not fit a datagram',
    'Let the firewall pass TCP port 88 to the domain controllers.',
  ],
  [60, 'KRB_ERR_GENERIC', 'the KDC failed', 'Look into the log of the domain controller for this time.'],
  [61, 'KRB_ERR_FIELD_TOOLONG', 'the request is too long for the KDC', bug],
  [62, 'KDC_ERR_CLIENT_NOT_TRUSTED', "the client's certificate is not trusted", certificate],
  [63, 'KDC_ERR_KDC_NOT_TRUSTED', "the KDC's certificate is not trusted", certificate],
  [64, 'KDC_ERR_INVALID_SIG', 'a signature is wrong', certificate],
  [65, 'KDC_ERR_KEY_TOO_WEAK', 'a key is too weak', certificate],
  [66, 'KDC_ERR_CERTIFICATE_MISMATCH', 'the certificate is of another account', certificate],
  [67, 'KRB_AP_ERR_NO_TGT', 'the service has no ticket-granting ticket', bug],
  [
    68,
    'KDC_ERR_WRONG_REALM',
    'the account is in another realm',
    'Configure the realm of the account, or let this host reach its KDCs.',
    'ERR_KRB5_WRONG_REALM',
  ],
  [
    69,
    'KRB_AP_ERR_USER_TO_USER_REQUIRED',
    'the service has no key that tickets could be made for',
    'Give the service principal name to an account that a service runs under.',
  ],
  [70, 'KDC_ERR_CANT_VERIFY_CERTIFICATE', 'a certificate cannot be verified', certificate],
  [71, 'KDC_ERR_INVALID_CERTIFICATE', 'a certificate is not valid', certificate],
  [72, 'KDC_ERR_REVOKED_CERTIFICATE', 'a certificate was revoked', certificate],
  [73, 'KDC_ERR_REVOCATION_STATUS_UNKNOWN', 'whether a certificate was revoked is not known', certificate],
  [74, 'KDC_ERR_REVOCATION_STATUS_UNAVAILABLE', 'whether a certificate was revoked cannot be found out', certificate],
  [75, 'KDC_ERR_CLIENT_NAME_MISMATCH', 'the certificate has another name', certificate],
  [76, 'KDC_ERR_KDC_NAME_MISMATCH', "the KDC's certificate has another name", certificate],
  [77, 'KDC_ERR_INCONSISTENT_KEY_PURPOSE', 'the certificate may not be used to sign in', certificate],
  [78, 'KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED', 'the digest of a certificate is not accepted', certificate],
  [79, 'KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED', 'a checksum is missing', certificate],
  [80, 'KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED', 'the digest of a signature is not accepted', certificate],
  [81, 'KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED', 'encryption to a certificate is not supported', certificate],
  [90, 'KDC_ERR_PREAUTH_EXPIRED', 'the sign-in took too long', restart],
  [
    91,
    'KDC_ERR_MORE_PREAUTH_DATA_REQUIRED',
    'the KDC wants more steps than this client has',
    'Check whether the account must use a second factor.',
    'ERR_KRB5_PREAUTH_UNSUPPORTED',
  ],
  [
    92,
    'KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET',
    'the KDC wants a pre-authentication that this client does not have',
    'Check whether the account must use a second factor.',
    'ERR_KRB5_PREAUTH_UNSUPPORTED',
  ],
  [93, 'KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS', 'the KDC does not know an option of FAST', bug],
];

const meanings = new Map(
  rows.map(([number, name, cause, nextStep, code = 'ERR_KRB5_KDC']) => [number, { name, cause, nextStep, code }]),
);

/** The meaning of a number; of an unknown one what can be said of all. */
export function errorMeaning(number: number): ErrorMeaning {
  const unknown = {
    name: `error ${number}`,
    code: 'ERR_KRB5_KDC',
    cause: 'an error without a name',
    nextStep: restart,
  } as const;
  return meanings.get(number) ?? unknown;
}
