import { createHash, createHmac } from 'node:crypto';
import { md4, Rc4 } from '@ad-protocols/crypto';

/** The fields of a client's third message, read by offsets and independently of the code under test. */
export interface AuthenticateFields {
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly encryptedSessionKey: Uint8Array;
}

/** @see [MS-NLMP] AUTHENTICATE_MESSAGE (2.2.1.3) */
export function decodeAuthenticate(message: Uint8Array): AuthenticateFields {
  const buffer = Buffer.from(message);
  const field = (at: number): Uint8Array => {
    const start = buffer.readUInt32LE(at + 4);
    return new Uint8Array(buffer.subarray(start, start + buffer.readUInt16LE(at)));
  };
  const text = (at: number): string => Buffer.from(field(at)).toString('utf16le');
  return {
    lmResponse: field(12),
    ntResponse: field(20),
    domain: text(28),
    user: text(36),
    workstation: text(44),
    encryptedSessionKey: field(52),
  };
}

const serverChallenge = Buffer.from('0123456789abcdef', 'hex');

const pair = (id: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
};

/** A challenge with all that a Windows server offers. @see [MS-NLMP] CHALLENGE_MESSAGE (2.2.1.2) */
export function challengeMessage(): Buffer {
  const info = Buffer.concat([
    pair(2, Buffer.from('CORP', 'utf16le')),
    pair(1, Buffer.from('DC1', 'utf16le')),
    pair(7, Buffer.from('0011223344556601', 'hex')),
    pair(0, Buffer.alloc(0)),
  ]);
  const head = Buffer.alloc(48);
  head.write('NTLMSSP\0', 0, 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(0xe28a_8235, 20);
  serverChallenge.copy(head, 24);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(48, 44);
  return Buffer.concat([head, info]);
}

/** The session key that the client chose; undefined when its proof does not fit the password. */
export function acceptAuthenticate(message: Uint8Array, password: string): Buffer | undefined {
  const { ntResponse, user, domain, encryptedSessionKey } = decodeAuthenticate(message);
  const ntHash = md4(new Uint8Array(Buffer.from(password, 'utf16le')));
  const name = Buffer.from(user.toUpperCase() + domain, 'utf16le');
  const key = createHmac('md5', ntHash).update(name).digest();
  const proof = createHmac('md5', key).update(serverChallenge).update(ntResponse.subarray(16)).digest();
  if (!proof.equals(ntResponse.subarray(0, 16))) return undefined;
  const sessionBaseKey = createHmac('md5', key).update(proof).digest();
  return Buffer.from(new Rc4(sessionBaseKey).apply(encryptedSessionKey));
}

/** One direction of a sealed connection, server side. @see [MS-NLMP] SEAL (3.4.3) */
export class Sealing {
  readonly #signKey: Buffer;
  readonly #rc4: Rc4;
  #sequence = 0;

  constructor(sessionKey: Buffer, direction: string) {
    const derive = (what: string): Buffer =>
      createHash('md5').update(sessionKey).update(`session key to ${direction} ${what} key magic constant\0`).digest();
    this.#signKey = derive('signing');
    this.#rc4 = new Rc4(derive('sealing'));
  }

  /** Applies the key stream; encrypting and decrypting are one. */
  stream(bytes: Uint8Array): Buffer {
    return Buffer.from(this.#rc4.apply(bytes));
  }

  /** The signature of a plaintext whose body has just gone through {@link Sealing.stream}. */
  sign(plaintext: Uint8Array): Buffer {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence);
    this.#sequence += 1;
    const checksum = createHmac('md5', this.#signKey).update(sequence).update(plaintext).digest().subarray(0, 8);
    return Buffer.concat([Buffer.from('01000000', 'hex'), this.stream(checksum), sequence]);
  }
}
