import { createHmac } from 'node:crypto';
import {
  mechanismOids,
  type Initiator,
  type Mechanism,
  type SealedRange,
  type SecurityContext,
} from '@ad-protocols/gss';
import type { PeerAcceptor, PeerDirection, PeerSecurity } from '@ad-protocols/testing';

/**
 * A mechanism without any secrecy, of the shape of Kerberos's and SPNEGO's: signatures of 76 bytes when sealed and of 28 when
 * only signed, and any number of legs. Both sides of it.
 */

const SEAL_SIGNATURE_BYTES = 76;
const SIGN_SIGNATURE_BYTES = 28;

/** One direction: a constant for a key stream, and an HMAC over a sequence number and the message for a signature. */
class ToyDirection implements PeerDirection {
  readonly #key: string;
  readonly #signatureBytes: number;
  #sequence = 0;

  constructor(key: string, signatureBytes: number) {
    this.#key = key;
    this.#signatureBytes = signatureBytes;
  }

  stream(bytes: Uint8Array): Buffer {
    return Buffer.from(bytes.map((byte) => byte ^ 0x5a));
  }

  sign(plaintext: Uint8Array): Buffer {
    const digest = createHmac('sha512', this.#key).update(`${this.#sequence}|`).update(plaintext).digest();
    this.#sequence += 1;
    return Buffer.concat([digest, digest]).subarray(0, this.#signatureBytes);
  }
}

class ToyContext implements SecurityContext {
  readonly mechanismName = 'Toy';
  readonly sessionKey: Uint8Array;
  readonly sealSignatureBytes = SEAL_SIGNATURE_BYTES;
  readonly signSignatureBytes = SIGN_SIGNATURE_BYTES;
  readonly #sealing: Record<'outgoing' | 'incoming', ToyDirection>;
  readonly #signing: Record<'outgoing' | 'incoming', ToyDirection>;

  constructor(key: string) {
    const pair = (bytes: number): Record<'outgoing' | 'incoming', ToyDirection> => ({
      outgoing: new ToyDirection(`${key} to server`, bytes),
      incoming: new ToyDirection(`${key} to client`, bytes),
    });
    this.sessionKey = Buffer.from(key);
    this.#sealing = pair(SEAL_SIGNATURE_BYTES);
    this.#signing = pair(SIGN_SIGNATURE_BYTES);
  }

  seal(message: Uint8Array, sealed: SealedRange): Uint8Array {
    const signature = this.#sealing.outgoing.sign(message);
    const part = message.subarray(sealed.start, sealed.end);
    part.set(this.#sealing.outgoing.stream(part));
    return signature;
  }

  open(message: Uint8Array, sealed: SealedRange, signature: Uint8Array): boolean {
    const part = message.subarray(sealed.start, sealed.end);
    part.set(this.#sealing.incoming.stream(part));
    return this.#sealing.incoming.sign(message).equals(signature);
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#signing.outgoing.sign(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return this.#signing.incoming.sign(message).equals(signature);
  }

  wrap(): Uint8Array {
    throw new TypeError('a toy does not wrap');
  }

  unwrap(): Uint8Array {
    throw new TypeError('a toy does not unwrap');
  }

  wipe(): void {
    this.sessionKey.fill(0);
  }
}

/** How a toy sign-in goes. */
export interface ToyOptions {
  /** Tokens to and fro, three unless given; the last is the client's when the number is odd. */
  readonly legs?: number;
  /** Bytes of the first token, 8 unless given. */
  readonly firstTokenBytes?: number;
  readonly oid?: string;
}

/** The client's side. */
export class ToyMechanism implements Mechanism {
  readonly name = 'Toy';
  readonly account = 'CORP\\toy';
  readonly oid: string;
  /** What each sign-in was for. */
  readonly targets: unknown[] = [];
  /** Sign-ins that were given up. */
  abandoned = 0;
  /** What has come of the sign-ins. */
  readonly contexts: SecurityContext[] = [];
  readonly #options: ToyOptions;

  constructor(options: ToyOptions = {}) {
    this.oid = options.oid ?? mechanismOids.kerberos;
    this.#options = options;
  }

  initiate(target: unknown): Initiator {
    this.targets.push(target);
    const { legs = 3, firstTokenBytes = 8 } = this.#options;
    const key = `session ${this.targets.length}`;
    let leg = 0;
    return {
      abandon: () => {
        this.abandoned += 1;
      },
      step: async (input) => {
        if (leg > 0 && input?.[0] !== leg) throw new RangeError('a wrong toy token');
        leg += 1;
        const token = leg === 1 ? Buffer.alloc(firstTokenBytes, key) : Uint8Array.of(leg);
        const context = leg >= legs ? new ToyContext(key) : undefined;
        if (context) this.contexts.push(context);
        const last = leg > legs;
        leg += 1;
        return { ...(last ? {} : { token }), ...(context ? { context } : {}) };
      },
    };
  }
}

/** The server's side; its sessions count as the client's do. */
export class ToyAcceptor implements PeerAcceptor {
  readonly #legs: number;
  readonly #sealed: boolean;
  readonly #key: string;
  #leg = 0;

  constructor(session: number, { legs = 3, sealed = true } = {}) {
    this.#legs = legs;
    this.#sealed = sealed;
    this.#key = `session ${session}`;
  }

  accept(): { token?: Buffer; security?: PeerSecurity } {
    this.#leg += 1;
    const answered = this.#leg < this.#legs;
    const token = Buffer.of(this.#leg + 1);
    this.#leg += 1;
    return { ...(answered ? { token } : {}), ...(this.#leg >= this.#legs ? { security: this.#security() } : {}) };
  }

  #security(): PeerSecurity {
    const signatureBytes = this.#sealed ? SEAL_SIGNATURE_BYTES : SIGN_SIGNATURE_BYTES;
    return {
      sessionKey: Buffer.from(this.#key),
      signatureBytes,
      signsAll: false,
      incoming: new ToyDirection(`${this.#key} to server`, signatureBytes),
      outgoing: new ToyDirection(`${this.#key} to client`, signatureBytes),
    };
  }
}
