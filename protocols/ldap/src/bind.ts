import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  mechanismOids,
  type Initiator,
  type InitiatorStep,
  type Mechanism,
  type SecurityContext,
} from '@ad-protocols/gss';
import { isWireError } from '@ad-protocols/wire';
import { protocolError } from './errors.ts';
import { exchange } from './exchange.ts';
import { guarded, type Guard } from './guarded.ts';
import { encodeSaslBind, encodeSimpleBind } from './requests.ts';
import type { LdapResponse } from './responses.ts';
import { bindError, resultCodes } from './result-errors.ts';
import { chooseSecurityLayer } from './sasl-layer.ts';
import { RECEIVE_BYTES_MAX, SEND_BYTES_MAX, SealedStream, type SealedStreamLimits } from './sealed-stream.ts';

/** More legs than any mechanism has. */
const LEGS_MAX = 12;
/** A mechanism that has nothing more to say still has to answer. @see RFC 4752 §3.1 */
const nothing = new Uint8Array();

/** What every sign-in is given. */
interface BindOptions {
  /** For messages: `host:port`. */
  readonly server: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Signs in by SASL on a plain connection, and gives the stream on which everything from now on is signed and sealed.
 *
 * A Kerberos mechanism goes as SASL `GSSAPI`, every other as `GSS-SPNEGO`, which Active Directory takes with bare NTLM
 * tokens as well. Takes `stream` over: when the sign-in fails it is destroyed.
 *
 * @throws {LdapBindError} ERR_LDAP_CREDENTIALS
 * @throws {LdapError} ERR_LDAP_MECHANISM, ERR_LDAP_PROTECTION_REQUIRED, ERR_LDAP_PROTOCOL, ERR_LDAP_TIMEOUT,
 *   ERR_LDAP_CLOSED, ERR_LDAP_RESULT; the mechanism's own errors.
 * @see RFC 4513 §5.2 SASL Authentication Method; [MS-ADTS] SASL Authentication (5.1.1.1.2)
 */
export async function bindSasl(
  stream: Duplex,
  options: BindOptions & { mechanism: Mechanism; host: string; limits?: SealedStreamLimits | undefined },
): Promise<SealedStream> {
  const { mechanism, host, server, limits } = options;
  return await guarded(stream, guardOf(options), async (signal) => {
    const initiator = mechanism.initiate({ service: 'ldap', host, dceStyle: false, signal });
    const { receiveBytesMax = RECEIVE_BYTES_MAX, sendBytesMax = SEND_BYTES_MAX } = limits ?? {};
    const dialogue = new SaslDialogue({ stream, server, initiator, mechanism, receiveBytesMax });
    try {
      const { context, serverTakesBytesMax = sendBytesMax } = await dialogue.run();
      const sizes = { receiveBytesMax, sendBytesMax: Math.min(sendBytesMax, serverTakesBytesMax) };
      return new SealedStream(stream, context, { ...sizes, server });
    } catch (error) {
      dialogue.abandon();
      if (!isWireError(error)) throw error;
      throw protocolError(server, `sent a token that is none of ${mechanism.name}: ${error.message}`, error);
    }
  });
}

/**
 * Signs in with a name and a password, which TLS protects on the way. Takes `stream` over as {@link bindSasl} does.
 *
 * `name` in a form that AD takes: `name@dns.domain`, `DOMAIN\name`, or a distinguished name.
 *
 * @throws {LdapBindError} ERR_LDAP_CREDENTIALS
 * @throws {LdapError} ERR_LDAP_PROTOCOL, ERR_LDAP_TIMEOUT, ERR_LDAP_CLOSED, ERR_LDAP_RESULT
 * @see RFC 4513 §5.1.3; [MS-ADTS] Simple Authentication (5.1.1.1.1)
 */
export async function bindSimple(
  stream: TLSSocket,
  options: BindOptions & { name: string; password: string },
): Promise<void> {
  const { name, server } = options;
  if (options.password === '') {
    // The server would take it for an anonymous sign-in, and succeed.
    throw bindError(server, name, { code: resultCodes.invalidCredentials, diagnostic: 'the password is empty' });
  }
  await guarded(stream, guardOf(options), async () => {
    const password = new TextEncoder().encode(options.password);
    const request = encodeSimpleBind(1, name, password);
    password.fill(0);
    try {
      const answer = await exchange(stream, request, server);
      const { result } = bindAnswer(answer, 1, server);
      if (result.code !== resultCodes.success) throw bindError(server, name, result);
    } finally {
      request.fill(0);
    }
  });
}

function guardOf({ server, timeoutMs, signal }: BindOptions): Guard {
  return { server, waitedFor: 'signing in', timeoutMs, signal };
}

function bindAnswer(answer: LdapResponse, id: number, server: string): LdapResponse & { kind: 'bind' } {
  if (answer.kind === 'bind' && answer.id === id) return answer;
  throw protocolError(server, 'answers a sign-in with something else');
}

/** What has come of a SASL sign-in. */
interface SaslOutcome {
  readonly context: SecurityContext;
  /** Largest token that the server takes; undefined when it was not said. */
  readonly serverTakesBytesMax: number | undefined;
}

/** The legs of one SASL sign-in. */
class SaslDialogue {
  readonly #stream: Duplex;
  readonly #server: string;
  readonly #initiator: Initiator;
  readonly #account: string;
  /** The server offers layers of protection after the mechanism is done, rather than taking what the mechanism has. */
  readonly #offersLayers: boolean;
  /** Largest token that this side takes. */
  readonly #receiveBytesMax: number;
  #step: InitiatorStep = {};
  #serverTakesBytesMax: number | undefined;

