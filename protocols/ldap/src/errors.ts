export type LdapErrorCode =
  /** There is no connection, or none any more; `cause` is Node's error where there is one. */
  | 'ERR_LDAP_CONNECTION'
  /** The server was silent for too long; the connection is closed. */
  | 'ERR_LDAP_TIMEOUT'
  /** The connection ended while an answer was awaited, or before the request. */
  | 'ERR_LDAP_CLOSED'
  /** What the server sent breaks the protocol; the connection is closed. */
  | 'ERR_LDAP_PROTOCOL'
  /** A length is larger than what this side takes; the connection is closed. */
  | 'ERR_LDAP_TOO_LARGE'
  /** The account's name, password or state; {@link LdapBindError.reason} says which. */
  | 'ERR_LDAP_CREDENTIALS'
  /** The server takes no sign-in without protection, or not over this kind of connection. */
  | 'ERR_LDAP_PROTECTION_REQUIRED'
  /** The server does not know the SASL mechanism, or does not protect with it. */
  | 'ERR_LDAP_MECHANISM'
  | 'ERR_LDAP_NO_SUCH_OBJECT'
  | 'ERR_LDAP_ACCESS_DENIED'
  /** The server says that it should be tried again. */
  | 'ERR_LDAP_BUSY'
  /** The server does not offer a control that was asked for. */
  | 'ERR_LDAP_CONTROL'
  /** The answer would have been larger, or have taken longer, than the server allows; what came of it was dropped. */
  | 'ERR_LDAP_LIMIT'
  /** Another server holds what was asked for; it is not asked. */
  | 'ERR_LDAP_REFERRAL'
  /** The search filter breaks its syntax; nothing was sent. */
  | 'ERR_LDAP_FILTER'
  /** Every other result; {@link LdapResultError.resultCode} has its number. */
  | 'ERR_LDAP_RESULT';

interface LdapErrorDetails {
  readonly code: LdapErrorCode;
  readonly message: string;
  readonly nextStep: string;
  readonly cause?: unknown;
}

/**
 * The base of every error of this package: `message` names what failed, `nextStep` says what to do about it.
 * Neither ever holds a password, a key or bytes of a message.
 */
export class LdapError extends Error {
  /** Stable and unique. */
  readonly code: LdapErrorCode;
  readonly nextStep: string;

  constructor(details: LdapErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}

/** The server answered a request with a result other than success. @see RFC 4511 §4.1.9 */
export class LdapResultError extends LdapError {
  /** Number of the result, for example 32 for noSuchObject. */
  readonly resultCode: number;
  /** The server's own sentence; Active Directory's begins with a hexadecimal Win32 error. */
  readonly diagnostic: string;

  constructor(details: LdapErrorDetails & { resultCode: number; diagnostic: string }) {
    super(details);
    this.resultCode = details.resultCode;
    this.diagnostic = details.diagnostic;
  }
}

/** Why Active Directory refuses an account. */
export type BindRefusal =
  | 'no-such-account'
  | 'wrong-password'
  | 'sign-in-restricted'
  | 'password-expired'
  | 'account-disabled'
  | 'account-expired'
  | 'password-must-change'
  | 'locked-out'
  | 'channel-binding'
  | 'unknown';

/** The server refuses a sign-in. */
export class LdapBindError extends LdapResultError {
  readonly reason: BindRefusal;

  constructor(details: ConstructorParameters<typeof LdapResultError>[0] & { reason: BindRefusal }) {
    super(details);
    this.reason = details.reason;
  }
}

/** What a server sent breaks the protocol. `where` names the server, `problem` what is wrong. */
export function protocolError(where: string, problem: string, cause?: unknown): LdapError {
  return new LdapError({
    code: 'ERR_LDAP_PROTOCOL',
    message: `${where} ${problem}`,
    nextStep: 'Check that the port is that of LDAP, and that no device between alters traffic; then connect again.',
    cause,
  });
}

/** The connection ended though an answer was awaited. */
export function closedError(where: string): LdapError {
  return new LdapError({
    code: 'ERR_LDAP_CLOSED',
    message: `${where} closed the connection`,
    nextStep: 'Connect again; when it happens again, look into the event log of the domain controller.',
  });
}

/** The connection was ended by its user. */
export function closedHereError(where: string): LdapError {
  return new LdapError({
    code: 'ERR_LDAP_CLOSED',
    message: `the connection to ${where} was closed on this side`,
    nextStep: 'Open another one.',
  });
}

/** The server was silent for too long. */
export function timeoutError(where: string, waitedFor: string, timeoutMs: number): LdapError {
  return new LdapError({
    code: 'ERR_LDAP_TIMEOUT',
    message: `${where} was silent for ${timeoutMs} ms when ${waitedFor}`,
    nextStep: 'Check that the domain controller is up and not overloaded, and that no firewall drops the packets.',
  });
}

/** A failure of the network or of TLS; errors of this package stay as they are. */
export function connectionError(where: string, cause: unknown): LdapError {
  if (cause instanceof LdapError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LdapError({
    code: 'ERR_LDAP_CONNECTION',
    message: `the connection to ${where} failed: ${reason}`,
    nextStep:
      'Check that the domain controller runs, that this host may reach it, and that its certificate is trusted.',
    cause,
  });
}
