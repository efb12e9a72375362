import { LdapBindError, LdapResultError, type BindRefusal, type LdapErrorCode } from './errors.ts';
import type { LdapResult } from './responses.ts';

/** Result codes used here. @see RFC 4511 Appendix A */
export const resultCodes = {
  success: 0,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  authMethodNotSupported: 7,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  saslBindInProgress: 14,
  noSuchObject: 32,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
} as const;

interface Kind {
  readonly code: LdapErrorCode;
  readonly what: string;
  readonly nextStep: string;
}

const protectionRequired: Kind = {
  code: 'ERR_LDAP_PROTECTION_REQUIRED',
  what: 'takes no sign-in without protection',
  nextStep: 'Sign in over TLS, or by SASL with sign and seal.',
};
const busy: Kind = {
  code: 'ERR_LDAP_BUSY',
  what: 'is too busy to answer',
  nextStep: 'Ask again after a pause.',
};

const limit: Kind = {
  code: 'ERR_LDAP_LIMIT',
  what: 'has come to a limit of its own before the answer was whole',
  nextStep: 'Ask in pages, or for less at a time; the limits are in the query policy of the domain controller.',
};

const kinds = new Map<number, Kind>([
  [
    resultCodes.authMethodNotSupported,
    {
      code: 'ERR_LDAP_MECHANISM',
      what: 'does not take this kind of sign-in',
      nextStep: 'Read supportedSASLMechanisms of the rootDSE for those that it takes.',
    },
  ],
  [resultCodes.strongerAuthRequired, protectionRequired],
  [resultCodes.confidentialityRequired, protectionRequired],
  [
    resultCodes.unavailableCriticalExtension,
    {
      code: 'ERR_LDAP_CONTROL',
      what: 'does not offer a control that the request needs',
      nextStep: 'Read supportedControl of the rootDSE; it must be a domain controller, and the base a naming context.',
    },
  ],
  [
    resultCodes.noSuchObject,
    {
      code: 'ERR_LDAP_NO_SUCH_OBJECT',
      what: 'knows no such object',
      nextStep: 'Check the distinguished name, and that the account may see the object.',
    },
  ],
  [
    resultCodes.insufficientAccessRights,
    {
      code: 'ERR_LDAP_ACCESS_DENIED',
      what: 'denies access',
      nextStep: 'Give the account the right that the request needs; DirSync needs "Replicating Directory Changes".',
    },
  ],
  [
    resultCodes.referral,
    {
      code: 'ERR_LDAP_REFERRAL',
      what: 'does not hold that part of the directory',
      nextStep: 'Ask a domain controller of the domain that the base belongs to, or a global catalog.',
    },
  ],
  [resultCodes.timeLimitExceeded, limit],
  [resultCodes.sizeLimitExceeded, limit],
  [resultCodes.adminLimitExceeded, limit],
  [resultCodes.busy, busy],
  [resultCodes.unavailable, busy],
]);

const other: Kind = {
  code: 'ERR_LDAP_RESULT',
  what: 'refuses the request',
  nextStep: 'The sentence of the server says why; its event log may say more.',
};

/** The error for a result other than success. `where` names the server. */
export function resultError(where: string, result: LdapResult): LdapResultError {
  const kind = kinds.get(result.code) ?? other;
  return new LdapResultError({
    code: kind.code,
    message: `${where} ${kind.what}: LDAP result ${result.code}${sentence(result)}`,
    nextStep: kind.nextStep,
    resultCode: result.code,
    diagnostic: result.diagnostic,
  });
}

/** The hexadecimal `data` of AD's bind errors: a Win32 error, or a status of the security package. */
const refusals = new Map<number, { reason: BindRefusal; what: string; nextStep: string }>([
  [0x525, { reason: 'no-such-account', what: 'there is no such account', nextStep: 'Check the name and its domain.' }],
  [0x52e, { reason: 'wrong-password', what: 'wrong name or password', nextStep: 'Check the name and the password.' }],
  [
    0x530,
    {
      reason: 'sign-in-restricted',
      what: 'it may not sign in at this time',
      nextStep: 'Lift the sign-in hours of the account.',
    },
  ],
  [
    0x531,
    {
      reason: 'sign-in-restricted',
      what: 'it may not sign in from this host',
      nextStep: 'Lift the sign-in restrictions of the account.',
    },
  ],
  [0x532, { reason: 'password-expired', what: 'its password has expired', nextStep: 'Change the password.' }],
  [0x533, { reason: 'account-disabled', what: 'it is disabled', nextStep: 'Enable the account.' }],
  [0x701, { reason: 'account-expired', what: 'it has expired', nextStep: 'Set a later expiry date for the account.' }],
  [
    0x773,
    { reason: 'password-must-change', what: 'its password must be changed first', nextStep: 'Change the password.' },
  ],
  [
    0x775,
    {
      reason: 'locked-out',
      what: 'it is locked out',
      nextStep: 'Unlock the account, and find out who tried wrong passwords.',
    },
  ],
  [
    0x8009_0346,
    {
      reason: 'channel-binding',
      what: 'the sign-in is not bound to the TLS channel, which its policy wants',
      nextStep: 'Sign in by SASL with sign and seal on the port without TLS.',
    },
  ],
]);

/**
 * The error for a refused sign-in: for invalidCredentials with the cause that AD hides in its diagnostic message.
 *
 * @see [MS-ADTS] (3.1.1.3.4.5 LDAP SASL Mechanisms, 5.1.1.1.1 Simple Authentication); [MS-ERREF] Win32 Error Codes (2.2)
 */
export function bindError(where: string, account: string, result: LdapResult): LdapResultError {
  if (result.code !== resultCodes.invalidCredentials && result.code !== resultCodes.inappropriateAuthentication) {
    return resultError(where, result);
  }
  const data = /\bdata ([0-9a-f]{1,8})\b/i.exec(result.diagnostic)?.[1];
  const known = data === undefined ? undefined : refusals.get(Number.parseInt(data, 16));
  return new LdapBindError({
    code: 'ERR_LDAP_CREDENTIALS',
    message: `${where} refuses the account ${account}: ${known?.what ?? `its name or password is wrong${sentence(result)}`}`,
    nextStep: known?.nextStep ?? 'Check the name and the password, then the event log of the domain controller.',
    resultCode: result.code,
    diagnostic: result.diagnostic,
    reason: known?.reason ?? 'unknown',
  });
}

/** The server's sentence in one line, shortened: it comes from outside. */
function sentence({ diagnostic }: LdapResult): string {
  const text = diagnostic.replaceAll(/[\s\0]+/g, ' ').trim();
  return text === '' ? '' : `: ${text.slice(0, 300)}`;
}
