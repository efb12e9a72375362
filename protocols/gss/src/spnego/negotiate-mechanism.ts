import { mechanismOids, type Initiator, type Mechanism, type SecurityTarget } from '../security-context.ts';
import { mayFallBackByDefault, type FallbackDecision } from './fallback.ts';
import { NegotiateInitiator } from './negotiate-initiator.ts';

/** How a {@link NegotiateMechanism} behaves. */
export interface NegotiateOptions {
  /** By default {@link mayFallBackByDefault}. Nothing is asked where there is no other mechanism. */
  readonly mayFallBack?: FallbackDecision;
}

/**
 * An account that signs in by the first of several mechanisms that both sides have.
 *
 * With one mechanism, `new NegotiateMechanism([kerberos])`, that one is used or the sign-in fails. With more,
 * `new NegotiateMechanism([kerberos, ntlm])`, the server may choose, and a mechanism that cannot begin is left out when the
 * options allow it. What it gives in the end is the security context of the mechanism chosen.
 *
 * @see RFC 4178; [MS-SPNG]
 */
export class NegotiateMechanism implements Mechanism {
  readonly oid = mechanismOids.spnego;
  readonly name = 'Negotiate';
  /** The account of the preferred mechanism. */
  readonly account: string;
  readonly #mechanisms: readonly Mechanism[];
  readonly #mayFallBack: FallbackDecision;

  /** @param mechanisms The preferred one first. They stay the caller's. */
  constructor(mechanisms: readonly [Mechanism, ...Mechanism[]], options: NegotiateOptions = {}) {
    this.account = mechanisms[0].account;
    this.#mechanisms = mechanisms;
    this.#mayFallBack = options.mayFallBack ?? mayFallBackByDefault;
  }

  initiate(target: SecurityTarget): Initiator {
    return new NegotiateInitiator(this.#mechanisms, target, this.#mayFallBack);
  }
}
