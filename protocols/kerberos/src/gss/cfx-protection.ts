import { randomFillSync, timingSafeEqual } from 'node:crypto';
import type { SealedRange } from '@ad-protocols/gss';
import { AES_BLOCK_BYTES } from '../crypto/aes-cts.ts';
import type { AesEncryptionType, UsageKey } from '../crypto/encryption-type.ts';
import { sameBytes, type ContextParameters, type ContextRole, type MessageProtection } from './message-protection.ts';

/** Usages of the key, by what a token is and who sends it. @see RFC 4121 §2 */
const usages = {
  acceptor: { seal: 22, sign: 23 },
  initiator: { seal: 24, sign: 25 },
} as const satisfies Record<ContextRole, object>;

const HEADER_BYTES = 16;
const MIC_TOKEN = 0x0404;
const WRAP_TOKEN = 0x0504;
/** @see RFC 4121 §4.2.2 */
const flags = { sentByAcceptor: 1, sealed: 2, acceptorSubkey: 4 } as const;
const KNOWN_FLAGS = 7;

/** Bytes between message and encrypted header where the encrypted part keeps its place. @see [MS-KILE] (3.4.5.4.1), Pad */
const DCE_FILLER_BYTES = 16;

interface TokenHeader {
  readonly tokenId: number;
  readonly flags: number;
  readonly extraCount: number;
  readonly sequence: bigint;
}

/**
 * The tokens of RFC 4121, which all AES encryption types have.
 *
 * A token starts with a header, 16 bytes: identifier (2) ‖ flags (1) ‖ FF (1) ‖ extra count EC (2) ‖ right rotation count
 * RRC (2) ‖ sequence number (8), big-endian; in a MIC token EC and RRC are FF. The header is part of what is signed.
 *
 * @see RFC 4121 §4.2
 */
export class CfxProtection implements MessageProtection {
  readonly sealSignatureBytes: number;
  readonly signSignatureBytes: number;
  readonly #checksumBytes: number;
  readonly #sealingKey: UsageKey;
  readonly #openingKey: UsageKey;
  readonly #signingKey: UsageKey;
  readonly #verifyingKey: UsageKey;
  readonly #sendFlags: number;
  readonly #receiveFlags: number;
  #sendSequence: bigint;
  #receiveSequence: bigint;

  constructor(type: AesEncryptionType, parameters: ContextParameters) {
    const { role, key, acceptorSubkey } = parameters;
    const own = usages[role];
    const other = usages[role === 'initiator' ? 'acceptor' : 'initiator'];
    this.#sealingKey = type.usageKey(key.value, own.seal);
    this.#signingKey = type.usageKey(key.value, own.sign);
    this.#openingKey = type.usageKey(key.value, other.seal);
    this.#verifyingKey = type.usageKey(key.value, other.sign);
    const common = acceptorSubkey ? flags.acceptorSubkey : 0;
    this.#sendFlags = common | (role === 'acceptor' ? flags.sentByAcceptor : 0);
    this.#receiveFlags = common | (role === 'initiator' ? flags.sentByAcceptor : 0);
    this.#sendSequence = BigInt(parameters.sendSequence);
    this.#receiveSequence = BigInt(parameters.receiveSequence);
    this.#checksumBytes = type.checksumBytes;
    this.signSignatureBytes = HEADER_BYTES + type.checksumBytes;
    this.sealSignatureBytes = HEADER_BYTES + AES_BLOCK_BYTES + DCE_FILLER_BYTES + HEADER_BYTES + type.checksumBytes;
  }

