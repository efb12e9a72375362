import type { PeerAcceptor, PeerSecurity } from './rpc-acceptor.ts';
import { pduOf, trailer, trailerOf, withToken } from './rpc-pdu.ts';

/** How a response fragment differs from the ordinary. */
export interface FragmentOptions {
  readonly flags?: number;
  readonly hint?: number;
  readonly contextId?: number;
  readonly trailer?: { type?: number; level?: number; pad?: number; authContext?: number };
}

/** One security context of a connection, with what its PDUs say about it. */
interface SecurityContext {
  readonly type: number;
  readonly level: number;
  readonly authContext: number;
  readonly acceptor: PeerAcceptor;
  security?: PeerSecurity;
  refused?: boolean;
}

const LEVEL_PRIVACY = 6;
const HEADER_BYTES = 24;

/** One connection, server side: what it needs to open requests and to protect answers. */
export class RpcSession {
  headerSigning = true;
  readonly #contexts = new Map<number, SecurityContext>();
  /** The one of the last request, which its answer uses too. */
  #current: SecurityContext | undefined;
  #presentationContext = 0;

  /** Takes the token in a client's PDU; gives trailer and token for the answer, `refused`, or nothing for a PDU without a token. */
  authenticate(pdu: Buffer, acceptorOf: (authType: number) => PeerAcceptor): Buffer | 'refused' | undefined {
    const sent = trailerOf(pdu);
    if (!sent) return undefined;
    const { type, level, authContext, token } = sent;
    const context = this.#contexts.get(authContext) ?? { type, level, authContext, acceptor: acceptorOf(type) };
    this.#contexts.set(authContext, context);
    const step = context.acceptor.accept(token);
    if (step === 'refused') {
      context.refused = true;
      return 'refused';
    }
    if (step.security) {
      context.security = step.security;
      this.#current = context;
    }
    return step.token ? Buffer.concat([trailer(sent), step.token]) : Buffer.alloc(0);
  }

  /** Of the security context in use; undefined before and without a sign-in. */
  get sessionKey(): Buffer | undefined {
    return this.#current?.security?.sessionKey;
  }

  /** auth_context_id of the security context in use. */
  get authContext(): number | undefined {
    return this.#current?.authContext;
  }

  /** A sign-in has failed. */
  get refused(): boolean {
    return [...this.#contexts.values()].some(({ refused }) => refused === true);
  }

  /** The stub of a request fragment; undefined when its signature is wrong. */
  openRequest(pdu: Buffer): Buffer | undefined {
    this.#presentationContext = pdu.readUInt16LE(20);
    const sent = trailerOf(pdu);
    const context = sent && this.#contexts.get(sent.authContext);
    if (!sent || !context?.security) return this.#current ? undefined : Buffer.from(pdu.subarray(HEADER_BYTES));
    this.#current = context;
    const { incoming } = context.security;
    const bodyEnd = pdu.length - sent.token.length - 8;
    const body = pdu.subarray(HEADER_BYTES, bodyEnd);
    const plain = context.level === LEVEL_PRIVACY ? incoming.stream(body) : Buffer.from(body);
    const whole = Buffer.concat([pdu.subarray(0, HEADER_BYTES), plain, pdu.subarray(bodyEnd, bodyEnd + 8)]);
    if (!incoming.sign(this.#signed(whole, context.security)).equals(sent.token)) return undefined;
    return plain.subarray(0, plain.length - (pdu[bodyEnd + 2] ?? 0));
  }

  /** Response fragments with parts of the stub of at most `partBytes` each. */
  respond(callId: number, stub: Uint8Array, partBytes = 5000, hints = true): Buffer[] {
    const fragments: Buffer[] = [];
    let offset = 0;
    do {
      const part = stub.subarray(offset, offset + partBytes);
      const flags = (offset === 0 ? 1 : 0) | (offset + part.length >= stub.length ? 2 : 0);
      fragments.push(this.fragment(callId, part, { flags, hint: hints ? stub.length - offset : 0 }));
      offset += part.length;
    } while (offset < stub.length);
    return fragments;
  }

  /** One response fragment, protected as the client's sign-in asks for. */
  fragment(callId: number, stub: Uint8Array, options: FragmentOptions = {}): Buffer {
    const { flags = 3, hint = 0, contextId = this.#presentationContext } = options;
    const fixed = Buffer.alloc(8);
    fixed.writeUInt32LE(hint, 0);
    fixed.writeUInt16LE(contextId, 4);
    const context = this.#current;
    if (!context?.security) return pduOf(2, flags, callId, Buffer.concat([fixed, stub]));
    const { outgoing, signatureBytes } = context.security;
    const pad = -stub.length & 15;
    const { type, level, authContext } = context;
    const end = trailer({ type, level, pad, authContext, ...options.trailer });
    const padded = Buffer.concat([fixed, stub, Buffer.alloc(pad), end, Buffer.alloc(signatureBytes)]);
    const plain = withToken(pduOf(2, flags, callId, padded), signatureBytes).subarray(0, -signatureBytes);
    const bodyEnd = plain.length - 8;
    const body = plain.subarray(HEADER_BYTES, bodyEnd);
    const sent = level === LEVEL_PRIVACY ? outgoing.stream(body) : body;
    const signature = outgoing.sign(this.#signed(plain, context.security));
    return Buffer.concat([plain.subarray(0, HEADER_BYTES), sent, plain.subarray(bodyEnd), signature]);
  }

  /** A fault, which servers do not sign. */
  fault(callId: number, status: number, signed = false): Buffer {
    const body = Buffer.alloc(16);
    body.writeUInt32LE(status, 8);
    if (!signed) return pduOf(3, 0x23, callId, body);
    return withToken(pduOf(3, 0x23, callId, Buffer.concat([body, trailer(), Buffer.alloc(16)])), 16);
  }

  /** What of header, body and trailer is signed. */
  #signed(whole: Buffer, { signsAll }: PeerSecurity): Buffer {
    return this.headerSigning || signsAll ? whole : whole.subarray(HEADER_BYTES, -8);
  }
}
