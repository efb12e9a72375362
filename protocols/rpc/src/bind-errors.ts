import type { Mechanism } from '@ad-protocols/gss';
import { RpcBindError, RpcLogonError } from './errors.ts';
import { NAK_AUTHENTICATION_TYPE, NAK_INVALID_CHECKSUM, NAK_NOT_SPECIFIED, type BindNak } from './pdu/bind-nak.ts';
import { REASON_ABSTRACT_SYNTAX, type PresentationResult, type SyntaxId } from './pdu/presentation-context.ts';
import { formatStatus } from './status.ts';

/** Who signs in, or that nobody does. */
export type Security = Mechanism | 'anonymous';

/** Faults in answer to a sign-in that failed: Samba sends a protocol error, Windows mostly access denied. */
const LOGON_REFUSED = new Set([0x5, 0x721, 0x1c01_000b, 0x8009_0308, 0x8009_030c, 0xc000_0022, 0xc000_006d]);

/** Whether a fault before the first good answer says that the sign-in was refused. */
export function isLogonRefusal(status: number): boolean {
  return LOGON_REFUSED.has(status);
}

/** Reasons of servers whose security package refused the first token; Samba gives none. */
const signInReasons = new Set([NAK_NOT_SPECIFIED, NAK_AUTHENTICATION_TYPE, NAK_INVALID_CHECKSUM]);

/** The whole bind was refused. */
export function bindNakError(peer: string, nak: BindNak, security: Security): RpcBindError {
  const aboutSignIn = security !== 'anonymous' && signInReasons.has(nak.reason);
  return new RpcBindError({
    code: 'ERR_RPC_BIND_REFUSED',
    message: `${peer} refused the bind: ${nak.text}`,
    nextStep: aboutSignIn
      ? `Check that the domain controller allows ${nameOf(security)} for this account, that its name is given in full, and that clocks agree.`
      : 'Repeat after a pause; when it happens again, look into the log of the domain controller.',
  });
}

/** The server answered a bind or alter_context with a fault. */
export function bindFaultError(peer: string, status: number, security: Security): RpcBindError | RpcLogonError {
  if (security !== 'anonymous' && isLogonRefusal(status)) return logonRefusedError(peer, status, security);
  return new RpcBindError({
    code: 'ERR_RPC_BIND_REFUSED',
    message: `${peer} answered the bind with a fault: ${formatStatus(status)}`,
    nextStep: `Check that the domain controller allows ${nameOf(security)} for this account, and look into its log.`,
  });
}

/** The server does not let the account in. */
export function logonRefusedError(peer: string, status: number, mechanism: Mechanism): RpcLogonError {
  return new RpcLogonError({
    code: 'ERR_RPC_LOGON_REFUSED',
    message: `${peer} refused the sign-in of ${mechanism.account}: ${formatStatus(status)}`,
    nextStep:
      "Check the account's name, domain and password, that it is not disabled, locked, expired or barred from this kind of sign-in, and that it may call this interface.",
  });
}

/** The bind was understood, the interface was not accepted in any transfer syntax offered. */
export function contextError(
  peer: string,
  interfaceId: SyntaxId,
  answer: PresentationResult | undefined,
): RpcBindError {
  const { uuid, version } = interfaceId;
  const what = `interface ${uuid} version ${version[0]}.${version[1]}`;
  if (answer?.reason === REASON_ABSTRACT_SYNTAX) {
    return new RpcBindError({
      code: 'ERR_RPC_NOT_REGISTERED',
      message: `${peer} does not have ${what}`,
      nextStep:
        'Check that host and port are those of a domain controller; leave the port out so that it is asked for.',
    });
  }
  return new RpcBindError({
    code: 'ERR_RPC_BIND_REFUSED',
    message: `${peer} does not accept ${what} in the transfer syntaxes offered (reason ${answer?.reason ?? 'not given'})`,
    nextStep: 'Check that the host is a domain controller of a supported version; offer NDR too.',
  });
}

/** A token of the sign-in is larger than any PDU. */
export function tokenTooLargeError(peer: string, bytes: number, bytesMax: number): RpcBindError {
  return new RpcBindError({
    code: 'ERR_RPC_TOKEN_TOO_LARGE',
    message: `the sign-in at ${peer} takes a token of ${bytes} bytes, RPC carries at most ${bytesMax}`,
    nextStep: 'Use an account that is a member of fewer groups, so that its Kerberos tickets are smaller.',
  });
}

function nameOf(security: Security): string {
  return security === 'anonymous' ? 'anonymous callers' : security.name;
}
