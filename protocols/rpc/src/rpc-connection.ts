import type { Mechanism } from '@ad-protocols/gss';
import { isLogonRefusal, logonRefusedError } from './bind-errors.ts';
import {
  addContexts,
  bind,
  BIND_CALL_ID,
  signInAgain,
  type Binding,
  type SignedIn,
  type SignInOptions,
} from './binding.ts';
import type { CallOptions, RpcConnectionOptions } from './connection-options.ts';
import { RpcBindError, RpcFaultError, RpcProtocolError, RpcSignatureError } from './errors.ts';
import { decodeAuthVerifier } from './pdu/auth-verifier.ts';
import { decodeFaultStatus } from './pdu/fault.ts';
import type { BindTimeFeatures } from './pdu/feature-negotiation.ts';
import { PFC_LAST_FRAG, PTYPE } from './pdu/header.ts';
import { encodeOrphaned } from './pdu/orphaned.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import { type TransferSyntax } from '@ad-protocols/ndr';
import { isSameSyntax, type SyntaxId } from './pdu/presentation-context.ts';
import { PduProtection } from './pdu-protection.ts';
import { CALL_HEADER_BYTES, encodeRequest, type CallRequest } from './pdu/request.ts';
import { decodeResponseHint } from './pdu/response.ts';
import type { PresentationContext } from './presentation.ts';
import { lookUpPort } from './port-lookup.ts';
import { RequestVerification } from './request-verification.ts';
import { ResponseAssembler } from './response-assembler.ts';
import { abortedError, RpcTransport } from './rpc-transport.ts';
import { Turns } from './turns.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 60_000;
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;
/** Calls given up whose answers may still come; with more the connection is closed. */
const ORPHANS_MAX = 64;
/** Security contexts of one connection, as in Windows. @see [MS-RPCE] (3.3.1.5.4, note 103) */
const SECURITY_CONTEXTS_MAX = 1000;
/** Presentation contexts of one connection: their ids are 16-bit numbers. */
const PRESENTATION_CONTEXTS_MAX = 0xffff;

/**
 * A connection to interfaces of a server, over TCP, signed and sealed (packet privacy) or only signed (packet integrity).
 *
 * One call is under way at a time; further ones wait for their turn, in order. What is wrong with a reply closes the
 * connection, a fault does not. Close it after use: an open one keeps the process running.
 */
export class RpcConnection {
  /** What server and client can do beyond the standard. */
  readonly features: BindTimeFeatures;
  readonly #transport: RpcTransport;
  readonly #binding: Binding;
  readonly #options: RpcConnectionOptions;
  readonly #contexts: PresentationContext[];
  readonly #turns = new Turns();
  readonly #sessionKeys: Uint8Array[] = [];
  readonly #verification: RequestVerification;
  /** Calls given up whose answers may still come, by call id, with the protection that their answers have. */
  readonly #orphans = new Map<number, PduProtection | undefined>();
  #protection: PduProtection | undefined;
  #mechanism: RpcConnectionOptions['security'];
  #lastCallId = BIND_CALL_ID;
  #nextContextId: number;
  /** The sign-in succeeded on both sides: the server confirmed it, or sent a reply whose signature is right. */
  #proven = false;

  private constructor(transport: RpcTransport, binding: Binding, options: RpcConnectionOptions) {
    this.#transport = transport;
    this.#binding = binding;
    this.#options = options;
    this.#mechanism = options.security;
    this.features = binding.features;
    this.#contexts = [...binding.contexts];
    this.#nextContextId = 1 + (options.moreInterfaces?.length ?? 0);
    this.#nextContextId *= options.transferSyntaxes?.length ?? 1;
    this.#verification = new RequestVerification(binding.headerSigning);
    if (binding.signedIn) this.#use(binding.signedIn);
  }

