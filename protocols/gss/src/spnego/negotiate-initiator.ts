import { isWireError } from '@ad-protocols/wire';
import type { Initiator, InitiatorStep, Mechanism, SecurityContext, SecurityTarget } from '../security-context.ts';
import type { FallbackDecision } from './fallback.ts';
import { encodeMechTypeList, sameMechanism } from './mechanism-list.ts';
import { decodeNegTokenInit, encodeNegTokenInit } from './neg-token-init.ts';
import { decodeNegTokenResp, encodeNegTokenResp, type NegTokenResp } from './neg-token-resp.ts';
import { badToken, downgraded, noCommonMechanism, rejected } from './negotiate-errors.ts';

/** Where a negotiation stands. */
type Phase = 'not begun' | 'offered' | 'chosen' | 'ended';

/**
 * The initiating side of one negotiation.
 *
 * The first mechanism's token goes out with the list of mechanisms. The server chooses one in its first answer; from then on
 * the tokens of that one travel inside the negotiation's. At the end both sides sign the list, so that nobody in between can
 * have taken the better mechanisms out: always where another than the first was chosen, where the server asks for it, and
 * where the mechanism asks for it.
 *
 * @see RFC 4178 §4.2, §5
 */
export class NegotiateInitiator implements Initiator {
  readonly #target: SecurityTarget;
  readonly #mayFallBack: FallbackDecision;
  #phase: Phase = 'not begun';
  /** What is offered, the preferred one first. */
  #offered: readonly Mechanism[];
  #inner: Initiator | undefined;
  /** There once the inner mechanism has ended. */
  #context: SecurityContext | undefined;
  #signaturesNeeded = false;
  #ownSignatureSent = false;
  #peerSignatureRight = false;

  constructor(mechanisms: readonly Mechanism[], target: SecurityTarget, mayFallBack: FallbackDecision) {
    this.#offered = mechanisms;
    this.#target = target;
    this.#mayFallBack = mayFallBack;
  }

