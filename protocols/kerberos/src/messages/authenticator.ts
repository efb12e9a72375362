import { explicit, generalString, integer, kerberosTime } from '@ad-protocols/asn1';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { authorizationData, readAuthorizationData, type AuthorizationElement } from './authorization-data.ts';
import { checksum, encryptionKey, readChecksum, readEncryptionKey, type Checksum } from './encrypted-data.ts';
import { encodeMessage, messageFields, optionalField } from './message.ts';
import { readMicroseconds, readText, readTime, readUint32, readVersion } from './scalars.ts';
import { principalName, readPrincipalName, type PrincipalName } from './principal-name.ts';

/** The proof that the sender of a ticket has its session key, now. @see RFC 4120 §5.5.1 */
export interface Authenticator {
  readonly clientRealm: string;
  readonly client: PrincipalName;
  readonly checksum?: Checksum | undefined;
  /** Milliseconds since 1970, whole seconds. */
  readonly time: number;
  /** 0 to 999,999, in addition to `time`. */
  readonly microseconds: number;
  readonly subkey?: KerberosKey | undefined;
  readonly sequenceNumber?: number | undefined;
  readonly authorizationData?: readonly AuthorizationElement[] | undefined;
}

export function encodeAuthenticator(authenticator: Authenticator): Uint8Array {
  const { clientRealm, client, time, microseconds, subkey, sequenceNumber } = authenticator;
  return encodeMessage(2, [
    explicit(0, integer(5)),
    explicit(1, generalString(clientRealm)),
    explicit(2, principalName(client)),
    ...optionalField(authenticator.checksum, (value) => explicit(3, checksum(value))),
    explicit(4, integer(microseconds)),
    explicit(5, kerberosTime(time)),
    ...optionalField(subkey, (value) => explicit(6, encryptionKey(value))),
    ...optionalField(sequenceNumber, (value) => explicit(7, integer(value))),
    ...optionalField(authenticator.authorizationData, (value) => explicit(8, authorizationData(value))),
  ]);
}

/** @throws {TruncatedError} {MalformedError} */
export function decodeAuthenticator(bytes: Uint8Array): Authenticator {
  const fields = messageFields(bytes, 2, 'Authenticator');
  fields.explicit(0, readVersion);
  const authenticator = {
    clientRealm: fields.explicit(1, readText),
    client: fields.explicit(2, readPrincipalName),
    checksum: fields.optional(3, readChecksum),
    microseconds: fields.explicit(4, readMicroseconds),
    time: fields.explicit(5, readTime),
    subkey: fields.optional(6, readEncryptionKey),
    sequenceNumber: fields.optional(7, readUint32),
    authorizationData: fields.optional(8, readAuthorizationData),
  };
  fields.end();
  return authenticator;
}
