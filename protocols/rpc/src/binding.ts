import { type Initiator, type Mechanism, type SecurityContext } from '@ad-protocols/gss';
import { bindFaultError, bindNakError, contextError } from './bind-errors.ts';
import { RpcProtocolError } from './errors.ts';
import { decodeAuthVerifier, RPC_C_AUTHN_WINNT } from './pdu/auth-verifier.ts';
import { encodeAuth3 } from './pdu/auth3.ts';
import { decodeBindAck, type BindAck } from './pdu/bind-ack.ts';
import { decodeBindNak } from './pdu/bind-nak.ts';
import { encodeBind, FRAGMENT_BYTES_OFFERED } from './pdu/bind.ts';
import { decodeFaultStatus } from './pdu/fault.ts';
import { PTYPE } from './pdu/header.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import { RESULT_ACCEPTANCE, type SyntaxId } from './pdu/presentation-context.ts';
import type { RpcTransport } from './rpc-transport.ts';

/** What the two sides have agreed on. */
export interface Binding {
  /** Largest fragment to send, in bytes. */
  readonly fragmentBytesMax: number;
  /** Undefined on an anonymous connection. */
  readonly security: SecurityContext | undefined;
}

/** What is asked for. */
export interface BindingOptions {
  readonly host: string;
  readonly interface: SyntaxId;
  readonly security: Mechanism | 'anonymous';
  readonly timeoutMs: number;
}

/** The call id of the PDUs that build a binding. */
export const BIND_CALL_ID = 1;

/**
 * Binds a new connection to one interface, signed in with packet privacy unless it is to be anonymous.
 *
 * The last message of the sign-in has no answer: that the server refuses it shows at the first call.
 *
 * @throws {RpcBindError} {RpcProtocolError} {RpcTimeoutError} {RpcConnectionError}, or the mechanism's error
 * @see [MS-RPCE] Building a Security Context (3.3.1.5.2.1)
 */
export async function bind(transport: RpcTransport, options: BindingOptions): Promise<Binding> {
  const { security, timeoutMs, host } = options;
  const interfaceId = options.interface;
  const initiator = security === 'anonymous' ? undefined : security.initiate({ service: 'host', host, dceStyle: true });
  const token = (await initiator?.step())?.token;
  const request = { callId: BIND_CALL_ID, interfaceId, ...(token === undefined ? {} : { token }) };
  const { fragmentBytesMax, challenge } = await transport.exchange({
    waitedFor: 'the answer to the bind was due',
    timeoutMs,
    pdus: [encodeBind(request)],
    accept: (pdu) => {
      const ack = acceptBindAck(pdu, transport.peer, interfaceId);
      const fragmentBytesMax = Math.min(ack.fragmentBytesMax, FRAGMENT_BYTES_OFFERED);
      return { fragmentBytesMax, challenge: initiator && challengeOf(pdu, transport.peer).slice() };
    },
  });
  return { fragmentBytesMax, security: initiator && (await signIn(transport, initiator, challenge)) };
}

function acceptBindAck(pdu: Pdu, peer: string, interfaceId: SyntaxId): BindAck {
  switch (pdu.header.type) {
    case PTYPE.bindAck: {
      const ack = decodeBindAck(pdu.bytes);
      const [answer] = ack.results;
      if (answer?.result !== RESULT_ACCEPTANCE) throw contextError(peer, interfaceId, answer);
      return ack;
    }
    case PTYPE.bindNak:
      throw bindNakError(peer, decodeBindNak(pdu.bytes));
    case PTYPE.fault:
      throw bindFaultError(peer, decodeFaultStatus(pdu.bytes));
    default:
      throw new RpcProtocolError({ peer, problem: `it answered the bind with a PDU of type ${pdu.header.type}` });
  }
}

function challengeOf(pdu: Pdu, peer: string): Uint8Array {
  const verifier = decodeAuthVerifier(pdu.header, pdu.bytes);
  if (verifier?.type === RPC_C_AUTHN_WINNT) return verifier.token;
  throw new RpcProtocolError({ peer, problem: 'it accepted the bind without a challenge' });
}

async function signIn(
  transport: RpcTransport,
  initiator: Initiator,
  challenge: Uint8Array | undefined,
): Promise<SecurityContext> {
  const { token, context } = await initiator.step(challenge);
  if (!context || !token) throw new RpcProtocolError({ peer: transport.peer, problem: 'the sign-in did not end' });
  transport.send([encodeAuth3(BIND_CALL_ID, token)]);
  return context;
}
