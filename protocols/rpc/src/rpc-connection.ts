import { bind, BIND_CALL_ID, type Binding } from './binding.ts';
import { encodeEptMap, ENDPOINT_MAPPER_PORT, endpointMapperInterface, EPT_MAP, portOf } from './endpoint-mapper.ts';
import type { Mechanism } from '@ad-protocols/gss';
import { RpcFaultError, RpcLogonError, RpcProtocolError, RpcSignatureError } from './errors.ts';
import {
  AUTH_CONTEXT_ID,
  AUTH_TRAILER_BYTES,
  decodeAuthVerifier,
  RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
  RPC_C_AUTHN_WINNT,
} from './pdu/auth-verifier.ts';
import { decodeFaultStatus } from './pdu/fault.ts';
import { PTYPE } from './pdu/header.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import type { SyntaxId } from './pdu/presentation-context.ts';
import { CALL_HEADER_BYTES, encodeRequest } from './pdu/request.ts';
import { decodeResponseHint } from './pdu/response.ts';
import { ResponseAssembler } from './response-assembler.ts';
import { RpcTransport } from './rpc-transport.ts';
import { formatStatus } from './status.ts';

/** Whom to talk to, about what, and as whom. */
export interface RpcConnectionOptions {
  /** Name or address. */
  readonly host: string;
  /** Left out: asked of the endpoint mapper on port 135. */
  readonly port?: number;
  readonly interface: SyntaxId;
  /** Who signs in, and how. `anonymous`: neither signed nor sealed, for what anybody may ask. */
  readonly security: Mechanism | 'anonymous';
  /** For opening each TCP connection and for each answer until the connection is ready; 10 s unless given. */
  readonly connectTimeoutMs?: number;
  /** Silence that is put up with in a call, from the first byte sent; every byte received starts it anew. 120 s unless given. */
  readonly callTimeoutMs?: number;
  /** Largest response to one call, in bytes; 64 MiB unless given. */
  readonly responseBytesMax?: number;
  /** Closes the connection, and fails what is under way, when it aborts. */
  readonly signal?: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 120_000;
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

/** Faults that answer the first call when the sign-in failed: Samba sends a protocol error, Windows mostly access denied. */
const LOGON_REFUSED = new Set([0x5, 0x721, 0x1c01_000b, 0x8009_0308, 0x8009_030c, 0xc000_0022, 0xc000_006d]);

/**
 * A connection to one interface of a server, over TCP, signed and sealed (packet privacy).
 *
 * One call is under way at a time; further ones wait for their turn, in order. What is wrong with a reply closes the
 * connection, a fault does not. Close it after use: an open one keeps the process running.
 */
export class RpcConnection {
  /** Session keys of this connection, the newest last. */
  readonly sessionKeys: readonly Uint8Array[];
  readonly #transport: RpcTransport;
  readonly #binding: Binding;
  readonly #options: RpcConnectionOptions;
  #lastCallId = BIND_CALL_ID;
  /** Calls under way or waiting, and the end of the last of them. */
  #pending = 0;
  #tail: Promise<unknown> = Promise.resolve();
  /** A reply whose signature is right proves that the sign-in succeeded, on both sides. */
  #proven = false;

  private constructor(transport: RpcTransport, binding: Binding, options: RpcConnectionOptions) {
    this.#transport = transport;
    this.#binding = binding;
    this.#options = options;
    this.sessionKeys = binding.security ? [binding.security.sessionKey] : [];
  }

