import { noContext, SecurityError, type SealedRange, type SecurityContext } from '@ad-protocols/gss';
import { copySecret } from '@ad-protocols/wire';
import { aesEncryptionTypeOf, encryptionTypeOf } from '../crypto/supported-types.ts';
import { CfxProtection } from './cfx-protection.ts';
import type { ContextParameters, MessageProtection } from './message-protection.ts';
import { Rc4Protection } from './rc4-protection.ts';

/**
 * What both sides share after an AP exchange.
 *
 * The session key for protocols above is the key of the context itself, in its full length: the acceptor's subkey, or the
 * initiator's where there is none. `seal` and `open` have the DCE style, whatever the style of the sign-in.
 *
 * @see RFC 4121 §2, §4.2; RFC 4757 §7; [MS-KILE] GSS_WrapEx() Call (3.4.5.4)
 */
export class KerberosContext implements SecurityContext {
  readonly mechanismName = 'Kerberos';
  readonly sessionKey: Uint8Array;
  readonly sealSignatureBytes: number;
  readonly signSignatureBytes: number;
  /** Undefined once wiped, which leaves its key objects to the engine. */
  #protection: MessageProtection | undefined;

  /**
   * Copies the key; the one in `parameters` stays the caller's to wipe.
   *
   * @throws {KerberosError} ERR_KRB5_ENCTYPE, ERR_KRB5_KEY
   */
  constructor(parameters: ContextParameters) {
    const protection = protectionOf(parameters);
    this.#protection = protection;
    this.sessionKey = copySecret(parameters.key.value);
    this.sealSignatureBytes = protection.sealSignatureBytes;
    this.signSignatureBytes = protection.signSignatureBytes;
  }

  #needProtection(): MessageProtection {
    if (this.#protection === undefined) throw noContext();
    return this.#protection;
  }

  seal(message: Uint8Array, sealed: SealedRange): Uint8Array {
    return this.#needProtection().seal(message, sealed);
  }

  open(message: Uint8Array, sealed: SealedRange, signature: Uint8Array): boolean {
    return this.#protection?.open(message, sealed, signature) ?? false;
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#needProtection().sign(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return this.#protection?.verify(message, signature) ?? false;
  }

  wrap(message: Uint8Array): Uint8Array {
    return this.#needProtection().wrap(message);
  }

  unwrap(token: Uint8Array): Uint8Array {
    const message = this.#needProtection().unwrap(token);
    if (message !== undefined) return message;
    throw new SecurityError({
      code: 'ERR_GSS_SIGNATURE',
      message: 'a message of the other side was damaged, altered, repeated or left out on the way',
      nextStep: 'Repeat on a new connection; when it happens again, look for a device that alters traffic on the way.',
    });
  }

  wipe(): void {
    this.sessionKey.fill(0);
    this.#protection?.wipe();
    this.#protection = undefined;
  }
}

function protectionOf(parameters: ContextParameters): MessageProtection {
  const { enctype } = parameters.key;
  const aes = aesEncryptionTypeOf(enctype);
  if (aes !== undefined) return new CfxProtection(aes, parameters);
  // Names a type that is none.
  encryptionTypeOf(enctype);
  return new Rc4Protection(parameters);
}
