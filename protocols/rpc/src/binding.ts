import type { Mechanism, SecurityContext } from '@ad-protocols/gss';
import { bindFaultError, bindNakError, tokenTooLargeError, type Security } from './bind-errors.ts';
import { RpcProtocolError } from './errors.ts';
import {
  decodeAuthVerifier,
  RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
  RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
  type AuthToken,
  type AuthTrailer,
} from './pdu/auth-verifier.ts';
import { encodeAuth3 } from './pdu/auth3.ts';
import { decodeAlterContextResponse, decodeBindAck } from './pdu/bind-ack.ts';
import { decodeBindNak } from './pdu/bind-nak.ts';
import { encodeAlterContext, encodeBind, FRAGMENT_BYTES_OFFERED, TOKEN_BYTES_MAX } from './pdu/bind.ts';
import { decodeFaultStatus } from './pdu/fault.ts';
import { featuresOf, type BindTimeFeatures } from './pdu/feature-negotiation.ts';
import { PFC_SUPPORT_HEADER_SIGN, PTYPE } from './pdu/header.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import { type PresentationResult, type ProposedContext } from './pdu/presentation-context.ts';
import {
  acceptedContexts,
  offerFeatures,
  proposeContexts,
  type PresentationContext,
  type WantedInterfaces,
} from './presentation.ts';
import type { RpcTransport } from './rpc-transport.ts';
import { securityProviderOf } from './security-provider.ts';
import { signIn } from './sign-in.ts';

/** How much of each call is protected: signed and in clear, or signed and its stub sealed. */
export type ProtectionLevel = 'integrity' | 'privacy';

/** A new security context, with the trailer that its PDUs carry. */
export interface SignedIn {
  readonly context: SecurityContext;
  readonly trailer: AuthTrailer;
  /** The server has answered the last token, so it has accepted the sign-in. */
  readonly confirmed: boolean;
}

/** What the two sides have agreed on. */
export interface Binding {
  /** Largest fragment to send, in bytes. */
  readonly fragmentBytesMax: number;
  /** Headers and trailers are signed too, whatever the mechanism. */
  readonly headerSigning: boolean;
  readonly features: BindTimeFeatures;
  /** Of the interfaces that were accepted, in the order asked for; the first is always among them. */
  readonly contexts: readonly PresentationContext[];
  /** Undefined on an anonymous connection. */
  readonly signedIn: SignedIn | undefined;
}

