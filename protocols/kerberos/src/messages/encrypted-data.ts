import { explicit, integer, octets, sequence, type BerElement, type DerReader } from '@ad-protocols/asn1';
import { copySecret } from '@ad-protocols/wire';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { readUint32 } from './scalars.ts';

/** A ciphertext with what is needed to choose its key. @see RFC 4120 §5.2.9 */
export interface EncryptedData {
  readonly enctype: number;
  /** Version of the long-term key; undefined for a session key. */
  readonly kvno?: number | undefined;
  readonly cipher: Uint8Array;
}

export function encryptedData({ enctype, kvno, cipher }: EncryptedData): BerElement {
  return sequence([
    explicit(0, integer(enctype)),
    ...(kvno === undefined ? [] : [explicit(1, integer(kvno))]),
    explicit(2, octets(cipher)),
  ]);
}

/** `cipher` is a view of the input. */
export function readEncryptedData(reader: DerReader): EncryptedData {
  const fields = reader.sequence('EncryptedData');
  const enctype = fields.explicit(0, (inner) => inner.integer());
  const kvno = fields.optional(1, readUint32);
  const cipher = fields.explicit(2, (inner) => inner.octetString());
  fields.end();
  return { enctype, kvno, cipher };
}

/** EncryptionKey. @see RFC 4120 §5.2.9 */
export function encryptionKey({ enctype, value }: KerberosKey): BerElement {
  return sequence([explicit(0, integer(enctype)), explicit(1, octets(value))]);
}

/** The key is a copy of its own, the caller's to wipe. */
export function readEncryptionKey(reader: DerReader): KerberosKey {
  const fields = reader.sequence('EncryptionKey');
  const enctype = fields.explicit(0, (inner) => inner.integer());
  const value = copySecret(fields.explicit(1, (inner) => inner.octetString()));
  fields.end();
  return { enctype, value };
}

/** Checksum. @see RFC 4120 §5.2.9 */
export interface Checksum {
  /** Number of the checksum type: 16 for hmac-sha1-96-aes256, 0x8003 for what GSS-API puts there. */
  readonly type: number;
  readonly value: Uint8Array;
}

export function checksum({ type, value }: Checksum): BerElement {
  return sequence([explicit(0, integer(type)), explicit(1, octets(value))]);
}

/** `value` is a view of the input. */
export function readChecksum(reader: DerReader): Checksum {
  const fields = reader.sequence('Checksum');
  const type = fields.explicit(0, (inner) => inner.integer());
  const value = fields.explicit(1, (inner) => inner.octetString());
  fields.end();
  return { type, value };
}