  /**
   * @throws {SecurityError} ERR_GSS_TOKEN, ERR_GSS_NO_COMMON_MECHANISM, ERR_GSS_REJECTED, ERR_GSS_DOWNGRADE
   * @throws the error of the mechanism that failed.
   */
  async step(input?: Uint8Array): Promise<InitiatorStep> {
    try {
      if (this.#phase === 'not begun') return await this.#begin(input);
      if (this.#phase === 'ended') throw badToken('it goes on after its end');
      if (input === undefined) throw badToken('it ends too early');
      return await this.#answer(readToken(input, decodeNegTokenResp));
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  abandon(): void {
    this.#phase = 'ended';
    this.#inner?.abandon?.();
    this.#context?.wipe();
    this.#context = undefined;
  }

  /**
   * A server that speaks first names what it has. Nothing protects that, so it changes nothing in what is offered.
   *
   * @see [MS-SPNG] NegTokenInit2 Variation for Server-Initiation (3.3.5.2)
   */
  async #begin(input: Uint8Array | undefined): Promise<InitiatorStep> {
    if (input) readToken(input, decodeNegTokenInit);
    const mechToken = await this.#firstToken();
    this.#phase = 'offered';
    return { token: encodeNegTokenInit({ mechTypes: this.#offeredOids, mechToken }) };
  }

  /** The first token of the first mechanism that can begin; those before it are not offered. */
  async #firstToken(): Promise<Uint8Array | undefined> {
    for (;;) {
      const [first, ...others] = this.#offered;
      if (!first) throw new RangeError('a negotiation needs a mechanism');
      try {
        return await this.#start(first);
      } catch (error) {
        const mayGoOn = others.length > 0 && this.#target.signal?.aborted !== true;
        if (!mayGoOn || !this.#mayFallBack(error, first)) throw error;
        this.#offered = others;
      }
    }
  }

  /** Begins with a mechanism and gives its first token. */
  async #start(mechanism: Mechanism): Promise<Uint8Array | undefined> {
    this.#inner?.abandon?.();
    this.#context?.wipe();
    this.#inner = mechanism.initiate(this.#target);
    const { token, context } = await this.#inner.step();
    this.#context = context;
    return token;
  }

  get #offeredOids(): string[] {
    return this.#offered.map(({ oid }) => oid);
  }

  get #offeredNames(): string[] {
    return this.#offered.map(({ name }) => name);
  }

  async #answer(response: NegTokenResp): Promise<InitiatorStep> {
    if (response.negState === 'reject') throw await this.#rejection(response);
    let token: Uint8Array | undefined;
    if (this.#phase === 'offered') {
      const other = this.#readChoice(response);
      this.#phase = 'chosen';
      token = other ? await this.#start(other) : await this.#continueInner(response);
    } else {
      // A state that only a first answer may have. A mechanism named again is passed over, see [MS-SPNG] (3.3.5).
      if (response.negState === 'request-mic') throw badToken('signatures are asked for too late');
      token = await this.#continueInner(response);
    }
    this.#verifyPeerSignature(response.mechListMic);
    return response.negState === 'accept-completed' ? this.#end(token) : this.#goOn(token);
  }

  /** The mechanism to change to; undefined when the one that has begun was chosen. */
  #readChoice({ negState, supportedMech, responseToken }: NegTokenResp): Mechanism | undefined {
    if (negState === undefined) throw badToken('the first answer has no state');
    if (supportedMech === undefined) throw badToken('the first answer chooses no mechanism');
    const chosen = this.#offered.find(({ oid }) => sameMechanism(oid, supportedMech));
    if (!chosen) throw noCommonMechanism(supportedMech, this.#offeredNames);
    this.#signaturesNeeded = negState === 'request-mic' || chosen !== this.#offered[0];
    if (chosen === this.#offered[0]) return undefined;
    if (responseToken) throw badToken('a token for a mechanism that has not begun');
    return chosen;
  }

  /** The inner mechanism's answer to a token of its own. */
  async #continueInner({ responseToken }: NegTokenResp): Promise<Uint8Array | undefined> {
    if (this.#context) {
      if (responseToken && responseToken.length > 0) throw badToken('a token for a mechanism that has ended');
      return undefined;
    }
    if (!responseToken || !this.#inner) throw badToken("the chosen mechanism's token is missing");
    const { token, context } = await this.#inner.step(responseToken);
    this.#context = context;
    if (!token && !context) throw badToken('the chosen mechanism has neither an answer nor an end');
    return token;
  }

  /** The error of the mechanism where it finds one in the server's last token, as Kerberos does. */
  async #rejection({ responseToken }: NegTokenResp): Promise<unknown> {
    if (responseToken && this.#inner && !this.#context) {
      try {
        this.#context = (await this.#inner.step(responseToken)).context;
      } catch (error) {
        return error;
      }
    }
    return rejected(this.#offeredNames);
  }

  #verifyPeerSignature(signature: Uint8Array | undefined): void {
    if (!signature) return;
    if (!this.#context) throw badToken('a signature before the mechanism has ended');
    if (this.#peerSignatureRight) throw badToken('a second signature');
    if (!this.#context.verify(encodeMechTypeList(this.#offeredOids), signature)) {
      throw downgraded('the signature of the list of mechanisms is wrong');
    }
    this.#peerSignatureRight = true;
  }

  /** The server says that all is done. */
  #end(token: Uint8Array | undefined): InitiatorStep {
    if (!this.#context || token) throw badToken('it is said to be complete before the mechanism has ended');
    if ((this.#signaturesNeeded || this.#ownSignatureSent) && !this.#peerSignatureRight) {
      throw downgraded('the signature of the list of mechanisms is missing');
    }
    return { context: this.#finishedContext(this.#context) };
  }

  /** The server waits for something more: a token of the mechanism, the signature, or both. */
  #goOn(token: Uint8Array | undefined): InitiatorStep {
    const context = this.#context;
    if (!context) return { token: encodeNegTokenResp({ negState: 'accept-incomplete', responseToken: token }) };
    if (this.#ownSignatureSent) throw badToken('it goes on although nothing is left to be said');
    const sign = !token || this.#signaturesNeeded || context.mustSignMechanismList === true;
    const mechListMic = sign ? context.sign(encodeMechTypeList(this.#offeredOids)) : undefined;
    this.#ownSignatureSent = sign;
    // The server has signed and is answered: that was the last message.
    const last = this.#peerSignatureRight;
    const negState = last ? 'accept-completed' : 'accept-incomplete';
    const answer = encodeNegTokenResp({ negState, responseToken: token, mechListMic });
    return last ? { token: answer, context: this.#finishedContext(context) } : { token: answer };
  }

  #finishedContext(context: SecurityContext): SecurityContext {
    this.#phase = 'ended';
    this.#context = undefined;
    context.restartKeyStreams?.();
    return context;
  }
}

/** @throws {SecurityError} ERR_GSS_TOKEN in place of the errors of the codec. */
function readToken<T>(token: Uint8Array, decode: (bytes: Uint8Array) => T): T {
  try {
    return decode(token);
  } catch (error) {
    if (isWireError(error)) throw badToken('malformed', error);
    throw error;
  }
}
