import type { Initiator, SecurityContext } from '@ad-protocols/gss';
import { RpcProtocolError } from './errors.ts';

/** How tokens of a sign-in travel. */
export interface SignInLegs {
  /** `host:port`, for messages. */
  readonly peer: string;
  /** Sends a token that is answered; gives the token of the answer, in memory of its own, or undefined when it has none. */
  readonly exchange: (token: Uint8Array) => Promise<Uint8Array | undefined>;
  /** Sends a last token that is never answered; left out when the server answers every token. */
  readonly sendLast: ((token: Uint8Array) => void) | undefined;
}

/** Tokens that a sign-in may take; the longest in use takes four. */
const LEGS_MAX = 16;

/**
 * Carries the tokens of one sign-in to and fro until both sides have what they need.
 *
 * @throws {RpcProtocolError} ERR_RPC_PROTOCOL: the server ends the sign-in too early, or never.
 * @throws the mechanism's error, or what `exchange` throws
 * @see [MS-RPCE] Building a Security Context (3.3.1.5.2.1)
 */
export async function signIn(initiator: Initiator, legs: SignInLegs): Promise<SecurityContext> {
  const dialogue: { context?: SecurityContext | undefined } = {};
  try {
    return await exchangeTokens(initiator, legs, dialogue);
  } catch (error) {
    initiator.abandon?.();
    dialogue.context?.wipe();
    throw error;
  }
}

/** `dialogue` holds what has come of the sign-in so far. */
async function exchangeTokens(
  initiator: Initiator,
  legs: SignInLegs,
  dialogue: { context?: SecurityContext | undefined },
): Promise<SecurityContext> {
  const { peer } = legs;
  let { token, context } = await initiator.step();
  for (let leg = 1; token !== undefined; leg += 1) {
    dialogue.context = context;
    if (leg > LEGS_MAX) throw new RpcProtocolError({ peer, problem: `the sign-in took more than ${LEGS_MAX} tokens` });
    if (context && leg > 1 && legs.sendLast) {
      legs.sendLast(token);
      return context;
    }
    const answer = await legs.exchange(token);
    // SPNEGO servers confirm here what this side knows already.
    if (context) return context;
    if (answer === undefined) throw new RpcProtocolError({ peer, problem: 'it answered a sign-in without a token' });
    ({ token, context } = await initiator.step(answer));
  }
  if (!context) throw new RpcProtocolError({ peer, problem: 'the sign-in did not end' });
  return context;
}
