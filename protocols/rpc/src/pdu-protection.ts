import type { SecurityContext } from '@ad-protocols/gss';
import { RpcSignatureError } from './errors.ts';
import {
  AUTH_TRAILER_BYTES,
  RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
  type AuthTrailer,
  type AuthVerifier,
} from './pdu/auth-verifier.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import { CALL_HEADER_BYTES } from './pdu/request.ts';

/**
 * One security context of a connection, and how it protects requests and responses.
 *
 * At privacy level the body is sealed, at integrity level it goes in clear. What is signed: header, body and trailer with
 * header signing, else the body alone; NTLM signs all three whatever was negotiated.
 *
 * @see [MS-RPCE] Using a Security Context (3.3.1.5.2.2)
 */
export class PduProtection {
  readonly trailer: AuthTrailer;
  /** Bytes of each PDU's signature. */
  readonly signatureBytes: number;
  readonly #context: SecurityContext;
  readonly #sealed: boolean;
  /** Where what is signed begins, and how much of it there is behind the body. */
  readonly #start: number;
  readonly #trailerBytes: number;

  constructor(context: SecurityContext, trailer: AuthTrailer, headerSigning: boolean) {
    const wholePdu = headerSigning || context.mechanismName === 'NTLM';
    this.trailer = trailer;
    this.#context = context;
    this.#sealed = trailer.level === RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    this.signatureBytes = this.#sealed ? context.sealSignatureBytes : context.signSignatureBytes;
    this.#start = wholePdu ? 0 : CALL_HEADER_BYTES;
    this.#trailerBytes = wholePdu ? AUTH_TRAILER_BYTES : 0;
  }

  /** Seals or signs, in place, a fragment that ends in room for the signature. */
  protect(fragment: Uint8Array): void {
    const signatureStart = fragment.length - this.signatureBytes;
    const bodyEnd = signatureStart - AUTH_TRAILER_BYTES;
    const message = fragment.subarray(this.#start, bodyEnd + this.#trailerBytes);
    const signature = this.#sealed
      ? this.#context.seal(message, this.#bodyRange(bodyEnd))
      : this.#context.sign(message);
    fragment.set(signature, signatureStart);
  }

  /**
   * The stub of a response fragment in clear: a view of it, valid as long as the fragment.
   *
   * @throws {RpcSignatureError} ERR_RPC_SIGNATURE: the fragment's protection is another, or its signature is wrong.
   */
  open({ header, bytes }: Pdu, verifier: AuthVerifier, peer: string): Uint8Array {
    const bodyEnd = header.fragmentLength - header.authLength - AUTH_TRAILER_BYTES;
    const stubEnd = bodyEnd - verifier.padLength;
    const { type, level, contextId } = this.trailer;
    const asAgreed =
      verifier.type === type &&
      verifier.level === level &&
      verifier.contextId === contextId &&
      stubEnd >= CALL_HEADER_BYTES;
    if (!asAgreed) throw new RpcSignatureError(peer, 'a fragment is not protected as agreed');
    const message = bytes.subarray(this.#start, bodyEnd + this.#trailerBytes);
    const right = this.#sealed
      ? this.#context.open(message, this.#bodyRange(bodyEnd), verifier.token)
      : this.#context.verify(message, verifier.token);
    if (!right) throw new RpcSignatureError(peer, 'the signature of a fragment is wrong');
    return bytes.subarray(CALL_HEADER_BYTES, stubEnd);
  }

  /** The body within what is signed. */
  #bodyRange(bodyEnd: number): { start: number; end: number } {
    return { start: CALL_HEADER_BYTES - this.#start, end: bodyEnd - this.#start };
  }
}
