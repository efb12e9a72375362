import { LdapBindError, LdapError, LdapResultError, type BindRefusal } from '@ad-protocols/ldap';
import { CausewayError, type Disposition } from '@causeway/model';
import { isSignInError, signInFailure } from './sign-in-errors.ts';

/** What was being talked to when an operation on a DC failed. */
export interface DcContext {
  readonly host: string;
  readonly port?: number;
  readonly account?: string;
  readonly passwordFile?: string;
}

type Details = { code: string; message: string; nextStep: string; disposition: Disposition };

/** The CausewayError for anything that an LDAP operation on a DC may fail with; one that is a CausewayError stays as it is. */
export function dcFailure(error: unknown, context: DcContext): CausewayError {
  if (error instanceof CausewayError) return error;
  if (error instanceof LdapBindError) return accountRefused(error, context);
  if (isSignInError(error)) return signInFailure(error, context);
  const details =
    error instanceof LdapResultError
      ? refused(error, context)
      : (networkFailure(error, context) ?? broken(error, context));
  return new CausewayError({ ...details, cause: error });
}

/** The service account's name or password is not accepted, whatever the protocol that said so. */
export function accountRefused(error: unknown, context: DcContext): CausewayError {
  const account = context.account ?? 'the service account';
  const reason = refusalReason(error);
  return new CausewayError({
    code: 'ERR_CONNECT_ACCOUNT_REFUSED',
    message: `the domain controller ${context.host} refuses the service account ${account}: ${reason.what}`,
    nextStep: reason.nextStep(account, context.passwordFile ?? 'its password file'),
    disposition: 'halt',
    cause: error,
  });
}

/** The error for a failure of the network or of TLS, told by the error's code; undefined for anything else. */
export function networkFailure(failure: unknown, context: DcContext): Details | undefined {
  const where = context.port === undefined ? context.host : `${context.host} port ${context.port}`;
  const reach = { code: 'ERR_CONNECT_DC_UNREACHABLE', disposition: 'retry' } as const;
  const error = failure instanceof LdapError && failure.code === 'ERR_LDAP_CONNECTION' ? failure.cause : failure;
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        code: 'ERR_CONNECT_DC_NAME',
        message: `the name of the domain controller ${context.host} does not resolve`,
        nextStep: `check connectors.domains.domainControllers, and that this host asks the DNS servers of the forest: getent hosts ${context.host}`,
        disposition: 'retry',
      };
    case 'ECONNREFUSED':
      return {
        ...reach,
        message: `the domain controller at ${where} refuses connections`,
        nextStep: `check that Active Directory Domain Services (or samba) runs on ${context.host} and that no firewall refuses the port`,
      };
    case 'ETIMEDOUT':
    case 'ERR_LDAP_TIMEOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return {
        ...reach,
        message: `the domain controller at ${where} does not answer`,
        nextStep: `check that ${context.host} runs and that this host may reach it`,
      };
    case 'ECONNRESET':
    case 'ERR_LDAP_CLOSED':
    case 'EPIPE':
      return {
        ...reach,
        message: `the domain controller at ${where} closed the connection`,
        nextStep: `none if ${context.host} was restarted; otherwise look into its event log`,
      };
    default:
      return certificateFailure(error, context) ?? tlsFailure(error, context);
  }
}

/** The error for TLS that breaks other than by its certificate, above all because something alters what is sent. */
function tlsFailure(error: unknown, { host }: DcContext): Details | undefined {
  if (!codeOf(error).startsWith('ERR_SSL_')) return undefined;
  const reason = error instanceof Error && 'reason' in error ? String(error.reason) : codeOf(error);
  return {
    code: 'ERR_CONNECT_DC_TLS',
    message: `TLS with the domain controller ${host} broke: ${reason}`,
    nextStep: `check that ${host} speaks TLS 1.2 or 1.3; if it has worked before, look for a device that alters traffic between this host and ${host}`,
    disposition: 'retry',
  };
}