  /**
   * Connects, binds and signs in. With NTLM a refused sign-in shows at the first call only, because the server never answers its
   * last message.
   *
   * @throws {RpcConnectionError} ERR_RPC_NAME_NOT_FOUND, ERR_RPC_REFUSED, ERR_RPC_UNREACHABLE, ERR_RPC_CLOSED, ERR_RPC_ABORTED
   * @throws {RpcTimeoutError} ERR_RPC_TIMEOUT
   * @throws {RpcBindError} ERR_RPC_BIND_REFUSED, ERR_RPC_NOT_REGISTERED, ERR_RPC_ENDPOINT_MAPPER, ERR_RPC_TOKEN_TOO_LARGE
   * @throws {RpcLogonError} ERR_RPC_LOGON_REFUSED
   * @throws the mechanism's error when it cannot sign in
   * @throws {RpcProtocolError} ERR_RPC_PROTOCOL
   */
  static async open(options: RpcConnectionOptions): Promise<RpcConnection> {
    const port = options.port ?? (await lookUpPort(options, (mapper) => RpcConnection.open(mapper)));
    const { host, signal, security, connectTimeoutMs: timeoutMs = CONNECT_TIMEOUT_MS } = options;
    const { keepAliveMs = KEEP_ALIVE_MS, transferSyntaxes = ['ndr'] } = options;
    const interfaces = [options.interface, ...(options.moreInterfaces ?? [])];
    const transport = await RpcTransport.connect({ host, port, timeoutMs, keepAliveMs, signal });
    try {
      const wanted = { interfaces, transferSyntaxes, security };
      const binding = await bind(transport, { ...signInOptions(options), ...wanted });
      const connection = new RpcConnection(transport, binding, options);
      for (const one of interfaces.filter(
        (wish) => !binding.contexts.some((context) => isSameSyntax(context.interface, wish)),
      )) {
        await connection.alterContext(one);
      }
      return connection;
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  /**
   * The key that the two sides agreed on when signing in: what secrets inside replies are encrypted with. 16 bytes, or 32 with
   * AES-256.
   *
   * @throws {TypeError} on an anonymous connection.
   */
  get sessionKey(): Uint8Array {
    const key = this.#sessionKeys.at(-1);
    if (key === undefined) throw new TypeError('an anonymous connection has no session key');
    return key;
  }

  /** Session keys of this connection, every one there has been, the newest last. */
  get sessionKeys(): readonly Uint8Array[] {
    return this.#sessionKeys;
  }

  /** How the stubs of {@link RpcConnectionOptions.interface} are laid out. */
  get transferSyntax(): TransferSyntax {
    return this.#contextOf(undefined).transferSyntax;
  }

  /**
   * How the stubs of one of the interfaces are laid out.
   *
   * @throws {TypeError} when the connection is not bound to it.
   */
  transferSyntaxOf(interfaceId: SyntaxId): TransferSyntax {
    return this.#contextOf(interfaceId).transferSyntax;
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
   * @throws {TypeError} for an interface that the connection is not bound to.
   */
  async call(opnum: number, stub: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    const context = this.#contextOf(options.interface);
    return await this.#turn(() => this.#call({ opnum, stub, context }, options), options.signal);
  }

  /**
   * Binds the connection to a further interface.
   *
   * @throws as {@link RpcConnection.open}; the connection stays usable after ERR_RPC_NOT_REGISTERED.
   */
  async alterContext(interfaceId: SyntaxId): Promise<void> {
    const { transferSyntaxes = ['ndr'], connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#options;
    await this.#turn(async () => {
      const firstId = this.#nextContextId;
      if (firstId + transferSyntaxes.length > PRESENTATION_CONTEXTS_MAX) {
        throw new RangeError(`a connection has at most ${PRESENTATION_CONTEXTS_MAX} presentation contexts`);
      }
      this.#nextContextId += transferSyntaxes.length;
      const wanted = { interfaces: [interfaceId], transferSyntaxes };
      this.#contexts.push(...(await addContexts(this.#addition(), wanted, firstId, connectTimeoutMs)));
    });
  }

  /**
   * Signs in once more, in mid-stream: later calls use the new security context, and its session key becomes the newest.
   *
   * @param mechanism who signs in; as before unless given.
   * @throws {RpcBindError} ERR_RPC_NO_MULTIPLEXING: the server cannot; the connection stays as it was.
   * @throws as {@link RpcConnection.open}; the connection is closed then.
   * @throws {TypeError} on an anonymous connection.
   * @see [MS-RPCE] Security Context Multiplexing (3.3.1.5.4)
   */
  async reauthenticate(mechanism?: Mechanism): Promise<void> {
    await this.#turn(() => this.#reauthenticate(mechanism ?? this.#mechanism));
  }

  /** Closes the connection; a call that is under way, and those that wait, fail. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  #turn<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { peer } = this.#transport;
    const aborted = (reason: unknown): Error => abortedError(peer, reason);
    if (signal?.aborted) return Promise.reject(aborted(signal.reason));
    return this.#turns.take(task, signal, aborted);
  }

  async #call(call: WantedCall, options: CallOptions): Promise<Uint8Array> {
    const { peer } = this.#transport;
    const { signal, timeoutMs = this.#options.callTimeoutMs ?? CALL_TIMEOUT_MS } = options;
    if (signal?.aborted) throw abortedError(peer, signal.reason);
    const { opnum, context } = call;
    const callId = this.#nextCallId();
    const assembler = new ResponseAssembler(peer, this.#options.responseBytesMax ?? RESPONSE_BYTES_MAX);
    const outlivesOrphans = this.features.keepConnectionOnOrphan && this.#orphans.size < ORPHANS_MAX;
    const answer = await this.#transport.exchange({
      waitedFor: `the answer to call ${opnum} was due`,
      timeoutMs,
      signal,
      orphan: outlivesOrphans ? () => this.#orphan(callId) : undefined,
      pdus: this.#protectedFragments(call, callId),
      accept: (pdu) => {
        const { header, bytes } = pdu;
        if (header.callId !== callId) {
          throw new RpcProtocolError({ peer, problem: `it answered call id ${header.callId} instead of ${callId}` });
        }
        if (header.type === PTYPE.fault) return this.#faultOf(pdu, opnum);
        if (header.type !== PTYPE.response) {
          throw new RpcProtocolError({ peer, problem: `it answered a call with a PDU of type ${header.type}` });
        }
        return assembler.add(
          this.#openStub(pdu, this.#protection),
          header.flags,
          decodeResponseHint(bytes, context.id),
        );
      },
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async #reauthenticate(mechanism: RpcConnectionOptions['security']): Promise<void> {
    const { peer } = this.#transport;
    const [context] = this.#contexts;
    const latest = this.#protection?.trailer.contextId;
    if (mechanism === 'anonymous' || latest === undefined || context === undefined) {
      throw new TypeError('an anonymous connection cannot sign in again');
    }
    if (!this.features.securityContextMultiplexing || this.#sessionKeys.length >= SECURITY_CONTEXTS_MAX) {
      throw noMultiplexingError(peer);
    }
    try {
      const added = { contextId: latest + 1, context };
      const signedIn = await signInAgain(this.#addition(), mechanism, signInOptions(this.#options), added);
      this.#use(signedIn);
      this.#mechanism = mechanism;
    } catch (error) {
      await this.#transport.close();
      throw error;
    }
  }

  /** Protects further calls by a new security context. */
  #use({ context, trailer, confirmed }: SignedIn): void {
    this.#protection = new PduProtection(context, trailer, this.#binding.headerSigning);
    this.#sessionKeys.push(context.sessionKey);
    this.#proven = confirmed;
  }

  *#protectedFragments({ opnum, stub, context }: WantedCall, callId: number): Generator<Uint8Array> {
    const { fragmentBytesMax } = this.#binding;
    const protection = this.#protection;
    const verificationTrailer = protection && this.#verification.next({ callId, opnum, context });
    const request: CallRequest = { callId, contextId: context.id, opnum, stub, verificationTrailer };
    for (const fragment of encodeRequest(request, { fragmentBytesMax, auth: protection })) {
      protection?.protect(fragment);
      yield fragment;
    }
  }

