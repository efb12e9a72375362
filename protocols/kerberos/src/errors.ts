export type KerberosErrorCode =
  /** A checksum or an integrity check is wrong: another key, or damaged on the way. */
  | 'ERR_KRB5_INTEGRITY'
  /** An encryption type that this client does not have. */
  | 'ERR_KRB5_ENCTYPE'
  /** The length of a key, or the parameters it is derived with, are not those of its encryption type. */
  | 'ERR_KRB5_KEY'
  /** The password, or the key, is not the account's. */
  | 'ERR_KRB5_PREAUTH_FAILED'
  /** The KDC wants a proof that this client does not have, a smart card for one. */
  | 'ERR_KRB5_PREAUTH_UNSUPPORTED'
  /** No account has the client's name. */
  | 'ERR_KRB5_CLIENT_UNKNOWN'
  /** The account is disabled, locked out, expired, or may not sign in here or now. */
  | 'ERR_KRB5_CLIENT_REVOKED'
  /** The password has expired or must be changed. */
  | 'ERR_KRB5_KEY_EXPIRED'
  /** Client, KDC and account have no encryption type in common. */
  | 'ERR_KRB5_ETYPE_NOT_SUPPORTED'
  /** The clocks of both sides differ by more than is allowed, also after a correction. */
  | 'ERR_KRB5_SKEW'
  /** No account has the service principal name. */
  | 'ERR_KRB5_SERVICE_UNKNOWN'
  /** A policy of the domain forbids it. */
  | 'ERR_KRB5_POLICY'
  /** A ticket is too old. */
  | 'ERR_KRB5_TICKET_EXPIRED'
  /** The service has another key than the KDC has for it. */
  | 'ERR_KRB5_SERVICE_KEY'
  /** The client's account is in another realm, which cannot be reached from here. */
  | 'ERR_KRB5_WRONG_REALM'
  /** The KDC or the service refused for another reason, which the message names. */
  | 'ERR_KRB5_KDC'
  /** No KDC of the realm answered. */
  | 'ERR_KRB5_KDC_UNREACHABLE'
  /** No KDC of the realm is known. */
  | 'ERR_KRB5_REALM_UNKNOWN'
  /** An answer is not the one to what was asked: another nonce, name or key. */
  | 'ERR_KRB5_REPLY'
  /** The KDCs send the client round in circles, or too far. */
  | 'ERR_KRB5_REFERRAL'
  /** A principal, realm or address in the configuration cannot be right. */
  | 'ERR_KRB5_CONFIGURATION'
  /** A keytab cannot be read, or has no key of the account. */
  | 'ERR_KRB5_KEYTAB'
  /** A ticket cache cannot be read or written, or has no ticket to begin with. */
  | 'ERR_KRB5_CCACHE';

/** Kerberos failed. `message` names what failed, `nextStep` what to do; neither ever holds a secret. */
export class KerberosError<Code extends string = KerberosErrorCode> extends Error {
  /** Stable and unique. */
  readonly code: Code;
  readonly nextStep: string;

  constructor(details: { code: Code; message: string; nextStep: string; cause?: unknown }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}