  /**
   * Connects and binds. A refused sign-in shows at the first call only, because the server never answers its last message.
   *
   * @throws {RpcConnectionError} ERR_RPC_NAME_NOT_FOUND, ERR_RPC_REFUSED, ERR_RPC_UNREACHABLE, ERR_RPC_CLOSED, ERR_RPC_ABORTED
   * @throws {RpcTimeoutError} ERR_RPC_TIMEOUT
   * @throws {RpcBindError} ERR_RPC_BIND_REFUSED, ERR_RPC_NOT_REGISTERED, ERR_RPC_ENDPOINT_MAPPER
   * @throws the mechanism's error when it cannot sign in
   * @throws {RpcProtocolError} ERR_RPC_PROTOCOL
   */
  static async open(options: RpcConnectionOptions): Promise<RpcConnection> {
    const port = options.port ?? (await askForPort(options));
    const { host, signal, connectTimeoutMs: timeoutMs = CONNECT_TIMEOUT_MS } = options;
    const transport = await RpcTransport.connect({ host, port, timeoutMs, signal });
    try {
      const binding = await bind(transport, { ...options, timeoutMs });
      return new RpcConnection(transport, binding, options);
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  /**
   * The key that the two sides agreed on when signing in, 16 bytes: what secrets inside replies are encrypted with.
   *
   * @throws {TypeError} on an anonymous connection.
   */
  get sessionKey(): Uint8Array {
    const key = this.sessionKeys.at(-1);
    if (key === undefined) throw new TypeError('an anonymous connection has no session key');
    return key;
  }

  /**
   * The stub that the server answers with, the caller's to keep and to wipe.
   *
   * @throws {RpcFaultError} ERR_RPC_FAULT; the connection stays usable.
   * @throws {RpcLogonError} ERR_RPC_LOGON_REFUSED at the first call.
   * @throws {RpcSignatureError} ERR_RPC_SIGNATURE
   * @throws {RpcProtocolError} ERR_RPC_PROTOCOL, ERR_RPC_RESPONSE_TOO_LARGE
   * @throws {RpcTimeoutError} ERR_RPC_TIMEOUT
   * @throws {RpcConnectionError} ERR_RPC_CLOSED, ERR_RPC_ABORTED
   */
  call(opnum: number, stub: Uint8Array): Promise<Uint8Array> {
    // Sent at once when nothing is under way: a caller that goes on to decode the last answer lets nobody else run.
    const result = this.#pending === 0 ? this.#call(opnum, stub) : this.#tail.then(() => this.#call(opnum, stub));
    this.#pending += 1;
    this.#tail = this.#settle(result);
    return result;
  }

  /** Closes the connection; a call that is under way, and those that wait, fail. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #settle(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch {
      // Whoever made the call is told.
    }
    this.#pending -= 1;
  }

  async #call(opnum: number, stub: Uint8Array): Promise<Uint8Array> {
    const { peer } = this.#transport;
    const callId = (this.#lastCallId = (this.#lastCallId + 1) >>> 0);
    const assembler = new ResponseAssembler(peer, this.#options.responseBytesMax ?? RESPONSE_BYTES_MAX);
    const answer = await this.#transport.exchange({
      waitedFor: `the answer to call ${opnum} was due`,
      timeoutMs: this.#options.callTimeoutMs ?? CALL_TIMEOUT_MS,
      pdus: this.#sealedFragments({ callId, opnum, stub }),
      accept: (pdu) => {
        const { header, bytes } = pdu;
        if (header.callId !== callId) {
          throw new RpcProtocolError({ peer, problem: `it answered call id ${header.callId} instead of ${callId}` });
        }
        if (header.type === PTYPE.fault) return this.#faultOf(pdu, opnum);
        if (header.type !== PTYPE.response) {
          throw new RpcProtocolError({ peer, problem: `it answered a call with a PDU of type ${header.type}` });
        }
        return assembler.add(this.#openStub(pdu), header.flags, decodeResponseHint(bytes));
      },
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  *#sealedFragments(request: { callId: number; opnum: number; stub: Uint8Array }): Generator<Uint8Array> {
    const { fragmentBytesMax, security } = this.#binding;
    const signatureBytes = security?.sealSignatureBytes ?? 0;
    for (const fragment of encodeRequest(request, { fragmentBytesMax, signatureBytes })) {
      if (security) {
        // The whole fragment but its signature is signed; NTLMv2 does so with and without header signing.
        const signed = fragment.subarray(0, fragment.length - signatureBytes);
        const sealed = { start: CALL_HEADER_BYTES, end: signed.length - AUTH_TRAILER_BYTES };
        fragment.set(security.seal(signed, sealed), signed.length);
      }
      yield fragment;
    }
  }

  /** The plaintext stub of a response fragment: a view of it, valid as long as the fragment. */
  #openStub({ header, bytes }: Pdu): Uint8Array {
    const { peer } = this.#transport;
    const { security } = this.#binding;
    const verifier = decodeAuthVerifier(header, bytes);
    if (!security && !verifier) return bytes.subarray(CALL_HEADER_BYTES);
    if (!security || !verifier) throw new RpcSignatureError(peer, 'a fragment is not sealed as agreed');
    const end = header.fragmentLength - header.authLength - AUTH_TRAILER_BYTES;
    const stubEnd = end - verifier.padLength;
    const asAgreed =
      verifier.type === RPC_C_AUTHN_WINNT &&
      verifier.level === RPC_C_AUTHN_LEVEL_PKT_PRIVACY &&
      verifier.contextId === AUTH_CONTEXT_ID &&
      stubEnd >= CALL_HEADER_BYTES;
    if (!asAgreed) throw new RpcSignatureError(peer, 'a fragment is not sealed as agreed');
    const signed = bytes.subarray(0, end + AUTH_TRAILER_BYTES);
    if (!security.open(signed, { start: CALL_HEADER_BYTES, end }, verifier.token)) {
      throw new RpcSignatureError(peer, 'the signature of a fragment is wrong');
    }
    this.#proven = true;
    return bytes.subarray(CALL_HEADER_BYTES, stubEnd);
  }

  #faultOf({ header, bytes }: Pdu, opnum: number): RpcFaultError {
    const { peer } = this.#transport;
    const status = decodeFaultStatus(bytes);
    if (this.#binding.security && !this.#proven && LOGON_REFUSED.has(status)) {
      throw logonRefusedError(peer, status, this.#options.security);
    }
    const error = new RpcFaultError(peer, opnum, status);
    // A signed fault has moved the server's key stream on in a way that providers differ in: end the connection.
    if (header.authLength > 0) throw error;
    return error;
  }
}

async function askForPort(options: RpcConnectionOptions): Promise<number> {
  const ask = async (security: RpcConnectionOptions['security']): Promise<number> => {
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
    const mapper = await RpcConnection.open({
      ...options,
      port: ENDPOINT_MAPPER_PORT,
      interface: endpointMapperInterface,
      security,
      callTimeoutMs: connectTimeoutMs,
    });
    try {
      const reply = await mapper.call(EPT_MAP, encodeEptMap(options.interface));
      return portOf(reply, `${options.host}:${ENDPOINT_MAPPER_PORT}`, options.interface);
    } finally {
      await mapper.close();
    }
  };
  try {
    return await ask('anonymous');
  } catch (error) {
    // A policy may allow only callers that have signed in. @see [MS-RPCE] Restriction on Remote Anonymous Calls (3.1.1.5.4)
    const denied = error instanceof RpcFaultError && error.status === 5;
    if (!denied || options.security === 'anonymous') throw error;
    return await ask(options.security);
  }
}

function logonRefusedError(peer: string, status: number, security: RpcConnectionOptions['security']): RpcLogonError {
  const account = security === 'anonymous' ? 'nobody' : security.account;
  return new RpcLogonError({
    code: 'ERR_RPC_LOGON_REFUSED',
    message: `${peer} refused the sign-in of ${account}: ${formatStatus(status)}`,
    nextStep:
      "Check the account's name, domain and password, that it is not disabled, locked, expired or barred from this kind of sign-in, and that it may call this interface.",
  });
}
