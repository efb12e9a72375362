import { createHash, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { hmacMd5 } from '@ad-protocols/crypto';
import type { SealedRange } from '@ad-protocols/gss';
import { isWireError } from '@ad-protocols/wire';
import { applyStreamOnce, messageType, rc4KeyOf, signatureKey } from '../crypto/rc4-hmac.ts';
import { decodeContextToken, encodeContextToken, tokenIds } from './context-token.ts';
import { sameBytes, type ContextParameters, type MessageProtection } from './message-protection.ts';

const CONFOUNDER_BYTES = 8;
const SEQUENCE_BYTES = 8;
const CHECKSUM_BYTES = 8;
/** What a token has between its identifier and the sequence number: the algorithms, and filler up to 6 bytes. */
const algorithms = {
  signed: Uint8Array.of(0x11, 0x00, 0xff, 0xff, 0xff, 0xff),
  sealed: Uint8Array.of(0x11, 0x00, 0x10, 0x00, 0xff, 0xff),
} as const;
const HEAD_BYTES = algorithms.sealed.length + SEQUENCE_BYTES + CHECKSUM_BYTES;
/** How a MIC token begins, and a Wrap token whose message stays in its place: both have one length only. */
const micFrame = encodeContextToken(tokenIds.mic, new Uint8Array(HEAD_BYTES)).subarray(0, -HEAD_BYTES);
const sealFrame = encodeContextToken(tokenIds.wrap, new Uint8Array(HEAD_BYTES + CONFOUNDER_BYTES)).subarray(
  0,
  -HEAD_BYTES - CONFOUNDER_BYTES,
);

/** Message types of the checksums. @see RFC 4757 §7.2, §7.3 */
const checksumTypes = { mic: messageType(15), wrap: messageType(13) } as const;

/** Padding to a multiple of one byte: always one byte of 1. */
const padding = Uint8Array.of(1);

/**
 * The tokens of RFC 4757, which have the framing of RFC 1964 and sequence numbers of 32 bits.
 *
 * Layout of a MIC token, 37 bytes: frame (13) ‖ 01 01 ‖ algorithms (6) ‖ encrypted sequence number (8) ‖ checksum (8).
 * Layout of a Wrap token: frame (13 to 17) ‖ 02 01 ‖ algorithms (6) ‖ encrypted sequence number (8) ‖ checksum (8) ‖
 * encrypted confounder (8) ‖ encrypted message ‖ encrypted padding (1). Where the message stays in its place (DCE style), the
 * token, 45 bytes, ends with the confounder, its frame does not count the message, and there is no padding.
 *
 * @see RFC 4757 §7; [MS-KILE] (3.4.5.4.1), RC4 GSS_WrapEx (4.5)
 */
export class Rc4Protection implements MessageProtection {
  readonly sealSignatureBytes = sealFrame.length + HEAD_BYTES + CONFOUNDER_BYTES;
  readonly signSignatureBytes = micFrame.length + HEAD_BYTES;
  readonly #signingKey: KeyObject;
  readonly #sequenceKey: Uint8Array;
  readonly #sealingKey: Uint8Array;
  readonly #sentByAcceptor: boolean;
  #sendSequence: number;
  #receiveSequence: number;

  /** @throws {KerberosError} ERR_KRB5_KEY: the key has not 16 bytes. */
  constructor({ role, key, sendSequence, receiveSequence }: ContextParameters) {
    const value = rc4KeyOf(key.value);
    const signingKey = signatureKey(value);
    this.#signingKey = createSecretKey(signingKey);
    signingKey.fill(0);
    this.#sequenceKey = hmacMd5(value, messageType(0));
    const masked = value.map((byte) => byte ^ 0xf0);
    this.#sealingKey = hmacMd5(masked, messageType(0));
    masked.fill(0);
    this.#sentByAcceptor = role === 'acceptor';
    this.#sendSequence = sendSequence;
    this.#receiveSequence = receiveSequence;
  }

  seal(message: Uint8Array, { start, end }: SealedRange, confounder: Uint8Array = randomBytes(8)): Uint8Array {
    const sequence = this.#nextSequence();
    const checksum = this.#checksum(checksumTypes.wrap, wrapHead(algorithms.sealed), [confounder, message]);
    const sealedConfounder = new Uint8Array(confounder);
    this.#applyStream(sequence, [sealedConfounder, message.subarray(start, end)]);
    const head = this.#encodeHead(algorithms.sealed, sequence, checksum);
    return encodeContextToken(tokenIds.wrap, Buffer.concat([head, sealedConfounder]));
  }

  open(message: Uint8Array, { start, end }: SealedRange, signature: Uint8Array): boolean {
    if (signature.length !== this.sealSignatureBytes || !startsWith(signature, sealFrame)) return false;
    const token = this.#openHead(signature.subarray(sealFrame.length), algorithms.sealed);
    if (token === undefined) return false;
    const confounder = new Uint8Array(token.rest);
    const text = message.subarray(start, end);
    this.#applyStream(this.#receiveSequence, [confounder, text]);
    const expected = this.#checksum(checksumTypes.wrap, wrapHead(algorithms.sealed), [confounder, message]);
    const right = this.#accept(expected, token.checksum);
    if (!right) text.fill(0);
    return right;
  }

  sign(message: Uint8Array): Uint8Array {
    const checksum = this.#checksum(checksumTypes.mic, micHead, [message]);
    return encodeContextToken(tokenIds.mic, this.#encodeHead(algorithms.signed, this.#nextSequence(), checksum));
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== this.signSignatureBytes || !startsWith(signature, micFrame)) return false;
    const token = this.#openHead(signature.subarray(micFrame.length), algorithms.signed);
    if (token === undefined) return false;
    return this.#accept(this.#checksum(checksumTypes.mic, micHead, [message]), token.checksum);
  }

  wrap(message: Uint8Array, confounder: Uint8Array = randomBytes(8)): Uint8Array {
    const sequence = this.#nextSequence();
    const text = Buffer.concat([confounder, message, padding]);
    const checksum = this.#checksum(checksumTypes.wrap, wrapHead(algorithms.sealed), [text]);
    this.#applyStream(sequence, [text]);
    const head = this.#encodeHead(algorithms.sealed, sequence, checksum);
    return encodeContextToken(tokenIds.wrap, Buffer.concat([head, text]));
  }

  unwrap(token: Uint8Array): Uint8Array | undefined {
    const body = wrapBody(token);
    if (body === undefined) return undefined;
    const sealed = this.#openHead(body, algorithms.sealed);
    const opened = sealed ?? this.#openHead(body, algorithms.signed);
    if (opened === undefined || opened.rest.length < CONFOUNDER_BYTES + padding.length) return undefined;
    const text = new Uint8Array(opened.rest);
    if (sealed !== undefined) this.#applyStream(this.#receiveSequence, [text]);
    const head = wrapHead(sealed === undefined ? algorithms.signed : algorithms.sealed);
    const right = this.#accept(this.#checksum(checksumTypes.wrap, head, [text]), opened.checksum);
    if (right && text.at(-1) === padding[0]) return text.subarray(CONFOUNDER_BYTES, -padding.length);
    text.fill(0);
    return undefined;
  }

  wipe(): void {
    this.#sequenceKey.fill(0);
    this.#sealingKey.fill(0);
  }

  #nextSequence(): number {
    const sequence = this.#sendSequence;
    this.#sendSequence = (sequence + 1) >>> 0;
    return sequence;
  }

  #accept(expected: Uint8Array, checksum: Uint8Array): boolean {
    if (!timingSafeEqual(expected, checksum)) return false;
    this.#receiveSequence = (this.#receiveSequence + 1) >>> 0;
    return true;
  }

  /** HMAC over MD5 of message type ‖ first 8 bytes of the token without its frame ‖ parts, cut to 8 bytes. */
  #checksum(type: Uint8Array, head: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
    const hash = createHash('md5').update(type).update(head);
    for (const part of parts) hash.update(part);
    return hmacMd5(this.#signingKey, hash.digest()).subarray(0, CHECKSUM_BYTES);
  }

  /** Encrypts or decrypts the parts in place, one after the other, with the key stream of a sequence number. */
  #applyStream(sequence: number, parts: readonly Uint8Array[]): void {
    applyStreamOnce(hmacMd5(this.#sealingKey, encodeSequence(sequence).subarray(0, 4)), parts);
  }

  /** Sequence number (4, big-endian) ‖ direction (4), under a key that the checksum gives; both ways alike. */
  #applySequenceStream(checksum: Uint8Array, bytes: Uint8Array): Uint8Array {
    const result = new Uint8Array(bytes);
    applyStreamOnce(hmacMd5(this.#sequenceKey, checksum), [result]);
    return result;
  }

  #encodeHead(algorithm: Uint8Array, sequence: number, checksum: Uint8Array): Uint8Array {
    const plain = encodeSequence(sequence, this.#sentByAcceptor);
    return Buffer.concat([algorithm, this.#applySequenceStream(checksum, plain), checksum]);
  }

  /** Checksum and what follows it, when the token is of this kind, comes from the other side and is the next one. */
  #openHead(body: Uint8Array, algorithm: Uint8Array): OpenedHead | undefined {
    if (body.length < HEAD_BYTES || !startsWith(body, algorithm)) return undefined;
    const checksum = body.subarray(HEAD_BYTES - CHECKSUM_BYTES, HEAD_BYTES);
    const encrypted = body.subarray(algorithm.length, algorithm.length + SEQUENCE_BYTES);
    const expected = encodeSequence(this.#receiveSequence, !this.#sentByAcceptor);
    if (!timingSafeEqual(this.#applySequenceStream(checksum, encrypted), expected)) return undefined;
    return { checksum, rest: body.subarray(HEAD_BYTES) };
  }
}

interface OpenedHead {
  readonly checksum: Uint8Array;
  /** From the confounder on. */
  readonly rest: Uint8Array;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return sameBytes(bytes.subarray(0, start.length), start);
}

const micHead = Uint8Array.of(0x01, 0x01, ...algorithms.signed);

function wrapHead(algorithm: Uint8Array): Uint8Array {
  return Uint8Array.of(0x02, 0x01, ...algorithm);
}

function encodeSequence(sequence: number, sentByAcceptor = false): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES).fill(sentByAcceptor ? 0xff : 0, 4);
  new DataView(bytes.buffer).setUint32(0, sequence);
  return bytes;
}

/** What a wrap token holds inside its frame; undefined for anything else. */
function wrapBody(token: Uint8Array): Uint8Array | undefined {
  try {
    const { tokenId, body } = decodeContextToken(token);
    return tokenId === tokenIds.wrap ? body : undefined;
  } catch (error) {
    if (isWireError(error)) return undefined;
    throw error;
  }
}
