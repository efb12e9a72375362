import type { Mechanism } from '@ad-protocols/gss';
import { type TransferSyntax } from '@ad-protocols/ndr';
import { addContexts, bind, signInAgain, type Binding, type SignInOptions } from './binding.ts';
import { CallExchange } from './call-exchange.ts';
import type { CallOptions, RpcConnectionOptions } from './connection-options.ts';
import { ConnectionSecurity } from './connection-security.ts';
import { RpcBindError } from './errors.ts';
import type { BindTimeFeatures } from './pdu/feature-negotiation.ts';
import { isSameSyntax, type SyntaxId } from './pdu/presentation-context.ts';
import { lookUpPort } from './port-lookup.ts';
import type { PresentationContext } from './presentation.ts';
import { abortedError, RpcTransport } from './rpc-transport.ts';
import { Turns } from './turns.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 60_000;
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;
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
  readonly #options: RpcConnectionOptions;
  readonly #contexts: PresentationContext[];
  readonly #security: ConnectionSecurity;
  readonly #calls: CallExchange;
  readonly #turns = new Turns();
  #nextContextId: number;

  private constructor(transport: RpcTransport, binding: Binding, options: RpcConnectionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.features = binding.features;
    this.#contexts = [...binding.contexts];
    this.#nextContextId = 1 + (options.moreInterfaces?.length ?? 0);
    this.#nextContextId *= options.transferSyntaxes?.length ?? 1;
    this.#security = new ConnectionSecurity(transport.peer, binding.headerSigning);
    if (binding.signedIn) this.#security.use(options.security, binding.signedIn);
    this.#calls = new CallExchange(transport, binding, this.#security);
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
    let connection: RpcConnection | undefined;
    try {
      const wanted = { interfaces, transferSyntaxes, security };
      const binding = await bind(transport, { ...signInOptions(options), ...wanted });
      connection = new RpcConnection(transport, binding, options);
      for (const one of interfaces.filter((wish) => !isBoundTo(binding, wish))) await connection.alterContext(one);
      return connection;
    } catch (error) {
      await (connection ?? transport).close();
      throw error;
    }
  }

  /**
   * The newest of {@link RpcConnection.sessionKeys}.
   *
   * @throws {TypeError} on an anonymous connection.
   */
  get sessionKey(): Uint8Array {
    const key = this.sessionKeys.at(-1);
    if (key === undefined) throw new TypeError('an anonymous connection has no session key');
    return key;
  }

  /**
   * The keys that the two sides agreed on when signing in, every one there has been, the newest last: what secrets inside replies
   * are encrypted with. 16 bytes each, or 32 with AES-256.
   *
   * They outlive {@link RpcConnection.close}, because replies are often decrypted after it; overwrite them when no reply is left.
   */
  get sessionKeys(): readonly Uint8Array[] {
    return this.#security.sessionKeys;
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
    const { callTimeoutMs = CALL_TIMEOUT_MS, responseBytesMax = RESPONSE_BYTES_MAX } = this.#options;
    const { signal, timeoutMs = callTimeoutMs } = options;
    const limits = { timeoutMs, responseBytesMax, signal };
    return await this.#turn(() => this.#calls.call({ opnum, stub, context }, limits), signal);
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
    await this.#turn(() => this.#reauthenticate(mechanism ?? this.#security.mechanism));
  }

  /** Closes the connection and wipes what protected it; a call that is under way, and those that wait, fail. */
  async close(): Promise<void> {
    await this.#end();
  }

  /** `cause`: why it ends, for the calls that wait. */
  async #end(cause?: unknown): Promise<void> {
    await this.#transport.close(cause);
    this.#security.wipe();
  }

  #turn<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { peer } = this.#transport;
    const aborted = (reason: unknown): Error => abortedError(peer, reason);
    if (signal?.aborted) return Promise.reject(aborted(signal.reason));
    return this.#turns.take(task, signal, aborted);
  }

  async #reauthenticate(mechanism: RpcConnectionOptions['security']): Promise<void> {
    const { peer } = this.#transport;
    const [context] = this.#contexts;
    const latest = this.#security.protection?.trailer.contextId;
    if (mechanism === 'anonymous' || latest === undefined || context === undefined) {
      throw new TypeError('an anonymous connection cannot sign in again');
    }
    if (!this.features.securityContextMultiplexing || this.sessionKeys.length >= SECURITY_CONTEXTS_MAX) {
      throw noMultiplexingError(peer);
    }
    try {
      const added = { contextId: latest + 1, context };
      const signedIn = await signInAgain(this.#addition(), mechanism, signInOptions(this.#options), added);
      this.#security.use(mechanism, signedIn);
    } catch (error) {
      await this.#end(error);
      throw error;
    }
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
    return { transport: this.#transport, callId: this.#calls.nextCallId() };
  }
}

function isBoundTo(binding: Binding, interfaceId: SyntaxId): boolean {
  return binding.contexts.some((context) => isSameSyntax(context.interface, interfaceId));
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
