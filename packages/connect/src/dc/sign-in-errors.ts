import { SecurityError } from '@ad-protocols/gss';
import { KerberosError, type KerberosErrorCode } from '@ad-protocols/kerberos';
import { NtlmError } from '@ad-protocols/ntlm';
import { CausewayError, type Disposition } from '@causeway/model';

type SignInError = KerberosError | NtlmError | SecurityError;

/** Codes that say something of the account: to try again without a change would count towards its lock-out. */
const ofTheAccount: ReadonlySet<string> = new Set<KerberosErrorCode>([
  'ERR_KRB5_PREAUTH_FAILED',
  'ERR_KRB5_PREAUTH_UNSUPPORTED',
  'ERR_KRB5_CLIENT_UNKNOWN',
  'ERR_KRB5_CLIENT_REVOKED',
  'ERR_KRB5_KEY_EXPIRED',
]);

/** Whether an error comes from the sign-in itself and not from the protocol that it is for. */
export function isSignInError(error: unknown): error is SignInError {
  return error instanceof KerberosError || error instanceof NtlmError || error instanceof SecurityError;
}

function kindOf(code: string): readonly [code: string, disposition: Disposition] {
  if (ofTheAccount.has(code)) return ['ERR_CONNECT_ACCOUNT_REFUSED', 'halt'];
  if (code === 'ERR_KRB5_KDC_UNREACHABLE') return ['ERR_CONNECT_DC_UNREACHABLE', 'retry'];
  if (code === 'ERR_GSS_SIGNATURE') return ['ERR_CONNECT_DAMAGED_REPLY', 'retry'];
  return ['ERR_CONNECT_SIGN_IN', 'retry'];
}

/** What an administrator does where the protocol packages do not know the configuration. */
const nextSteps: Readonly<Record<string, string>> = {
  ERR_KRB5_PREAUTH_FAILED:
    "write the account's present password to connectors.account.passwordFile, and check that connectors.kerberos.realm is its realm",
  ERR_KRB5_CLIENT_UNKNOWN: 'check connectors.account.name and connectors.kerberos.realm',
  ERR_KRB5_REALM_UNKNOWN: 'check connectors.kerberos.realm, or name the KDCs in connectors.kerberos.kdcs',
  ERR_KRB5_SERVICE_UNKNOWN:
    'set connectors.domains.domainControllers to the full DNS name of the domain controller, not an alias or an address',
  ERR_KRB5_ETYPE_NOT_SUPPORTED:
    "set the service account's password anew so that it has AES keys; for a domain without AES, set connectors.kerberos.allowRc4 to true",
  ERR_GSS_NO_COMMON_MECHANISM:
    'the domain controller takes none of what connectors.account.signIn allows: check its policy, or allow another',
  ERR_GSS_REJECTED:
    'look into the security log of the domain controller at this time, and check connectors.account.signIn',
};

/** The CausewayError for a failed sign-in to a DC. */
export function signInFailure(error: SignInError, { host }: { readonly host: string }): CausewayError {
  const [code, disposition] = kindOf(error.code);
  return new CausewayError({
    code,
    message: `signing in to the domain controller ${host} failed: ${error.message}`,
    nextStep: nextSteps[error.code] ?? error.nextStep,
    disposition,
    cause: error,
  });
}