  /** The plaintext stub of a response fragment, which `protection` has to fit: a view of it, valid as long as the fragment. */
  #openStub(pdu: Pdu, protection: PduProtection | undefined): Uint8Array {
    const { peer } = this.#transport;
    const verifier = decodeAuthVerifier(pdu.header, pdu.bytes);
    if (!protection && !verifier) return pdu.bytes.subarray(CALL_HEADER_BYTES);
    if (!protection || !verifier) throw new RpcSignatureError(peer, 'a fragment is not protected as agreed');
    const stub = protection.open(pdu, verifier, peer);
    this.#proven = true;
    return stub;
  }

  #faultOf({ header, bytes }: Pdu, opnum: number): RpcFaultError {
    const { peer } = this.#transport;
    const status = decodeFaultStatus(bytes);
    if (this.#mechanism !== 'anonymous' && !this.#proven && isLogonRefusal(status)) {
      throw logonRefusedError(peer, status, this.#mechanism);
    }
    const error = new RpcFaultError(peer, opnum, status);
    // A signed fault has moved the server's key stream on in a way that providers differ in: end the connection.
    if (header.authLength > 0) throw error;
    return error;
  }

  #orphan(callId: number): Uint8Array {
    this.#orphans.set(callId, this.#protection);
    this.#transport.onLateAnswers((pdu) => this.#takeLateAnswer(pdu));
    return encodeOrphaned(callId);
  }

  /** What still comes of a call that was given up is opened, because its signatures count too, and dropped. */
  #takeLateAnswer(pdu: Pdu): boolean {
    const { callId, type, flags } = pdu.header;
    if (!this.#orphans.has(callId) || (type !== PTYPE.response && type !== PTYPE.fault)) return false;
    if (type === PTYPE.response) this.#openStub(pdu, this.#orphans.get(callId));
    if (type === PTYPE.fault || (flags & PFC_LAST_FRAG) !== 0) this.#orphans.delete(callId);
    return true;
  }

  #contextOf(interfaceId: SyntaxId | undefined): PresentationContext {
    const context =
      interfaceId === undefined
        ? this.#contexts[0]
        : this.#contexts.find((candidate) => isSameSyntax(candidate.interface, interfaceId));
    if (context === undefined) throw new TypeError(`the connection is not bound to interface ${interfaceId?.uuid}`);
    return context;
  }

  #addition(): { transport: RpcTransport; callId: number } {
    return { transport: this.#transport, callId: this.#nextCallId() };
  }

  #nextCallId(): number {
    this.#lastCallId = (this.#lastCallId + 1) >>> 0;
    return this.#lastCallId;
  }
}

interface WantedCall {
  readonly opnum: number;
  readonly stub: Uint8Array;
  readonly context: PresentationContext;
}

function signInOptions(options: RpcConnectionOptions): SignInOptions {
  const { host, signal, service = 'host', protectionLevel = 'privacy' } = options;
  return { host, signal, service, protectionLevel, timeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS };
}

function noMultiplexingError(peer: string): RpcBindError {
  return new RpcBindError({
    code: 'ERR_RPC_NO_MULTIPLEXING',
    message: `${peer} takes no further sign-in on this connection`,
    nextStep: 'Open a new connection instead.',
  });
}
