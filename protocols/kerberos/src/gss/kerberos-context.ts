import { SecurityError, type SealedRange, type SecurityContext } from '@ad-protocols/gss';
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
  readonly #protection: MessageProtection;

  /**
   * Copies the key; the one in `parameters` stays the caller's to wipe.
   *
   * @throws {KerberosError} ERR_KRB5_ENCTYPE, ERR_KRB5_KEY
   */
  constructor(parameters: ContextParameters) {
    this.#protection = protectionOf(parameters);
    this.sessionKey = copySecret(parameters.key.value);
    this.sealSignatureBytes = this.#protection.sealSignatureBytes;
    this.signSignatureBytes = this.#protection.signSignatureBytes;
  }

  seal(message: Uint8Array, sealed: SealedRange): Uint8Array {
    return this.#protection.seal(message, sealed);
  }

  open(message: Uint8Array, sealed: SealedRange, signature: Uint8Array): boolean {
    return this.#protection.open(message, sealed, signature);
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#protection.sign(message);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return this.#protection.verify(message, signature);
  }

  wrap(message: Uint8Array): Uint8Array {
    return this.#protection.wrap(message);
  }

  unwrap(token: Uint8Array): Uint8Array {
    const message = this.#protection.unwrap(token);
    if (message !== undefined) return message;
    throw new SecurityError({
      code: 'ERR_GSS_SIGNATURE',
      message: 'a message of the other side was damaged, altered, repeated or left out on the way',
      nextStep: 'Repeat on a new connection; when it happens again, look for a device that alters traffic on the way.',
    });
  }

  wipe(): void {
    this.sessionKey.fill(0);
    this.#protection.wipe();
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