  constructor(parts: {
    stream: Duplex;
    server: string;
    initiator: Initiator;
    mechanism: Mechanism;
    receiveBytesMax: number;
  }) {
    this.#receiveBytesMax = parts.receiveBytesMax;
    this.#stream = parts.stream;
    this.#server = parts.server;
    this.#initiator = parts.initiator;
    this.#account = parts.mechanism.account;
    this.#offersLayers = parts.mechanism.oid === mechanismOids.kerberos;
  }

  async run(): Promise<SaslOutcome> {
    this.#step = await this.#initiator.step();
    for (let leg = 1; leg <= LEGS_MAX; leg += 1) {
      const { result, credentials } = await this.#ask(leg);
      if (result.code === resultCodes.success) return await this.#finish(credentials);
      if (result.code !== resultCodes.saslBindInProgress) throw bindError(this.#server, this.#account, result);
      await this.#goOn(credentials);
    }
    throw protocolError(this.#server, `does not come to an end after ${LEGS_MAX} legs of a sign-in`);
  }

  /** Wipes what has come of a sign-in that failed. */
  abandon(): void {
    this.#initiator.abandon?.();
    this.#step.context?.wipe();
  }

  async #ask(id: number): Promise<LdapResponse & { kind: 'bind' }> {
    const mechanism = this.#offersLayers ? 'GSSAPI' : 'GSS-SPNEGO';
    const request = encodeSaslBind(id, mechanism, this.#step.token ?? nothing);
    return bindAnswer(await exchange(this.#stream, request, this.#server), id, this.#server);
  }

  async #goOn(credentials: Uint8Array | undefined): Promise<void> {
    const { context } = this.#step;
    if (context === undefined) {
      this.#step = await this.#initiator.step(credentials ?? nothing);
      return;
    }
    if (!this.#offersLayers || this.#serverTakesBytesMax !== undefined || credentials === undefined) {
      throw protocolError(this.#server, 'wants more of a sign-in that is complete');
    }
    const sides = { server: this.#server, receiveBytesMax: this.#receiveBytesMax };
    const { answer, sendBytesMax } = chooseSecurityLayer(context, credentials, sides);
    this.#serverTakesBytesMax = sendBytesMax;
    this.#step = { token: answer, context };
  }

  async #finish(credentials: Uint8Array | undefined): Promise<SaslOutcome> {
    if (this.#step.context === undefined) this.#step = await this.#initiator.step(credentials ?? nothing);
    const { context } = this.#step;
    if (context === undefined || (this.#offersLayers && this.#serverTakesBytesMax === undefined)) {
      throw protocolError(this.#server, 'ends a sign-in before it is complete');
    }
    return { context, serverTakesBytesMax: this.#serverTakesBytesMax };
  }
}
