import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { unixMsToFiletime } from '@causeway/wire';
import { bindFaultError, bindNakError, contextError } from './bind-errors.ts';
import { RpcProtocolError } from './errors.ts';
import { MessageSecurity } from './ntlm/message-security.ts';
import { encodeNegotiateMessage } from './ntlm/negotiate-message.ts';
import { answerChallenge } from './ntlm/ntlm-client.ts';
import type { NtlmCredentials } from './ntlm/ntlmv2-response.ts';
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

/** What seals the messages of a connection. */
export interface ConnectionSecurity {
  /** 16 bytes. */
  readonly sessionKey: Uint8Array;
  readonly outgoing: MessageSecurity;
  readonly incoming: MessageSecurity;
}

/** What the two sides have agreed on. */
export interface Binding {
  /** Largest fragment to send, in bytes. */
  readonly fragmentBytesMax: number;
  /** Undefined on an anonymous connection. */
  readonly security: ConnectionSecurity | undefined;
}

/** What is asked for. */
export interface BindingOptions {
  readonly interface: SyntaxId;
  readonly credentials: NtlmCredentials | 'anonymous';
  readonly timeoutMs: number;
}

/** The call id of the PDUs that build a binding. */
export const BIND_CALL_ID = 1;
/** Longest NetBIOS name, which is what a workstation's name is expected to be. */
const WORKSTATION_CHARACTERS_MAX = 15;

/**
 * Binds a new connection to one interface, signed in over NTLM with packet privacy unless it is to be anonymous.
 *
 * The last message of the sign-in has no answer: that the server refuses it shows at the first call.
 *
 * @throws {RpcBindError} {NtlmError} ERR_NTLM_TOO_WEAK {RpcProtocolError} {RpcTimeoutError} {RpcConnectionError}
 * @see [MS-RPCE] Building a Security Context (3.3.1.5.2.1)
 */
export async function bind(transport: RpcTransport, options: BindingOptions): Promise<Binding> {
  const { credentials, timeoutMs } = options;
  const interfaceId = options.interface;
  const anonymous = credentials === 'anonymous';
  const negotiate = encodeNegotiateMessage();
  const request = { callId: BIND_CALL_ID, interfaceId, ...(anonymous ? {} : { token: negotiate }) };
  return await transport.exchange({
    waitedFor: 'the answer to the bind was due',
    timeoutMs,
    pdus: [encodeBind(request)],
    accept: (pdu) => {
      const ack = acceptBindAck(pdu, transport.peer, interfaceId);
      const fragmentBytesMax = Math.min(ack.fragmentBytesMax, FRAGMENT_BYTES_OFFERED);
      if (anonymous) return { fragmentBytesMax, security: undefined };
      const challenge = challengeOf(pdu, transport.peer);
      return { fragmentBytesMax, security: signIn(transport, { negotiate, challenge }, credentials) };
    },
  });
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

function signIn(
  transport: RpcTransport,
  messages: { negotiate: Uint8Array; challenge: Uint8Array },
  credentials: NtlmCredentials,
): ConnectionSecurity {
  const sessionKey = new Uint8Array(randomBytes(16));
  const token = answerChallenge(messages, credentials, {
    workstation: (hostname().split('.')[0] ?? '').slice(0, WORKSTATION_CHARACTERS_MAX).toUpperCase(),
    now: unixMsToFiletime(Date.now()),
    clientChallenge: randomBytes(8),
    exportedSessionKey: sessionKey,
  });
  transport.send([encodeAuth3(BIND_CALL_ID, token)]);
  return {
    sessionKey,
    outgoing: new MessageSecurity(sessionKey, 'client-to-server'),
    incoming: new MessageSecurity(sessionKey, 'server-to-client'),
  };
}
