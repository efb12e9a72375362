import {
  contextTag,
  applicationTag,
  explicit,
  generalString,
  integer,
  kerberosTime,
  octets,
  sequence,
} from '@ad-protocols/asn1';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import {
  encryptedData,
  encryptionKey,
  readEncryptedData,
  readEncryptionKey,
  type EncryptedData,
} from './encrypted-data.ts';
import { kerberosFlags, readKerberosFlags } from './flags.ts';
import { encodeMessage, messageFields, optionalField } from './message.ts';
import { readMessageType, readText, readTime, readUint32, readVersion } from './scalars.ts';
import { paData, readPaData, type PaData } from './pre-authentication.ts';
import { principalName, readPrincipalName, type PrincipalName } from './principal-name.ts';

/** Application numbers and message types. @see RFC 4120 §5.10 */
export const replyTypes = { as: 11, tgs: 13 } as const;

/** An AS-REP or a TGS-REP. @see RFC 4120 §5.4.2 */
export interface KdcReply {
  readonly type: number;
  readonly padata: readonly PaData[];
  readonly clientRealm: string;
  readonly client: PrincipalName;
  /** DER. */
  readonly ticket: Uint8Array;
  /** An {@link EncKdcRepPart}. */
  readonly encryptedPart: EncryptedData;
}

export function encodeKdcReply({ type, padata, clientRealm, client, ticket, encryptedPart }: KdcReply): Uint8Array {
  return encodeMessage(type, [
    explicit(0, integer(5)),
    explicit(1, integer(type)),
    ...(padata.length === 0 ? [] : [explicit(2, paData(padata))]),
    explicit(3, generalString(clientRealm)),
    explicit(4, principalName(client)),
    octets(ticket, contextTag(5)),
    explicit(6, encryptedData(encryptedPart)),
  ]);
}

/** `type` is one of {@link replyTypes}. @throws {TruncatedError} {MalformedError} */
export function decodeKdcReply(bytes: Uint8Array, type: number): KdcReply {
  const fields = messageFields(bytes, type, type === replyTypes.as ? 'AS-REP' : 'TGS-REP');
  fields.explicit(0, readVersion);
  fields.explicit(1, readMessageType(type));
  const padata = fields.optional(2, readPaData) ?? [];
  const clientRealm = fields.explicit(3, readText);
  const client = fields.explicit(4, readPrincipalName);
  const ticket = fields.explicit(5, (inner) => inner.encoded());
  const encryptedPart = fields.explicit(6, readEncryptedData);
  fields.end();
  return { type, padata, clientRealm, client, ticket, encryptedPart };
}

/** What the KDC tells the client alone. Times are milliseconds since 1970. @see RFC 4120 §5.4.2 */
export interface EncKdcRepPart {
  /** The session key; the caller wipes it. */
  readonly key: KerberosKey;
  readonly nonce: number;
  /** When the client's long-term key, its password, ends. */
  readonly keyExpiration?: number | undefined;
  /** Of `ticketFlags`. */
  readonly flags: number;
  readonly authTime: number;
  readonly startTime?: number | undefined;
  readonly endTime: number;
  readonly renewTill?: number | undefined;
  readonly serverRealm: string;
  readonly server: PrincipalName;
  /** @see RFC 6806 §11 */
  readonly encryptedPadata?: readonly PaData[] | undefined;
}

/** Application numbers of EncASRepPart and EncTGSRepPart. */
const partTypes = { [replyTypes.as]: 25, [replyTypes.tgs]: 26 } as const;

export function encodeEncKdcRepPart(part: EncKdcRepPart, type: keyof typeof partTypes): Uint8Array {
  return encodeMessage(partTypes[type], [
    explicit(0, encryptionKey(part.key)),
    explicit(1, sequence([])),
    explicit(2, integer(part.nonce)),
    ...optionalField(part.keyExpiration, (value) => explicit(3, kerberosTime(value))),
    explicit(4, kerberosFlags(part.flags)),
    explicit(5, kerberosTime(part.authTime)),
    ...optionalField(part.startTime, (value) => explicit(6, kerberosTime(value))),
    explicit(7, kerberosTime(part.endTime)),
    ...optionalField(part.renewTill, (value) => explicit(8, kerberosTime(value))),
    explicit(9, generalString(part.serverRealm)),
    explicit(10, principalName(part.server)),
    ...optionalField(part.encryptedPadata, (value) => explicit(12, paData(value))),
  ]);
}

/**
 * Last requests and host addresses are passed over. A KDC may number the part of an AS-REP as that of a TGS-REP.
 *
 * @throws {TruncatedError} {MalformedError}
 * @see RFC 4120 §5.4.2
 */
export function decodeEncKdcRepPart(bytes: Uint8Array): EncKdcRepPart {
  const number = bytes[0] === applicationTag(25) ? 25 : 26;
  const fields = messageFields(bytes, number, 'EncKDCRepPart');
  const key = fields.explicit(0, readEncryptionKey);
  fields.explicit(1, (inner) => inner.encoded());
  const part = {
    key,
    nonce: fields.explicit(2, readUint32),
    keyExpiration: fields.optional(3, readTime),
    flags: fields.explicit(4, readKerberosFlags),
    authTime: fields.explicit(5, readTime),
    startTime: fields.optional(6, readTime),
    endTime: fields.explicit(7, readTime),
    renewTill: fields.optional(8, readTime),
    serverRealm: fields.explicit(9, readText),
    server: fields.explicit(10, readPrincipalName),
    addresses: fields.optional(11, (inner) => inner.encoded()),
    encryptedPadata: fields.optional(12, readPaData),
  };
  fields.end();
  return part;
}
