import { noContext, SecurityError, type SealedRange, type SecurityContext } from '@ad-protocols/gss';
import { MessageSecurity, SIGNATURE_BYTES } from './message-security.ts';

/**
 * The security context of an NTLMv2 sign-in, seen from the client.
 *
 * @see [MS-NLMP] Session Security Details (3.4)
 */
export class NtlmContext implements SecurityContext {
  readonly mechanismName = 'NTLM';
  /** 16 bytes. */
  readonly sessionKey: Uint8Array;
  readonly sealSignatureBytes = SIGNATURE_BYTES;
  readonly signSignatureBytes = SIGNATURE_BYTES;
  /** A server that sees an integrity code in the third message insists. @see [MS-SPNG] mechListMIC Processing (3.1.5.1), note */
  readonly mustSignMechanismList = true;
  /** Undefined once wiped. */
  #directions: { readonly outgoing: MessageSecurity; readonly incoming: MessageSecurity } | undefined;

  /** Takes `sessionKey` over: it is wiped with this context. */
  constructor(sessionKey: Uint8Array) {
    this.sessionKey = sessionKey;
    this.#directions = {
      outgoing: new MessageSecurity(sessionKey, 'client-to-server'),
      incoming: new MessageSecurity(sessionKey, 'server-to-client'),
    };
  }

  get #outgoing(): MessageSecurity {
    if (this.#directions === undefined) throw noContext();
    return this.#directions.outgoing;
  }

  seal(message: Uint8Array, sealed: SealedRange): Uint8Array {
    return this.#outgoing.seal(message, sealed);
  }

  open(message: Uint8Array, sealed: SealedRange, signature: Uint8Array): boolean {
    return this.#directions?.incoming.open(message, sealed, signature) ?? false;
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#outgoing.seal(message, nothing);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return this.open(message, nothing, signature);
  }

  /** Layout: signature (16) ‖ encrypted message. @see [MS-NLMP] GSS_WrapEx() Call (3.4.6) */
  wrap(message: Uint8Array): Uint8Array {
    const token = new Uint8Array(SIGNATURE_BYTES + message.length);
    const body = token.subarray(SIGNATURE_BYTES);
    body.set(message);
    token.set(this.#outgoing.seal(body, { start: 0, end: body.length }));
    return token;
  }

  unwrap(token: Uint8Array): Uint8Array {
    if (this.#directions === undefined) throw noContext();
    // Not `slice`, which of a Buffer gives a view.
    const body = new Uint8Array(token.subarray(SIGNATURE_BYTES));
    if (this.open(body, { start: 0, end: body.length }, token.subarray(0, SIGNATURE_BYTES))) return body;
    throw new SecurityError({
      code: 'ERR_GSS_SIGNATURE',
      message: 'a message of the other side was damaged or altered on the way',
      nextStep: 'Repeat on a new connection; when it happens again, look for a device that alters traffic on the way.',
    });
  }

  restartKeyStreams(): void {
    this.#directions?.outgoing.restartKeyStream();
    this.#directions?.incoming.restartKeyStream();
  }

  wipe(): void {
    this.sessionKey.fill(0);
    this.#directions?.outgoing.wipe();
    this.#directions?.incoming.wipe();
    this.#directions = undefined;
  }
}

const nothing: SealedRange = { start: 0, end: 0 };
