import { contextTag, explicit, integer, octets } from '@ad-protocols/asn1';
import { encryptedData, readEncryptedData, type EncryptedData } from './encrypted-data.ts';
import { kerberosFlags, readKerberosFlags } from './flags.ts';
import { encodeMessage, messageFields } from './message.ts';
import { readMessageType, readVersion } from './scalars.ts';

/** A ticket shown to its service. @see RFC 4120 §5.5.1 */
export interface ApRequest {
  /** Of `apOptions`. */
  readonly options: number;
  /** DER, as it came from the KDC. */
  readonly ticket: Uint8Array;
  /** An Authenticator. */
  readonly authenticator: EncryptedData;
}

const MESSAGE_TYPE = 14;

export function encodeApRequest({ options, ticket, authenticator }: ApRequest): Uint8Array {
  return encodeMessage(MESSAGE_TYPE, [
    explicit(0, integer(5)),
    explicit(1, integer(MESSAGE_TYPE)),
    explicit(2, kerberosFlags(options)),
    octets(ticket, contextTag(3)),
    explicit(4, encryptedData(authenticator)),
  ]);
}

/** @throws {TruncatedError} {MalformedError} */
export function decodeApRequest(bytes: Uint8Array): ApRequest {
  const fields = messageFields(bytes, MESSAGE_TYPE, 'AP-REQ');
  fields.explicit(0, readVersion);
  fields.explicit(1, readMessageType(MESSAGE_TYPE));
  const options = fields.explicit(2, readKerberosFlags);
  const ticket = fields.explicit(3, (inner) => inner.encoded());
  const authenticator = fields.explicit(4, readEncryptedData);
  fields.end();
  return { options, ticket, authenticator };
}
