import { randomInt } from 'node:crypto';
import { applicationTag } from '@ad-protocols/asn1';
import {
  mechanismOids,
  SecurityError,
  type Initiator,
  type InitiatorStep,
  type Mechanism,
  type SecurityTarget,
} from '@ad-protocols/gss';
import { isWireError } from '@ad-protocols/wire';
import { RefusedError } from '../client/refused-error.ts';
import type { TicketSource } from '../client/service-ticket.ts';
import { randomKey } from '../crypto/random-key.ts';
import { decodeKrbError } from '../messages/krb-error.ts';
import { acceptApReply, createApRequest, type ApInitiation } from './ap-exchange.ts';
import { CONTEXT_TOKEN_TAG, decodeContextToken, encodeContextToken, tokenIds } from './context-token.ts';
import { KerberosContext } from './kerberos-context.ts';

/** Sequence numbers start below this. */
const SEQUENCE_LIMIT = 0x4000_0000;
/** How a KRB-ERROR begins. */
const KRB_ERROR_TAG = applicationTag(30);

/**
 * An account that signs in with tickets: the Kerberos mechanism of GSS-API, always with mutual authentication.
 *
 * @see RFC 4121; [MS-KILE] Application Server Details (3.4)
 */
export class KerberosMechanism implements Mechanism {
  readonly oid = mechanismOids.kerberos;
  readonly name = 'Kerberos';
  readonly account: string;
  readonly #tickets: TicketSource;

  constructor(tickets: TicketSource) {
    this.#tickets = tickets;
    this.account = tickets.principal;
  }

  initiate(target: SecurityTarget): Initiator {
    return new KerberosInitiator(this.#tickets, target);
  }
}

/**
 * Two steps: AP-REQ without input, then the check of the AP-REP. In DCE style the messages have no framing, and the second
 * step gives an AP-REP of this side's own.
 *
 * @see RFC 4121 §4.1; [MS-KILE] Three-Leg DCE-Style Mutual Authentication (3.4.5.1)
 */
class KerberosInitiator implements Initiator {
  readonly #tickets: TicketSource;
  readonly #target: SecurityTarget;
  #phase: 'not begun' | 'begun' | 'ended' = 'not begun';
  /** There while the answer is awaited. */
  #initiation: ApInitiation | undefined;

  constructor(tickets: TicketSource, target: SecurityTarget) {
    this.#tickets = tickets;
    this.#target = target;
  }

  /** @throws {KerberosError} {SecurityError} ERR_GSS_TOKEN */
  async step(input?: Uint8Array): Promise<InitiatorStep> {
    if (this.#phase === 'not begun' && input === undefined) return await this.#start();
    try {
      if (this.#initiation === undefined || input === undefined) throw this.#outOfTurn();
      return this.#finish(this.#initiation, input);
    } catch (error) {
      throw isWireError(error) ? this.#outOfTurn(error) : error;
    } finally {
      this.abandon();
    }
  }

  abandon(): void {
    this.#phase = 'ended';
    this.#initiation?.subkey.value.fill(0);
    this.#initiation = undefined;
  }

  async #start(): Promise<InitiatorStep> {
    this.#phase = 'begun';
    const { dceStyle, confidentiality = true, channelBindings, signal } = this.#target;
    const ticket = await this.#tickets.getTicket(this.#target, signal);
    if (this.#phase !== 'begun') throw this.#outOfTurn();
    const now = Math.trunc(Date.now() + this.#tickets.clockOffsetMs);
    const milliseconds = now % 1000;
    const initiation = {
      ticket,
      time: now - milliseconds,
      // Two sign-ins of one millisecond must not look like a replay.
      microseconds: milliseconds * 1000 + randomInt(1000),
      subkey: randomKey(ticket.sessionKey.enctype),
      sequenceNumber: randomInt(SEQUENCE_LIMIT),
      dceStyle,
      confidentiality,
      channelBindings,
    };
    this.#initiation = initiation;
    try {
      const request = createApRequest(initiation);
      return { token: dceStyle ? request : encodeContextToken(tokenIds.apRequest, request) };
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  #finish(initiation: ApInitiation, input: Uint8Array): InitiatorStep {
    const { context, thirdLeg } = acceptApReply(initiation, this.#replyOf(input));
    try {
      const established = new KerberosContext(context);
      return initiation.dceStyle ? { token: thirdLeg, context: established } : { context: established };
    } finally {
      context.key.value.fill(0);
    }
  }

  /** The AP-REP of a token. @throws {RefusedError} when it is a KRB-ERROR. */
  #replyOf(input: Uint8Array): Uint8Array {
    // An error comes with framing or without, whatever the style: Samba frames it in DCE style too.
    if (input[0] === KRB_ERROR_TAG) throw this.#refused(input);
    const { dceStyle } = this.#target;
    if (dceStyle && input[0] !== CONTEXT_TOKEN_TAG) return input;
    const { tokenId, body } = decodeContextToken(input);
    if (tokenId === tokenIds.krbError) throw this.#refused(body);
    if (dceStyle || tokenId !== tokenIds.apReply) throw this.#outOfTurn();
    return body;
  }

  #refused(error: Uint8Array): RefusedError {
    const { service, host } = this.#target;
    return new RefusedError(`the sign-in of ${this.#tickets.principal} to ${service}/${host}`, decodeKrbError(error));
  }

  #outOfTurn(cause?: unknown): SecurityError {
    const { service, host } = this.#target;
    return new SecurityError({
      code: 'ERR_GSS_TOKEN',
      message: `${service}/${host} gave no answer of Kerberos where one belongs`,
      nextStep: 'Check that the host is a domain controller and that it takes Kerberos.',
      cause,
    });
  }
}
