import { DerReader, explicit, generalString, integer, kerberosTime, octets, tags } from '@ad-protocols/asn1';
import { Reader } from '@ad-protocols/wire';
import { encodeMessage, messageFields, optionalField } from './message.ts';
import { readMessageType, readMicroseconds, readText, readTime, readVersion } from './scalars.ts';
import { decodeMethodData, paTypes, type PaData } from './pre-authentication.ts';
import { principalName, readPrincipalName, type PrincipalName } from './principal-name.ts';

/** Why a KDC or a service refused. @see RFC 4120 §5.9.1 */
export interface KrbError {
  /** @see RFC 4120 §7.5.9 */
  readonly errorCode: number;
  /** The server's clock: milliseconds since 1970, whole seconds. */
  readonly serverTime: number;
  readonly serverMicroseconds: number;
  readonly clientRealm?: string | undefined;
  readonly client?: PrincipalName | undefined;
  readonly realm: string;
  readonly server: PrincipalName;
  readonly text?: string | undefined;
  /** Its format depends on the code. */
  readonly data?: Uint8Array | undefined;
}

/** Application number and message type. */
const MESSAGE_TYPE = 30;

export function encodeKrbError(error: KrbError): Uint8Array {
  return encodeMessage(MESSAGE_TYPE, [
    explicit(0, integer(5)),
    explicit(1, integer(MESSAGE_TYPE)),
    explicit(4, kerberosTime(error.serverTime)),
    explicit(5, integer(error.serverMicroseconds)),
    explicit(6, integer(error.errorCode)),
    ...optionalField(error.clientRealm, (value) => explicit(7, generalString(value))),
    ...optionalField(error.client, (value) => explicit(8, principalName(value))),
    explicit(9, generalString(error.realm)),
    explicit(10, principalName(error.server)),
    ...optionalField(error.text, (value) => explicit(11, generalString(value))),
    ...optionalField(error.data, (value) => explicit(12, octets(value))),
  ]);
}

const utf8 = new TextDecoder();

/** The client's own time in it is passed over. @throws {TruncatedError} {MalformedError} */
export function decodeKrbError(bytes: Uint8Array): KrbError {
  const fields = messageFields(bytes, MESSAGE_TYPE, 'KRB-ERROR');
  fields.explicit(0, readVersion);
  fields.explicit(1, readMessageType(MESSAGE_TYPE));
  fields.optional(2, readTime);
  fields.optional(3, readMicroseconds);
  const error = {
    serverTime: fields.explicit(4, readTime),
    serverMicroseconds: fields.explicit(5, readMicroseconds),
    errorCode: fields.explicit(6, (inner) => inner.integer()),
    clientRealm: fields.optional(7, readText),
    client: fields.optional(8, readPrincipalName),
    realm: fields.explicit(9, readText),
    server: fields.explicit(10, readPrincipalName),
    // A text for people, in whatever code page the KDC has.
    text: fields.optional(11, (inner) => utf8.decode(inner.content(tags.generalString))),
    data: fields.optional(12, (inner) => inner.octetString()),
  };
  fields.end();
  return error;
}

/** Type of KERB-ERROR-DATA with an NTSTATUS; PA-PW-SALT has the same number. @see [MS-KILE] KERB-ERROR-DATA (2.2.2) */
const EXTENDED_ERROR = 3;

/**
 * The NTSTATUS that a domain controller gives as the reason: 12 bytes, of which the first 4 are the status,
 * little-endian. It comes as KERB-ERROR-DATA, or in METHOD-DATA as if it were PA-PW-SALT.
 *
 * @returns undefined where there is none.
 * @see [MS-KILE] KERB-EXT-ERROR (2.2.1)
 */
export function ntStatusOf({ data }: KrbError): number | undefined {
  if (data === undefined) return undefined;
  const value =
    tryDecode(() => readErrorData(data)) ??
    tryDecode(() => decodeMethodData(data).find(({ type }) => type === paTypes.passwordSalt));
  if (value?.type !== EXTENDED_ERROR || value.value.length !== 12) return undefined;
  return new Reader(value.value, 'KERB-EXT-ERROR').u32();
}

/** KERB-ERROR-DATA has the fields of PA-DATA, the second one OPTIONAL. */
function readErrorData(bytes: Uint8Array): PaData {
  const reader = new DerReader(bytes, 'KERB-ERROR-DATA');
  const fields = reader.sequence();
  reader.end();
  const type = fields.explicit(1, (inner) => inner.integer());
  const value = fields.optional(2, (inner) => inner.octetString()) ?? new Uint8Array();
  fields.end();
  return { type, value };
}

/** Data that may be of another format: the format is not named anywhere. */
function tryDecode<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