/** Who signs in, and for what. */
export interface SignInOptions {
  readonly host: string;
  /** Service class of the service principal name. */
  readonly service: string;
  readonly protectionLevel: ProtectionLevel;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked for. */
export interface BindingOptions extends SignInOptions, WantedInterfaces {
  readonly security: Security;
}

/** The call id of the PDUs that build a binding. */
export const BIND_CALL_ID = 1;
/** The security context that a connection begins with. */
const FIRST_AUTH_CONTEXT_ID = 1;

const authLevels = { integrity: RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, privacy: RPC_C_AUTHN_LEVEL_PKT_PRIVACY } as const;

/**
 * Binds a new connection to interfaces, and signs in unless it is to be anonymous.
 *
 * @throws {RpcBindError} {RpcLogonError} {RpcProtocolError} {RpcTimeoutError} {RpcConnectionError}, or the mechanism's error
 * @see [MS-RPCE] Building a Security Context (3.3.1.5.2.1), Bind Time Feature Negotiation (3.3.1.5.3)
 */
export async function bind(transport: RpcTransport, options: BindingOptions): Promise<Binding> {
  const { security, timeoutMs, interfaces } = options;
  const proposed = proposeContexts(options, 0);
  const contexts = offerFeatures(proposed);
  let agreed: Omit<Binding, 'signedIn'> | undefined;
  const first = async (auth?: AuthToken): Promise<Uint8Array | undefined> => {
    const pdu = encodeBind({ callId: BIND_CALL_ID, contexts, auth });
    return await exchange(transport, { pdu, callId: BIND_CALL_ID, timeoutMs, security, auth }, (answer) => {
      const { fragmentBytesMax, results } = acceptBindAck(answer, transport.peer);
      agreed = {
        fragmentBytesMax: Math.min(fragmentBytesMax, FRAGMENT_BYTES_OFFERED),
        headerSigning: (answer.header.flags & PFC_SUPPORT_HEADER_SIGN) !== 0,
        features: featuresOf(results[proposed.length]),
        contexts: acceptedContexts(transport.peer, options, 0, results),
      };
    });
  };
  let signedIn: SignedIn | undefined;
  if (security === 'anonymous') await first();
  else {
    const legs = { callId: BIND_CALL_ID, contextId: FIRST_AUTH_CONTEXT_ID, contexts: proposed.slice(0, 1), first };
    signedIn = await addSecurityContext(transport, security, options, legs);
  }
  if (!agreed) throw new TypeError(`nothing was agreed on for ${interfaces.length} interfaces`);
  return { ...agreed, signedIn };
}

/** Where the PDUs of one sign-in differ from those of another. */
interface Legs {
  readonly callId: number;
  /** auth_context_id of the new security context. */
  readonly contextId: number;
  /** A presentation context that alter_context PDUs repeat, because they need one. */
  readonly contexts: readonly ProposedContext[];
  /** Sends the first token in a bind; left out: in an alter_context, as all others. */
  readonly first?: (auth: AuthToken) => Promise<Uint8Array | undefined>;
}

async function addSecurityContext(
  transport: RpcTransport,
  mechanism: Mechanism,
  options: SignInOptions,
  legs: Legs,
): Promise<SignedIn> {
  const { host, service, signal, timeoutMs, protectionLevel } = options;
  const { callId, contextId, contexts } = legs;
  const { authType, lastLegUnanswered } = securityProviderOf(mechanism);
  const trailer: AuthTrailer = { type: authType, level: authLevels[protectionLevel], contextId };
  const further = async (auth: AuthToken): Promise<Uint8Array | undefined> => {
    const pdu = encodeAlterContext({ callId, contexts, auth });
    return await exchange(transport, { pdu, callId, timeoutMs, security: mechanism, auth }, (answer) => {
      acceptAlterContextResponse(answer, transport.peer);
    });
  };
  let send = legs.first ?? further;
  const target = { service, host, dceStyle: true, confidentiality: protectionLevel === 'privacy', signal };
  const context = await signIn(mechanism.initiate(target), {
    peer: transport.peer,
    exchange: async (token) => {
      if (token.length > TOKEN_BYTES_MAX) throw tokenTooLargeError(transport.peer, token.length, TOKEN_BYTES_MAX);
      const answer = await send({ trailer, token });
      send = further;
      return answer;
    },
    sendLast: lastLegUnanswered ? (token) => transport.send([encodeAuth3(callId, { trailer, token })]) : undefined,
  });
  return { context, trailer, confirmed: !lastLegUnanswered };
}

/** What a later addition to a connection needs to know of it. */
export interface Addition {
  readonly transport: RpcTransport;
  readonly callId: number;
}

/**
 * Adds a security context to a connection that has one, with an id of its own.
 *
 * @param context a presentation context of the connection.
 * @throws as {@link bind}; the connection is of no use then.
 * @see [MS-RPCE] Security Context Multiplexing (3.3.1.5.4)
 */
export async function signInAgain(
  { transport, callId }: Addition,
  mechanism: Mechanism,
  options: SignInOptions,
  added: { contextId: number; context: PresentationContext },
): Promise<SignedIn> {
  const { id, interface: interfaceId, transferSyntax } = added.context;
  const contexts = [{ id, interface: interfaceId, transferSyntax: transferSyntaxIdentifiers[transferSyntax] }];
  return await addSecurityContext(transport, mechanism, options, { callId, contextId: added.contextId, contexts });
}

/**
 * Adds presentation contexts, with ids from `firstId` on.
 *
 * @throws as {@link bind}; the connection is closed unless the server merely does not have the interface.
 * @see [C706] The alter_context PDU (12.6.4.1)
 */
export async function addContexts(
  { transport, callId }: Addition,
  wanted: WantedInterfaces,
  firstId: number,
  timeoutMs: number,
): Promise<PresentationContext[]> {
  const pdu = encodeAlterContext({ callId, contexts: proposeContexts(wanted, firstId) });
  let results: readonly PresentationResult[] = [];
  await exchange(transport, { pdu, callId, timeoutMs, security: 'anonymous' }, (answer) => {
    results = acceptAlterContextResponse(answer, transport.peer);
  });
  return acceptedContexts(transport.peer, wanted, firstId, results);
}

/** Sends a bind or alter_context and gives the token of its answer, which must be of the same sign-in. */
async function exchange(
  transport: RpcTransport,
  request: { pdu: Uint8Array; callId: number; timeoutMs: number; security: Security; auth?: AuthToken | undefined },
  accept: (answer: Pdu) => void,
): Promise<Uint8Array | undefined> {
  const { peer } = transport;
  const { token } = await transport.exchange({
    waitedFor: 'the answer to the bind was due',
    timeoutMs: request.timeoutMs,
    pdus: [request.pdu],
    accept: (pdu) => {
      const { header, bytes } = pdu;
      if (header.callId !== request.callId) {
        const problem = `it answered call id ${header.callId} instead of ${request.callId}`;
        throw new RpcProtocolError({ peer, problem });
      }
      if (header.type === PTYPE.bindNak) throw bindNakError(peer, decodeBindNak(bytes), request.security);
      if (header.type === PTYPE.fault) throw bindFaultError(peer, decodeFaultStatus(bytes), request.security);
      accept(pdu);
      const verifier = decodeAuthVerifier(header, bytes);
      const asked = request.auth?.trailer;
      if (verifier && (verifier.type !== asked?.type || verifier.contextId !== asked.contextId)) {
        throw new RpcProtocolError({ peer, problem: 'it answered another sign-in than the one under way' });
      }
      return { token: verifier && new Uint8Array(verifier.token) };
    },
  });
  return token;
}

function acceptBindAck({ header, bytes }: Pdu, peer: string): ReturnType<typeof decodeBindAck> {
  if (header.type === PTYPE.bindAck) return decodeBindAck(bytes);
  throw new RpcProtocolError({ peer, problem: `it answered the bind with a PDU of type ${header.type}` });
}

function acceptAlterContextResponse({ header, bytes }: Pdu, peer: string): readonly PresentationResult[] {
  if (header.type === PTYPE.alterContextResponse) return decodeAlterContextResponse(bytes);
  throw new RpcProtocolError({ peer, problem: `it answered an alter_context with a PDU of type ${header.type}` });
}
