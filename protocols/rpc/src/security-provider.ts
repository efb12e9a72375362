import { mechanismOids, type Mechanism } from '@ad-protocols/gss';

/** What RPC has to know of a mechanism. */
export interface SecurityProvider {
  /** auth_type */
  readonly authType: number;
  /** The server never answers the last token, which therefore goes as auth3 instead of alter_context. */
  readonly lastLegUnanswered: boolean;
}

const RPC_C_AUTHN_GSS_NEGOTIATE = 9;
const RPC_C_AUTHN_WINNT = 10;
const RPC_C_AUTHN_GSS_KERBEROS = 16;

/** Legs: three for NTLM, an even number for the others. @see [MS-RPCE] Security Providers (2.2.1.1.7) */
const providers = new Map<string, SecurityProvider>([
  [mechanismOids.spnego, { authType: RPC_C_AUTHN_GSS_NEGOTIATE, lastLegUnanswered: false }],
  [mechanismOids.ntlm, { authType: RPC_C_AUTHN_WINNT, lastLegUnanswered: true }],
  [mechanismOids.kerberos, { authType: RPC_C_AUTHN_GSS_KERBEROS, lastLegUnanswered: false }],
]);

/** @throws {TypeError} for a mechanism that RPC has no number for. */
export function securityProviderOf(mechanism: Mechanism): SecurityProvider {
  const provider = providers.get(mechanism.oid);
  if (provider === undefined) throw new TypeError(`RPC knows no security provider for ${mechanism.name}`);
  return provider;
}
