import type { SecurityContext } from '@ad-protocols/gss';
import { copySecret } from '@ad-protocols/wire';
import { isLogonRefusal, logonRefusedError, type Security } from './bind-errors.ts';
import type { SignedIn } from './binding.ts';
import { RpcFaultError, RpcSignatureError } from './errors.ts';
import { decodeAuthVerifier } from './pdu/auth-verifier.ts';
import { decodeFaultStatus } from './pdu/fault.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import { CALL_HEADER_BYTES } from './pdu/request.ts';
import { PduProtection } from './pdu-protection.ts';

/**
 * Who is signed in on a connection, and what that protects: calls by the newest security context, and the keys of all there have
 * been.
 */
export class ConnectionSecurity {
  readonly #peer: string;
  readonly #headerSigning: boolean;
  readonly #sessionKeys: Uint8Array[] = [];
  readonly #contexts: SecurityContext[] = [];
  #mechanism: Security = 'anonymous';
  #protection: PduProtection | undefined;
  /** The newest sign-in succeeded on both sides: the server confirmed it, or sent a reply whose signature is right. */
  #proven = false;

  constructor(peer: string, headerSigning: boolean) {
    this.#peer = peer;
    this.#headerSigning = headerSigning;
  }

  /** Who has signed in last. */
  get mechanism(): Security {
    return this.#mechanism;
  }

  /** What protects the next call; undefined on an anonymous connection. */
  get protection(): PduProtection | undefined {
    return this.#protection;
  }

  /** Copies, the newest last. They outlive {@link ConnectionSecurity.wipe}. */
  get sessionKeys(): readonly Uint8Array[] {
    return this.#sessionKeys;
  }

  /** Protects further calls by a new security context, which it takes over. */
  use(mechanism: Security, { context, trailer, confirmed }: SignedIn): void {
    this.#mechanism = mechanism;
    this.#contexts.push(context);
    this.#protection = new PduProtection(context, trailer, this.#headerSigning);
    this.#sessionKeys.push(copySecret(context.sessionKey));
    this.#proven = confirmed;
  }

  /**
   * The plaintext stub of a response fragment, which `protection` has to fit: a view of it, valid as long as the fragment.
   *
   * @throws {RpcSignatureError} ERR_RPC_SIGNATURE. {TruncatedError} {MalformedError}
   */
  openStub(pdu: Pdu, protection: PduProtection | undefined): Uint8Array {
    const verifier = decodeAuthVerifier(pdu.header, pdu.bytes);
    if (!protection && !verifier) return pdu.bytes.subarray(CALL_HEADER_BYTES);
    if (!protection || !verifier) throw new RpcSignatureError(this.#peer, 'a fragment is not protected as agreed');
    const stub = protection.open(pdu, verifier, this.#peer);
    // An answer in an older context says nothing about the newest sign-in.
    if (protection === this.#protection) this.#proven = true;
    return stub;
  }

  /**
   * What a fault in answer to a call means. Nothing protects it: only requests and responses are signed, so that anybody on the
   * way can make a call fail, as by cutting the connection, and can do no more.
   *
   * @throws {RpcLogonError} ERR_RPC_LOGON_REFUSED: the sign-in was refused.
   * @throws {RpcFaultError} a fault with a signature, which has moved the server's key stream on in a way that nothing specifies:
   *   the connection cannot go on.
   * @see [MS-RPCE] Authentication Tokens (2.2.2.12)
   */
  faultOf({ header, bytes }: Pdu, opnum: number): RpcFaultError {
    const status = decodeFaultStatus(bytes);
    if (this.#mechanism !== 'anonymous' && !this.#proven && isLogonRefusal(status)) {
      throw logonRefusedError(this.#peer, status, this.#mechanism);
    }
    const error = new RpcFaultError(this.#peer, opnum, status);
    if (header.authLength > 0) throw error;
    return error;
  }

  /** Overwrites the keys that protect messages: nothing can be called any more. */
  wipe(): void {
    for (const context of this.#contexts.splice(0)) context.wipe();
  }
}
