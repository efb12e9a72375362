import { RpcConnectionError, RpcTimeoutError, type RpcError } from './errors.ts';

/** What the system's error numbers mean for somebody who wanted to reach a domain controller. */
export function connectionErrorOf(cause: Error, peer: string): RpcError {
  switch (systemCodeOf(cause)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return new RpcConnectionError({
        code: 'ERR_RPC_NAME_NOT_FOUND',
        message: `the name in ${peer} cannot be resolved`,
        nextStep: "Check the spelling of the host and that this machine uses the domain's DNS servers.",
        cause,
      });
    case 'ECONNREFUSED':
      return new RpcConnectionError({
        code: 'ERR_RPC_REFUSED',
        message: `${peer} refuses connections`,
        nextStep: 'Check that the domain controller is running and that this port is the right one.',
        cause,
      });
    case 'ETIMEDOUT':
      return new RpcTimeoutError({ peer, waitedFor: 'its packets were due', cause });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return new RpcConnectionError({
        code: 'ERR_RPC_UNREACHABLE',
        message: `there is no way to ${peer}`,
        nextStep: 'Check the network, routes and firewalls between this machine and the domain controller.',
        cause,
      });
    default:
      return new RpcConnectionError({
        code: 'ERR_RPC_CLOSED',
        message: `the connection to ${peer} broke: ${systemCodeOf(cause)}`,
        nextStep:
          'Open a new connection and repeat; when it happens again, look into the log of the domain controller.',
        cause,
      });
  }
}

/** A host with several addresses fails with one error for each; the first speaks for them. */
function systemCodeOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof Error && 'code' in first && typeof first.code === 'string') return first.code;
  return 'reason unknown';
}
