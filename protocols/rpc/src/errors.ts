import { faultStatusName, formatStatus } from './status.ts';

/**
 * The base of every error of this package: `message` names what failed, `nextStep` says what to do about it.
 * Neither ever holds a password, a hash, a key or bytes of a message.
 */
export class RpcError<Code extends string = string> extends Error {
  /** Stable and unique, for example `ERR_RPC_REFUSED`. */
  readonly code: Code;
  readonly nextStep: string;

  constructor(details: RpcErrorDetails<Code>) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}

interface RpcErrorDetails<Code extends string> {
  readonly code: Code;
  readonly message: string;
  readonly nextStep: string;
  readonly cause?: unknown;
}

export type RpcConnectionErrorCode =
  | 'ERR_RPC_NAME_NOT_FOUND'
  | 'ERR_RPC_REFUSED'
  | 'ERR_RPC_UNREACHABLE'
  | 'ERR_RPC_CLOSED'
  | 'ERR_RPC_ABORTED';

/** There is no connection (any more). A new one may work: a repeat after a pause is sensible for all but `ERR_RPC_ABORTED`. */
export class RpcConnectionError extends RpcError<RpcConnectionErrorCode> {}

/** The other side was silent for too long; the connection is closed. */
export class RpcTimeoutError extends RpcError<'ERR_RPC_TIMEOUT'> {
  constructor(details: { peer: string; waitedFor: string; timeoutMs?: number; cause?: unknown }) {
    const duration = details.timeoutMs === undefined ? 'too long' : `${details.timeoutMs} ms`;
    super({
      code: 'ERR_RPC_TIMEOUT',
      message: `${details.peer} was silent for ${duration} when ${details.waitedFor}`,
      nextStep: 'Check that the domain controller is up and not overloaded, and that no firewall drops the packets.',
      cause: details.cause,
    });
  }
}

/** The server does not accept this interface, transfer syntax or kind of sign-in; nothing was called. */
export class RpcBindError extends RpcError<
  | 'ERR_RPC_BIND_REFUSED'
  | 'ERR_RPC_NOT_REGISTERED'
  | 'ERR_RPC_ENDPOINT_MAPPER'
  | 'ERR_RPC_TOKEN_TOO_LARGE'
  | 'ERR_RPC_NO_MULTIPLEXING'
> {}

/** The server refused the sign-in: wrong user name or password, or an account that may not sign in that way. */
export class RpcLogonError extends RpcError<'ERR_RPC_LOGON_REFUSED'> {}

/** The signature of a reply is wrong, so nothing of it was used; the connection is closed. */
export class RpcSignatureError extends RpcError<'ERR_RPC_SIGNATURE'> {
  constructor(peer: string, problem: string) {
    super({
      code: 'ERR_RPC_SIGNATURE',
      message: `the reply of ${peer} was damaged or altered on the way: ${problem}`,
      nextStep: 'Repeat on a new connection; when it happens again, look for a device that alters traffic on the way.',
    });
  }
}

/** A reply breaks the protocol, so nothing of it was used; the connection is closed. */
export class RpcProtocolError extends RpcError<'ERR_RPC_PROTOCOL' | 'ERR_RPC_RESPONSE_TOO_LARGE'> {
  constructor(details: { peer: string; problem: string; code?: 'ERR_RPC_RESPONSE_TOO_LARGE'; cause?: unknown }) {
    super({
      code: details.code ?? 'ERR_RPC_PROTOCOL',
      message: `${details.peer} does not speak the protocol as expected: ${details.problem}`,
      nextStep:
        details.code === 'ERR_RPC_RESPONSE_TOO_LARGE'
          ? 'Ask for less in one call, or raise the limit on the size of a response.'
          : 'Check that host and port are those of a domain controller; repeat on a new connection.',
      cause: details.cause,
    });
  }
}

/**
 * The server answered the call with a fault instead of a result. The connection stays usable unless it is closed.
 *
 * @see [C706] The fault PDU (12.6.4.7); [MS-RPCE] rpc_fault Packet (2.2.2.8)
 */
export class RpcFaultError extends RpcError<'ERR_RPC_FAULT'> {
  /** The status as it came, for example 0x00000005. */
  readonly status: number;
  /** The name of the status, for example `ERROR_ACCESS_DENIED`; its number when it has no known one. */
  readonly statusName: string;

  constructor(peer: string, opnum: number, status: number) {
    const statusName = faultStatusName(status);
    super({
      code: 'ERR_RPC_FAULT',
      message: `${peer} answered call ${opnum} with a fault: ${formatStatus(status)}`,
      nextStep:
        status === 5
          ? 'Check that the account has the rights that the call needs.'
          : "Look up the status in the domain controller's documentation and its log of the same second.",
    });
    this.status = status;
    this.statusName = statusName;
  }
}