/** The error for a certificate that does not verify; undefined for anything else. */
function certificateFailure(error: unknown, { host }: DcContext): Details | undefined {
  const kind = { code: 'ERR_CONNECT_DC_CERTIFICATE', disposition: 'halt' } as const;
  switch (codeOf(error)) {
    case 'CERT_HAS_EXPIRED':
      return {
        ...kind,
        message: `the certificate of the domain controller ${host} has expired by this host's clock, ${nowText()}`,
        nextStep: `renew the certificate on ${host}; if it has not expired, set this host's clock right`,
      };
    case 'CERT_NOT_YET_VALID':
      return {
        ...kind,
        message: `the certificate of the domain controller ${host} is not valid yet by this host's clock, ${nowText()}`,
        nextStep: `set the clocks of this host and of ${host} by the same time server`,
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        ...kind,
        message: `the certificate of the domain controller is not issued for the name ${host}`,
        nextStep:
          'set connectors.domains.domainControllers to a name that the certificate holds, or issue one for this name',
      };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return {
        ...kind,
        message: `the certificate of the domain controller ${host} is issued by an authority that is not trusted here`,
        nextStep: 'set connectors.ldap.ca to the PEM file of the authority that issued it',
      };
    default:
      return undefined;
  }
}

/** An LDAP result code other than success, except for a refused account. */
function refused(error: LdapResultError, { host, account = 'the service account' }: DcContext): Details {
  if (error.code === 'ERR_LDAP_ACCESS_DENIED') {
    return {
      code: 'ERR_CONNECT_ACCESS_DENIED',
      message: `the domain controller ${host} does not let the service account ${account} read what has changed`,
      nextStep:
        `grant ${account} "Replicating Directory Changes" and "Replicating Directory Changes All" on the root of the domain ` +
        '(1131f6aa-9c07-11d1-f79f-00c04fc2dcd2 and 1131f6ad-9c07-11d1-f79f-00c04fc2dcd2); no other right is needed',
      disposition: 'halt',
    };
  }
  return {
    code: 'ERR_CONNECT_DC_ANSWER',
    message: `the domain controller ${host} answers with LDAP result ${error.resultCode}: ${error.message}`,
    nextStep: `look into the event log of ${host}; if it does not offer StartTLS, give it a certificate or set connectors.ldap.tls to sasl`,
    disposition: 'retry',
  };
}

/** Everything else: a reply that could not be decoded, or a connection lost in the middle of one. */
function broken(error: unknown, { host }: DcContext): Details {
  return {
    code: 'ERR_CONNECT_DC_UNREACHABLE',
    message: `the connection to the domain controller ${host} failed: ${messageOf(error).split('\n').join(' ')}`,
    nextStep: `none if ${host} was restarted; otherwise check the network between, and that connectors.ldap fits the port`,
    disposition: 'retry',
  };
}

/** The authority's file that the configuration names cannot be read. */
export function caFileError(file: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_CA_FILE',
    message: `the certificate authority file ${file} cannot be read: ${messageOf(cause)}`,
    nextStep: 'name a PEM file that the user who runs causeway may read, in connectors.ldap.ca or directory.ca',
    disposition: 'halt',
    cause,
  });
}

interface Refusal {
  readonly what: string;
  readonly nextStep: (account: string, passwordFile: string) => string;
}

/** What AD says of the account; over other protocols than LDAP it says nothing. */
function refusalReason(error: unknown): Refusal {
  const reason: BindRefusal = error instanceof LdapBindError ? error.reason : 'unknown';
  switch (reason) {
    case 'sign-in-restricted':
      return {
        what: 'it may not sign in at this time or from this host',
        nextStep: (account) => `lift the sign-in restrictions of ${account}`,
      };
    case 'password-expired':
      return { what: 'its password has expired', nextStep: changePassword };
    case 'account-disabled':
      return { what: 'it is disabled', nextStep: (account) => `enable the account ${account}` };
    case 'account-expired':
      return { what: 'it has expired', nextStep: (account) => `set a later expiry date for ${account}` };
    case 'password-must-change':
      return { what: 'its password must be changed first', nextStep: changePassword };
    case 'locked-out':
      return {
        what: 'it is locked out',
        nextStep: (account) => `unlock ${account}, and find out who tried wrong passwords`,
      };
    case 'channel-binding':
    case 'no-such-account':
    case 'wrong-password':
    case 'unknown':
      return {
        what: 'wrong name or password',
        nextStep: (account, file) =>
          `check connectors.account.name (${account}), and write the account's present password to ${file}`,
      };
  }
}

function changePassword(account: string, file: string): string {
  return `give ${account} a password that does not expire, and write it to ${file}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nowText(): string {
  return new Date().toISOString();
}