  /**
   * A Wrap token without its encrypted data, which stays in the message: EC is 16, and RRC is what turns the end of the
   * token to its front where the turn is by EC + RRC, as Windows does: 28 with a checksum of 12 bytes.
   *
   * Layout: header (16) ‖ encrypted filler (16) and header (16) ‖ checksum (12, 16 or 24) ‖ encrypted confounder (16).
   *
   * @see [MS-KILE] Kerberos Binding of GSS_WrapEx() (3.4.5.4.1)
   */
  seal(message: Uint8Array, { start, end }: SealedRange): Uint8Array {
    const extraCount = DCE_FILLER_BYTES;
    const header = this.#nextHeader(WRAP_TOKEN, flags.sealed, extraCount);
    const dataEnd = AES_BLOCK_BYTES + end - start;
    const text = new Uint8Array(dataEnd + extraCount + HEADER_BYTES);
    randomFillSync(text, 0, AES_BLOCK_BYTES);
    text.set(message.subarray(start, end), AES_BLOCK_BYTES);
    text.set(header, dataEnd + extraCount);
    const encrypted = this.#sealingKey.encrypt(text, {
      before: message.subarray(0, start),
      after: message.subarray(end),
      trailerBytes: extraCount + HEADER_BYTES,
    });
    text.fill(0);
    message.set(encrypted.subarray(AES_BLOCK_BYTES, dataEnd), start);
    const signature = new Uint8Array(this.sealSignatureBytes);
    setRotation(header, HEADER_BYTES + this.#checksumBytes);
    signature.set(header);
    signature.set(encrypted.subarray(dataEnd), HEADER_BYTES);
    signature.set(encrypted.subarray(0, AES_BLOCK_BYTES), signature.length - AES_BLOCK_BYTES);
    return signature;
  }

  open(message: Uint8Array, { start, end }: SealedRange, signature: Uint8Array): boolean {
    const header = this.#expectedHeader(signature, WRAP_TOKEN, flags.sealed);
    if (header === undefined) return false;
    const { extraCount } = header;
    const trailerBytes = extraCount + HEADER_BYTES;
    const body = signature.subarray(HEADER_BYTES);
    if (body.length !== AES_BLOCK_BYTES + trailerBytes + this.#checksumBytes) return false;
    const encrypted = turnBack([body, message.subarray(start, end)], rotationOf(signature) + extraCount);
    const text = this.#openingKey.decrypt(encrypted, {
      before: message.subarray(0, start),
      after: message.subarray(end),
      trailerBytes,
    });
    if (text === undefined || !sameBytes(text.subarray(-HEADER_BYTES), encodeHeader(header))) return false;
    message.set(text.subarray(AES_BLOCK_BYTES, text.length - trailerBytes), start);
    text.fill(0);
    this.#receiveSequence += 1n;
    return true;
  }

  /** Layout: header (16) ‖ checksum of message ‖ header. @see RFC 4121 §4.2.6.1 */
  sign(message: Uint8Array): Uint8Array {
    const header = this.#nextHeader(MIC_TOKEN, 0, 0xffff);
    setRotation(header, 0xffff);
    const token = new Uint8Array(this.signSignatureBytes);
    token.set(header);
    token.set(this.#signingKey.checksum(message, header), HEADER_BYTES);
    return token;
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    const header = this.#expectedHeader(signature, MIC_TOKEN, 0);
    if (header?.extraCount !== 0xffff || rotationOf(signature) !== 0xffff) return false;
    if (signature.length !== this.signSignatureBytes) return false;
    const expected = this.#verifyingKey.checksum(message, signature.subarray(0, HEADER_BYTES));
    if (!timingSafeEqual(expected, signature.subarray(HEADER_BYTES))) return false;
    this.#receiveSequence += 1n;
    return true;
  }

  /** Layout: header (16) ‖ encrypted confounder (16), message and header (16) ‖ checksum. @see RFC 4121 §4.2.4 */
  wrap(message: Uint8Array): Uint8Array {
    const header = this.#nextHeader(WRAP_TOKEN, flags.sealed, 0);
    const text = new Uint8Array(AES_BLOCK_BYTES + message.length + HEADER_BYTES);
    randomFillSync(text, 0, AES_BLOCK_BYTES);
    text.set(message, AES_BLOCK_BYTES);
    text.set(header, AES_BLOCK_BYTES + message.length);
    const encrypted = this.#sealingKey.encrypt(text);
    text.fill(0);
    const token = new Uint8Array(HEADER_BYTES + encrypted.length);
    token.set(header);
    token.set(encrypted, HEADER_BYTES);
    return token;
  }

  unwrap(token: Uint8Array): Uint8Array | undefined {
    const sealed = this.#expectedHeader(token, WRAP_TOKEN, flags.sealed);
    const header = sealed ?? this.#expectedHeader(token, WRAP_TOKEN, 0);
    if (header === undefined) return undefined;
    const body = turnBack([token.subarray(HEADER_BYTES)], rotationOf(token));
    const message = sealed === undefined ? this.#unwrapSigned(body, header) : this.#unwrapSealed(body, header);
    if (message !== undefined) this.#receiveSequence += 1n;
    return message;
  }

  wipe(): void {
    // All keys are key objects.
  }

  #unwrapSealed(body: Uint8Array, header: TokenHeader): Uint8Array | undefined {
    const text = this.#openingKey.decrypt(body);
    if (text === undefined || text.length < AES_BLOCK_BYTES + header.extraCount + HEADER_BYTES) return undefined;
    // The copy inside is what counts: nothing else protects the extra count, which says where the message ends.
    if (!sameBytes(text.subarray(-HEADER_BYTES), encodeHeader(header))) return undefined;
    return text.subarray(AES_BLOCK_BYTES, text.length - header.extraCount - HEADER_BYTES);
  }

  /** Layout: message ‖ checksum of message ‖ header with EC and RRC of 0; EC is the checksum's length. */
  #unwrapSigned(body: Uint8Array, header: TokenHeader): Uint8Array | undefined {
    const length = body.length - this.#checksumBytes;
    if (header.extraCount !== this.#checksumBytes || length < 0) return undefined;
    const message = body.slice(0, length);
    const expected = this.#openingKey.checksum(message, encodeHeader({ ...header, extraCount: 0 }));
    return timingSafeEqual(expected, body.subarray(length)) ? message : undefined;
  }

  #nextHeader(tokenId: number, ownFlags: number, extraCount: number): Uint8Array {
    const header = { tokenId, flags: this.#sendFlags | ownFlags, extraCount, sequence: this.#sendSequence };
    this.#sendSequence += 1n;
    return encodeHeader(header);
  }

  /** The header of a token, when it is the one that must come next. Flags that are not known do not count. */
  #expectedHeader(token: Uint8Array, tokenId: number, ownFlags: number): TokenHeader | undefined {
    if (token.length < HEADER_BYTES) return undefined;
    const view = new DataView(token.buffer, token.byteOffset, HEADER_BYTES);
    const tokenFlags = view.getUint8(2);
    if (view.getUint16(0) !== tokenId || view.getUint8(3) !== 0xff) return undefined;
    if ((tokenFlags & KNOWN_FLAGS) !== (this.#receiveFlags | ownFlags)) return undefined;
    if (view.getBigUint64(8) !== this.#receiveSequence) return undefined;
    return { tokenId, flags: tokenFlags, extraCount: view.getUint16(4), sequence: this.#receiveSequence };
  }
}

/** The header with a right rotation count of 0, as it is signed. */
function encodeHeader({ tokenId, flags: tokenFlags, extraCount, sequence }: TokenHeader): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint16(0, tokenId);
  view.setUint8(2, tokenFlags);
  view.setUint8(3, 0xff);
  view.setUint16(4, extraCount);
  view.setBigUint64(8, sequence);
  return header;
}

function setRotation(header: Uint8Array, count: number): void {
  new DataView(header.buffer, header.byteOffset).setUint16(6, count);
}

function rotationOf(token: Uint8Array): number {
  return new DataView(token.buffer, token.byteOffset).getUint16(6);
}

/**
 * Parts that follow one another without their rotation to the right by `count` bytes, which may be more than there are.
 *
 * @see RFC 4121 §4.2.5
 */
function turnBack(parts: readonly Uint8Array[], count: number): Uint8Array {
  const total = parts.reduce((length, part) => length + part.length, 0);
  const straight = new Uint8Array(total);
  let at = total === 0 ? 0 : (total - (count % total)) % total;
  for (const part of parts) {
    const fitting = Math.min(part.length, total - at);
    straight.set(part.subarray(0, fitting), at);
    straight.set(part.subarray(fitting), 0);
    at = (at + part.length) % Math.max(total, 1);
  }
  return straight;
}
