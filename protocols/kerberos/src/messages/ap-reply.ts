import { explicit, integer, kerberosTime } from '@ad-protocols/asn1';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import {
  encryptedData,
  encryptionKey,
  readEncryptedData,
  readEncryptionKey,
  type EncryptedData,
} from './encrypted-data.ts';
import { encodeMessage, messageFields, optionalField } from './message.ts';
import { readMessageType, readMicroseconds, readTime, readUint32, readVersion } from './scalars.ts';

const MESSAGE_TYPE = 15;

/** An AP-REP around its encrypted part. @see RFC 4120 §5.5.2 */
export function encodeApReply(encryptedPart: EncryptedData): Uint8Array {
  return encodeMessage(MESSAGE_TYPE, [
    explicit(0, integer(5)),
    explicit(1, integer(MESSAGE_TYPE)),
    explicit(2, encryptedData(encryptedPart)),
  ]);
}

/** The encrypted part of an AP-REP: an EncAPRepPart. @throws {TruncatedError} {MalformedError} */
export function decodeApReply(bytes: Uint8Array): EncryptedData {
  const fields = messageFields(bytes, MESSAGE_TYPE, 'AP-REP');
  fields.explicit(0, readVersion);
  fields.explicit(1, readMessageType(MESSAGE_TYPE));
  const encryptedPart = fields.explicit(2, readEncryptedData);
  fields.end();
  return encryptedPart;
}

/** What a service proves itself with. @see RFC 4120 §5.5.2 */
export interface EncApRepPart {
  /** That of the authenticator, in milliseconds since 1970, whole seconds. */
  readonly time: number;
  /** That of the authenticator. */
  readonly microseconds: number;
  readonly subkey?: KerberosKey | undefined;
  readonly sequenceNumber?: number | undefined;
}

export function encodeEncApRepPart({ time, microseconds, subkey, sequenceNumber }: EncApRepPart): Uint8Array {
  return encodeMessage(27, [
    explicit(0, kerberosTime(time)),
    explicit(1, integer(microseconds)),
    ...optionalField(subkey, (value) => explicit(2, encryptionKey(value))),
    ...optionalField(sequenceNumber, (value) => explicit(3, integer(value))),
  ]);
}

/** @throws {TruncatedError} {MalformedError} */
export function decodeEncApRepPart(bytes: Uint8Array): EncApRepPart {
  const fields = messageFields(bytes, 27, 'EncAPRepPart');
  const part = {
    time: fields.explicit(0, readTime),
    microseconds: fields.explicit(1, readMicroseconds),
    subkey: fields.optional(2, readEncryptionKey),
    sequenceNumber: fields.optional(3, readUint32),
  };
  fields.end();
  return part;
}
