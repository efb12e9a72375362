import { RpcBindError } from './errors.ts';
import { NAK_AUTHENTICATION_TYPE, NAK_INVALID_CHECKSUM, type BindNak } from './pdu/bind-nak.ts';
import { REASON_ABSTRACT_SYNTAX, type PresentationResult, type SyntaxId } from './pdu/presentation-context.ts';
import { formatStatus } from './status.ts';

/** The whole bind was refused. */
export function bindNakError(peer: string, nak: BindNak): RpcBindError {
  const aboutNtlm = nak.reason === NAK_AUTHENTICATION_TYPE || nak.reason === NAK_INVALID_CHECKSUM;
  return new RpcBindError({
    code: 'ERR_RPC_BIND_REFUSED',
    message: `${peer} refused the bind: ${nak.text}`,
    nextStep: aboutNtlm
      ? 'Check that the domain controller allows NTLM for this account.'
      : 'Repeat after a pause; when it happens again, look into the log of the domain controller.',
  });
}

/** The server answered the bind with a fault. */
export function bindFaultError(peer: string, status: number): RpcBindError {
  return new RpcBindError({
    code: 'ERR_RPC_BIND_REFUSED',
    message: `${peer} answered the bind with a fault: ${formatStatus(status)}`,
    nextStep: 'Check that the domain controller allows NTLM for this account, and look into its log.',
  });
}

/** The bind was understood, the interface in NDR was not accepted. */
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
    message: `${peer} does not accept ${what} in NDR (reason ${answer?.reason ?? 'not given'})`,
    nextStep: 'Check that the host is a domain controller of a supported version.',
  });
}
