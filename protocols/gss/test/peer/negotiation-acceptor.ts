import { decodeNegTokenInit, decodeNegTokenResp, encodeNegTokenResp, type NegTokenResp } from '@ad-protocols/gss';
import { encodeMechTypeList } from '../../src/spnego/mechanism-list.ts';
import { CountingContext, tokenOf } from './counting-mechanism.ts';

/** A mechanism that the acceptor has. */
export interface AcceptedMechanism {
  readonly oid: string;
  readonly name: string;
  readonly legs: number;
}

/** How an acceptor behaves. */
export interface AcceptorOptions {
  readonly mechanisms: readonly AcceptedMechanism[];
  /** Signs although it need not. */
  readonly alwaysSigns?: boolean;
  /** Has the first answer changed on its way out. */
  readonly alter?: (answer: NegTokenResp, number: number) => NegTokenResp;
}

/** The other side of a negotiation, true to RFC 4178 §5, for {@link CountingMechanism}. */
export class NegotiationAcceptor {
  readonly #options: AcceptorOptions;
  readonly context: CountingContext[] = [];
  /** Whether the initiator's signature was there and right. */
  initiatorSigned = false;
  complete = false;
  #mechTypes: readonly string[] = [];
  #chosen: AcceptedMechanism | undefined;
  #signaturesNeeded = false;
  #signed = false;
  #leg = 0;
  #answers = 0;

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  /** The answer to a token; undefined when there is none to be given. */
  accept(token: Uint8Array): Uint8Array | undefined {
    const answer = this.#chosen ? this.#next(decodeNegTokenResp(token)) : this.#first(token);
    if (!answer) return undefined;
    this.#answers += 1;
    return encodeNegTokenResp(this.#options.alter?.(answer, this.#answers) ?? answer);
  }

  #first(token: Uint8Array): NegTokenResp {
    const { mechTypes, mechToken } = decodeNegTokenInit(token);
    this.#mechTypes = mechTypes;
    const has = (oid: string): boolean => this.#options.mechanisms.some((mechanism) => mechanism.oid === oid);
    const oid = mechTypes.find(has);
    this.#chosen = this.#options.mechanisms.find((mechanism) => mechanism.oid === oid);
    if (!this.#chosen) return { negState: 'reject' };
    const preferred = oid === mechTypes[0];
    this.#signaturesNeeded = !preferred;
    if (!preferred) return { negState: 'request-mic', supportedMech: oid };
    return { ...this.#answer(mechToken), supportedMech: oid };
  }

  #next({ responseToken, mechListMic }: NegTokenResp): NegTokenResp | undefined {
    if (responseToken) this.#receive(responseToken);
    const context = this.context[0];
    if (mechListMic) {
      if (!context?.verify(encodeMechTypeList(this.#mechTypes), mechListMic)) throw new Error('wrong signature');
      this.initiatorSigned = true;
    }
    if (this.#signed) {
      this.complete = true;
      return undefined;
    }
    return this.#answer(undefined);
  }

  #receive(token: Uint8Array): void {
    const { name = '', legs = 0 } = this.#chosen ?? {};
    if (!Buffer.from(tokenOf(name, this.#leg)).equals(token)) throw new Error('wrong token');
    this.#leg += 1;
    if (this.#leg === legs) this.context.push(new CountingContext(name, 'acceptor'));
  }

  #answer(received: Uint8Array | undefined): NegTokenResp {
    if (received) this.#receive(received);
    const { name = '', legs = 0 } = this.#chosen ?? {};
    const responseToken = this.#leg < legs ? tokenOf(name, this.#leg++) : undefined;
    if (responseToken && this.#leg === legs) this.context.push(new CountingContext(name, 'acceptor'));
    const context = this.context[0];
    if (!context) return { negState: 'accept-incomplete', responseToken };
    const sign = this.#signaturesNeeded || this.initiatorSigned || this.#options.alwaysSigns === true;
    this.complete = !sign || this.initiatorSigned;
    if (!sign) return { negState: 'accept-completed', responseToken };
    const needsInitiator = !this.initiatorSigned;
    // The initiator sends the last token of an odd number, and signs with it.
    this.#signed = needsInitiator;
    const mechListMic = context.sign(encodeMechTypeList(this.#mechTypes));
    return { negState: needsInitiator ? 'accept-incomplete' : 'accept-completed', responseToken, mechListMic };
  }
}
