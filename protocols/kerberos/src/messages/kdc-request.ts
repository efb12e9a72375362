import {
  contextTag,
  DerReader,
  encodeBer,
  explicit,
  generalString,
  integer,
  kerberosTime,
  octets,
  sequence,
  tags,
} from '@ad-protocols/asn1';
import { encryptedData, readEncryptedData, type EncryptedData } from './encrypted-data.ts';
import { kerberosFlags, readKerberosFlags } from './flags.ts';
import { encodeMessage, messageFields, optionalField } from './message.ts';
import { readMessageType, readText, readTime, readUint32, readVersion } from './scalars.ts';
import { paData, readPaData, type PaData } from './pre-authentication.ts';
import { principalName, readPrincipalName, type PrincipalName } from './principal-name.ts';

/** Application numbers and message types. @see RFC 4120 §5.10 */
export const requestTypes = { as: 10, tgs: 12 } as const;

/** KDC-REQ-BODY. @see RFC 4120 §5.4.1 */
export interface KdcRequestBody {
  /** Of `kdcOptions`. */
  readonly options: number;
  /** Only in an AS-REQ. */
  readonly client?: PrincipalName | undefined;
  /** Of the server; in an AS-REQ also of the client. */
  readonly realm: string;
  readonly server?: PrincipalName | undefined;
  /** Milliseconds since 1970, whole seconds, as all times here. */
  readonly from?: number | undefined;
  readonly till: number;
  readonly renewTill?: number | undefined;
  /** 32 random bits; 31 of them, since some KDCs take the number for a signed one. */
  readonly nonce: number;
  /** Encryption types that the client takes, the best first. */
  readonly enctypes: readonly number[];
  readonly encryptedAuthorizationData?: EncryptedData | undefined;
  /** Tickets in DER, for a service that has no long-term key. */
  readonly additionalTickets?: readonly Uint8Array[] | undefined;
}

/** An AS-REQ or a TGS-REQ. */
export interface KdcRequest {
  readonly type: number;
  readonly padata: readonly PaData[];
  /** A KDC-REQ-BODY in DER: what the checksum of a TGS-REQ covers. */
  readonly body: Uint8Array;
}

export function encodeKdcRequestBody(body: KdcRequestBody): Uint8Array {
  return encodeBer(
    sequence([
      explicit(0, kerberosFlags(body.options)),
      ...optionalField(body.client, (value) => explicit(1, principalName(value))),
      explicit(2, generalString(body.realm)),
      ...optionalField(body.server, (value) => explicit(3, principalName(value))),
      ...optionalField(body.from, (value) => explicit(4, kerberosTime(value))),
      explicit(5, kerberosTime(body.till)),
      ...optionalField(body.renewTill, (value) => explicit(6, kerberosTime(value))),
      explicit(7, integer(body.nonce)),
      explicit(8, sequence(body.enctypes.map((enctype) => integer(enctype)))),
      ...optionalField(body.encryptedAuthorizationData, (value) => explicit(10, encryptedData(value))),
      ...optionalField(body.additionalTickets, (value) => explicit(11, octets(Buffer.concat(value), tags.sequence))),
    ]),
  );
}

/** Host addresses are passed over. @throws {TruncatedError} {MalformedError} */
export function decodeKdcRequestBody(bytes: Uint8Array): KdcRequestBody {
  const reader = new DerReader(bytes, 'KDC-REQ-BODY');
  const fields = reader.sequence();
  reader.end();
  const options = fields.explicit(0, readKerberosFlags);
  const client = fields.optional(1, readPrincipalName);
  const realm = fields.explicit(2, readText);
  const server = fields.optional(3, readPrincipalName);
  const from = fields.optional(4, readTime);
  const till = fields.explicit(5, readTime);
  const renewTill = fields.optional(6, readTime);
  const nonce = fields.explicit(7, readUint32);
  const enctypes = fields.explicit(8, (inner) => inner.sequenceOf((each) => each.integer()));
  fields.optional(9, (inner) => inner.encoded());
  const encryptedAuthorizationData = fields.optional(10, readEncryptedData);
  const additionalTickets = fields.optional(11, (inner) => inner.sequenceOf((each) => each.encoded()));
  fields.end();
  const times = { from, till, renewTill };
  return { options, client, realm, server, ...times, nonce, enctypes, encryptedAuthorizationData, additionalTickets };
}

export function encodeKdcRequest({ type, padata, body }: KdcRequest): Uint8Array {
  return encodeMessage(type, [
    explicit(1, integer(5)),
    explicit(2, integer(type)),
    ...(padata.length === 0 ? [] : [explicit(3, paData(padata))]),
    octets(body, contextTag(4)),
  ]);
}

/** `type` is one of {@link requestTypes}. @throws {TruncatedError} {MalformedError} */
export function decodeKdcRequest(bytes: Uint8Array, type: number): KdcRequest {
  const fields = messageFields(bytes, type, type === requestTypes.as ? 'AS-REQ' : 'TGS-REQ');
  fields.explicit(1, readVersion);
  fields.explicit(2, readMessageType(type));
  const padata = fields.optional(3, readPaData) ?? [];
  const body = fields.explicit(4, (inner) => inner.encoded());
  fields.end();
  return { type, padata, body };
}
