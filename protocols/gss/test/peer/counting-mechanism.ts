import { createHmac } from 'node:crypto';
import type { Initiator, InitiatorStep, Mechanism, SecurityContext, SecurityTarget } from '@ad-protocols/gss';

/** A context whose signatures cover a running number, so that a message signed in vain or twice is noticed. */
export class CountingContext implements SecurityContext {
  readonly mechanismName: string;
  readonly sessionKey: Uint8Array;
  readonly sealSignatureBytes = 8;
  readonly signSignatureBytes = 8;
  readonly mustSignMechanismList: boolean;
  restarts = 0;
  wiped = false;
  readonly #own: string;
  readonly #peer: string;
  #sent = 0;
  #received = 0;

  constructor(name: string, side: 'initiator' | 'acceptor', mustSignMechanismList = false) {
    this.mechanismName = name;
    this.sessionKey = new TextEncoder().encode(name);
    this.#own = side;
    this.#peer = side === 'initiator' ? 'acceptor' : 'initiator';
    this.mustSignMechanismList = mustSignMechanismList;
  }

  #signature(side: string, number: number, message: Uint8Array): Uint8Array {
    const hmac = createHmac('sha256', this.sessionKey).update(`${side} ${number} `).update(message);
    return new Uint8Array(hmac.digest().subarray(0, 8));
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#signature(this.#own, this.#sent++, message);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return Buffer.from(this.#signature(this.#peer, this.#received++, message)).equals(signature);
  }

  seal(message: Uint8Array): Uint8Array {
    return this.sign(message);
  }

  open(message: Uint8Array, _sealed: unknown, signature: Uint8Array): boolean {
    return this.verify(message, signature);
  }

  wrap(message: Uint8Array): Uint8Array {
    return message.slice();
  }

  unwrap(token: Uint8Array): Uint8Array {
    return token.slice();
  }

  restartKeyStreams(): void {
    this.restarts += 1;
  }

  wipe(): void {
    this.wiped = true;
  }
}

/** How a {@link CountingMechanism} behaves. */
export interface CountingOptions {
  /** Tokens of both sides together, one after the other. */
  readonly legs: number;
  readonly mustSignMechanismList?: boolean;
  /** Thrown in place of the first token. */
  readonly failure?: Error;
}

/** The token that a side sends as number `leg` of its mechanism. */
export function tokenOf(name: string, leg: number): Uint8Array {
  return new TextEncoder().encode(`${name} ${leg}`);
}

/** A mechanism whose tokens are its name and a number. */
export class CountingMechanism implements Mechanism {
  readonly oid: string;
  readonly name: string;
  readonly account: string;
  readonly contexts: CountingContext[] = [];
  readonly targets: SecurityTarget[] = [];
  /** Sign-ins that were given up. */
  abandoned = 0;
  readonly #options: CountingOptions;

  constructor(oid: string, name: string, options: CountingOptions) {
    this.oid = oid;
    this.name = name;
    this.account = `account of ${name}`;
    this.#options = options;
  }

  initiate(target: SecurityTarget): Initiator {
    this.targets.push(target);
    let leg = 0;
    return {
      step: async (input?: Uint8Array): Promise<InitiatorStep> => {
        const { failure, legs } = this.#options;
        if (failure) throw failure;
        if (leg > 0) {
          if (!input || !Buffer.from(tokenOf(this.name, leg)).equals(input)) throw new WrongTokenError();
          leg += 1;
        }
        const token = leg < legs ? tokenOf(this.name, leg) : undefined;
        if (token) leg += 1;
        return { ...(token && { token }), ...(leg >= legs && { context: this.#newContext() }) };
      },
      abandon: () => {
        this.abandoned += 1;
      },
    };
  }

  #newContext(): CountingContext {
    const context = new CountingContext(this.name, 'initiator', this.#options.mustSignMechanismList);
    this.contexts.push(context);
    return context;
  }
}

/** What a {@link CountingMechanism} throws for a token that is not the one due. */
export class WrongTokenError extends Error {
  readonly code = 'ERR_TEST_WRONG_TOKEN';
}
