import { acceptAuthenticate, challengeMessage, Sealing } from './ntlm-server.ts';

/** One direction of a protected connection, server side. */
export interface PeerDirection {
  /** Encrypts or decrypts a body. */
  stream(bytes: Uint8Array): Buffer;
  /** The signature of a plaintext, after its body went through {@link PeerDirection.stream} if it was sealed. */
  sign(plaintext: Uint8Array): Buffer;
}

/** What the server shares with a client that has signed in. */
export interface PeerSecurity {
  readonly sessionKey: Buffer;
  readonly signatureBytes: number;
  /** Header and trailer are signed whether or not header signing was negotiated. */
  readonly signsAll: boolean;
  readonly incoming: PeerDirection;
  readonly outgoing: PeerDirection;
}

/** The server's side of one sign-in. */
export interface PeerAcceptor {
  /** Takes the client's next token; `refused` when it is wrong. */
  accept(token: Buffer): { token?: Buffer; security?: PeerSecurity } | 'refused';
}

/** The password that the server knows. */
export const PASSWORD = 'Correct-Horse-1';

/** NTLM: a challenge, then the client's answer to it. */
export class NtlmAcceptor implements PeerAcceptor {
  #challenged = false;

  accept(token: Buffer): { token?: Buffer; security?: PeerSecurity } | 'refused' {
    if (!this.#challenged) {
      this.#challenged = true;
      return { token: challengeMessage() };
    }
    const sessionKey = acceptAuthenticate(token, PASSWORD);
    if (!sessionKey) return 'refused';
    const incoming = new Sealing(sessionKey, 'client-to-server');
    const outgoing = new Sealing(sessionKey, 'server-to-client');
    return { security: { sessionKey, signatureBytes: 16, signsAll: true, incoming, outgoing } };
  }
}
