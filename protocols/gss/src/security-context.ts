/** The part of a message that is encrypted; all of the message is signed. Offsets in bytes. */
export interface SealedRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What two sides share after a sign-in: it protects the messages of both directions, in the order they are sent.
 *
 * Three forms of protection, all with sequence numbers, so that no message can be left out, repeated or swapped:
 * `seal`/`open` for DCE/RPC, where the signature travels apart from the message and the encrypted part keeps its length;
 * `sign`/`verify` for a message in clear; `wrap`/`unwrap` for a stream such as LDAP's, where a token holds all.
 * After a wrong signature the context is of no use any more, and after {@link SecurityContext.wipe} it protects nothing: what
 * makes a token throws `SecurityError` ERR_GSS_NO_CONTEXT, and nothing is taken for right.
 *
 * @see RFC 2743 GSS_Wrap, GSS_GetMIC; [MS-RPCE] Security Context (3.1.1.1.1)
 */
export interface SecurityContext {
  /** For messages: `NTLM`, `Kerberos`. */
  readonly mechanismName: string;
  /** The key that both sides agreed on; protocols above encrypt secrets with it. Valid until {@link SecurityContext.wipe}. */
  readonly sessionKey: Uint8Array;
  /** Bytes of what {@link SecurityContext.seal} gives; depends on the context alone, not on the message. */
  readonly sealSignatureBytes: number;
  /** Bytes of what {@link SecurityContext.sign} gives. */
  readonly signSignatureBytes: number;
  /** Encrypts a part of `message` in place and gives the signature of all of it. */
  seal(message: Uint8Array, sealed: SealedRange): Uint8Array;
  /** Decrypts a part of `message` in place and tells whether the signature is right; nothing may be used of the part when it is not. */
  open(message: Uint8Array, sealed: SealedRange, signature: Uint8Array): boolean;
  /** The signature of a message that goes in clear. */
  sign(message: Uint8Array): Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
  /** A token that holds `message`, encrypted and signed. */
  wrap(message: Uint8Array): Uint8Array;
  /**
   * What {@link SecurityContext.wrap} of the other side was given.
   *
   * @throws {SecurityError} ERR_GSS_SIGNATURE, ERR_GSS_NO_CONTEXT; nothing of the message may be used.
   */
  unwrap(token: Uint8Array): Uint8Array;
  /**
   * Whether a negotiation must end with signatures of its list of mechanisms even where RFC 4178 leaves that open.
   *
   * @see [MS-SPNG] mechListMIC Processing (3.1.5.1), note
   */
  readonly mustSignMechanismList?: boolean;
  /**
   * Told at the end of a negotiation, after its signatures: NTLM starts its key streams anew, and counts on.
   *
   * @see [MS-SPNG] NTLM RC4 Key State for MechListMIC and First Signed Message (3.3.5.1)
   */
  restartKeyStreams?(): void;
  /** Overwrites the keys with zeros. */
  wipe(): void;
}

/** What one side of a sign-in does next. */
export interface InitiatorStep {
  /** To be sent to the other side; undefined when nothing is left to be said. */
  readonly token?: Uint8Array;
  /** There once this side has all it needs; a token of the same step is still to be sent, and is then the last. */
  readonly context?: SecurityContext;
}

/** The initiating side of one sign-in: {@link Initiator.step} without input first, then with each token of the other side. */
export interface Initiator {
  /**
   * @throws {SecurityError} or the mechanism's own error, with a code and a next step: the sign-in has failed.
   */
  step(input?: Uint8Array): Promise<InitiatorStep>;
  /**
   * Gives the sign-in up before its end, and overwrites the keys that it holds with zeros. Not needed after an error, nor once
   * there is a context, which has a {@link SecurityContext.wipe} of its own.
   */
  abandon?(): void;
}

/** Whom a sign-in is for. */
export interface SecurityTarget {
  /** Service class of the service principal name: `ldap`, `host`, `GC`. */
  readonly service: string;
  /** Full name of the host, as clients know it. */
  readonly host: string;
  /** Three legs and no framing, as DCE/RPC wants it. @see [MS-KILE] DCE_STYLE (3.4.5.1) */
  readonly dceStyle: boolean;
  /**
   * Whether messages will be encrypted; true unless given. Samba answers a message that is only signed with one that has
   * room for encryption, and then fails, once it has been asked for it.
   */
  readonly confidentiality?: boolean | undefined;
  /**
   * Binds the sign-in to the TLS connection that it goes through, so that nobody in between can pass it on: the application data of
   * channel bindings, `tls-server-end-point:` ‖ hash of the server's certificate. The hash is the one of the certificate's
   * signature, SHA-256 in place of MD5 and SHA-1.
   *
   * @see RFC 5929 §4
   */
  readonly channelBindings?: Uint8Array | undefined;
  /** Gives the sign-in up. */
  readonly signal?: AbortSignal | undefined;
}

/** An account that can sign in by one mechanism, any number of times. It holds the account's secret. */
export interface Mechanism {
  /** Object identifier in dotted form; {@link mechanismOids} has those in use. */
  readonly oid: string;
  /** For messages: `NTLM`, `Kerberos`, `Negotiate`. */
  readonly name: string;
  /** For messages: who signs in, `CORP\alice`, without any secret. */
  readonly account: string;
  initiate(target: SecurityTarget): Initiator;
}

/** Object identifiers of the mechanisms that Active Directory knows. */
export const mechanismOids = {
  /** RFC 4178 */
  spnego: '1.3.6.1.5.5.2',
  /** RFC 4121 */
  kerberos: '1.2.840.113554.1.2.2',
  /** Kerberos under the number that old Windows systems write. @see [MS-SPNG] (2.2.1, note) */
  microsoftKerberos: '1.2.840.48018.1.2.2',
  /** @see [MS-NLMP] */
  ntlm: '1.3.6.1.4.1.311.2.2.10',
} as const;
