import type { ConnectionSecurity } from './connection-security.ts';
import { RpcProtocolError } from './errors.ts';
import { PFC_LAST_FRAG, PTYPE } from './pdu/header.ts';
import { encodeOrphaned } from './pdu/orphaned.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import type { PduProtection } from './pdu-protection.ts';
import { FRAGMENT_STUB_BYTES_MIN, FRAGMENTS_MIN } from './response-assembler.ts';

/** Calls given up whose answers may still come; with more the connection is closed. */
const ORPHANS_MAX = 64;

interface Orphan {
  /** Of the call, and of its answer whatever has been agreed on since. */
  readonly protection: PduProtection | undefined;
  /** Bytes that its answer may still have. */
  bytesLeft: number;
}

/**
 * The calls of a connection that were given up while the server was at work on them. What still comes of them is opened,
 * because its signatures count too, and dropped.
 *
 * @see [MS-RPCE] Keeping Connections Open After an Orphaned Call (3.3.1.5.10)
 */
export class OrphanedCalls {
  readonly #peer: string;
  readonly #security: ConnectionSecurity;
  readonly #calls = new Map<number, Orphan>();

  constructor(peer: string, security: ConnectionSecurity) {
    this.#peer = peer;
    this.#security = security;
  }

  /** No further call can be given up without closing the connection. */
  get full(): boolean {
    return this.#calls.size >= ORPHANS_MAX;
  }

  /** Gives a call up that was made in the newest security context; the PDU that tells the server. */
  add(callId: number, responseBytesMax: number): Uint8Array {
    const bytesLeft = responseBytesMax + FRAGMENTS_MIN * FRAGMENT_STUB_BYTES_MIN;
    this.#calls.set(callId, { protection: this.#security.protection, bytesLeft });
    return encodeOrphaned(callId);
  }

  /**
   * Takes a PDU that belongs to such a call; tells whether it was one.
   *
   * @throws {RpcSignatureError} ERR_RPC_SIGNATURE
   * @throws {RpcProtocolError} ERR_RPC_PROTOCOL: a fault with a signature. ERR_RPC_RESPONSE_TOO_LARGE: an answer without an end.
   */
  take(pdu: Pdu): boolean {
    const { callId, type, flags, authLength } = pdu.header;
    const orphan = this.#calls.get(callId);
    if (orphan === undefined || (type !== PTYPE.response && type !== PTYPE.fault)) return false;
    if (type === PTYPE.fault) {
      const problem = 'it signed a fault, which leaves open where its key stream stands';
      if (authLength > 0) throw new RpcProtocolError({ peer: this.#peer, problem });
      this.#calls.delete(callId);
      return true;
    }
    const stub = this.#security.openStub(pdu, orphan.protection);
    orphan.bytesLeft -= Math.max(stub.length, FRAGMENT_STUB_BYTES_MIN);
    if (orphan.bytesLeft < 0) {
      const problem = 'the answer to a call that was given up has no end';
      throw new RpcProtocolError({ peer: this.#peer, problem, code: 'ERR_RPC_RESPONSE_TOO_LARGE' });
    }
    if ((flags & PFC_LAST_FRAG) !== 0) this.#calls.delete(callId);
    return true;
  }
}
