import {
  boolean,
  DerReader,
  encodeBer,
  explicit,
  generalString,
  integer,
  kerberosTime,
  octets,
  sequence,
  type BerElement,
} from '@ad-protocols/asn1';
import { readChecksum, type Checksum } from './encrypted-data.ts';
import { optionalField } from './message.ts';
import { readMicroseconds, readTime } from './scalars.ts';

/** Types of pre-authentication data. @see RFC 4120 §7.5.2; RFC 6806 §11; [MS-KILE] (2.2.3) */
export const paTypes = {
  tgsRequest: 1,
  encryptedTimestamp: 2,
  passwordSalt: 3,
  etypeInfo: 11,
  etypeInfo2: 19,
  pacRequest: 128,
  encPaRep: 149,
} as const;

/** PA-DATA: something beside the request or the reply itself. @see RFC 4120 §5.2.7 */
export interface PaData {
  readonly type: number;
  readonly value: Uint8Array;
}

export function paData(elements: readonly PaData[]): BerElement {
  return sequence(
    elements.map(({ type, value }) => sequence([explicit(1, integer(type)), explicit(2, octets(value))])),
  );
}

/** SEQUENCE OF PA-DATA; each `value` is a view of the input. */
export function readPaData(reader: DerReader): PaData[] {
  return reader.sequenceOf((each) => {
    const fields = each.sequence('PA-DATA');
    const type = fields.explicit(1, (inner) => inner.integer());
    const value = fields.explicit(2, (inner) => inner.octetString());
    fields.end();
    return { type, value };
  });
}

/** One encryption type that the KDC has a key of, the best first. @see RFC 4120 §5.2.7.5 */
export interface EtypeInfoEntry {
  readonly enctype: number;
  /** Undefined where the salt is the default one: realm and name joined. */
  readonly salt?: string | undefined;
  /** Parameters of string-to-key. */
  readonly parameters?: Uint8Array | undefined;
}

/** ETYPE-INFO2. */
export function encodeEtypeInfo2(entries: readonly EtypeInfoEntry[]): Uint8Array {
  const entry = ({ enctype, salt, parameters }: EtypeInfoEntry): BerElement =>
    sequence([
      explicit(0, integer(enctype)),
      ...optionalField(salt, (value) => explicit(1, generalString(value))),
      ...optionalField(parameters, (value) => explicit(2, octets(value))),
    ]);
  return encodeBer(sequence(entries.map(entry)));
}

/** ETYPE-INFO2. @throws {TruncatedError} {MalformedError} */
export function decodeEtypeInfo2(bytes: Uint8Array): EtypeInfoEntry[] {
  return decodeWhole(bytes, 'ETYPE-INFO2', (reader) =>
    reader.sequenceOf((each) => {
      const fields = each.sequence();
      const enctype = fields.explicit(0, (inner) => inner.integer());
      const salt = fields.optional(1, (inner) => inner.generalString());
      const parameters = fields.optional(2, (inner) => inner.octetString());
      fields.end();
      return { enctype, salt, parameters };
    }),
  );
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** ETYPE-INFO, of KDCs that know no newer encryption type than RC4. @see RFC 4120 §5.2.7.4 */
export function decodeEtypeInfo(bytes: Uint8Array): EtypeInfoEntry[] {
  return decodeWhole(bytes, 'ETYPE-INFO', (reader) =>
    reader.sequenceOf((each) => {
      const fields = each.sequence();
      const enctype = fields.explicit(0, (inner) => inner.integer());
      const salt = fields.optional(1, (inner) => utf8.decode(inner.octetString()));
      fields.end();
      return { enctype, salt };
    }),
  );
}

/** METHOD-DATA in the e-data of a KRB-ERROR. @throws {TruncatedError} {MalformedError} */
export function decodeMethodData(bytes: Uint8Array): PaData[] {
  return decodeWhole(bytes, 'METHOD-DATA', readPaData);
}

/** METHOD-DATA, of a KDC. */
export function encodeMethodData(elements: readonly PaData[]): Uint8Array {
  return encodeBer(paData(elements));
}

/** PA-ENC-TS-ENC: the time that the client proves its key with. @see RFC 4120 §5.2.7.2 */
export interface PaTimestamp {
  /** Milliseconds since 1970, whole seconds. */
  readonly time: number;
  readonly microseconds?: number | undefined;
}

export function encodePaTimestamp({ time, microseconds }: PaTimestamp): Uint8Array {
  return encodeBer(
    sequence([explicit(0, kerberosTime(time)), ...optionalField(microseconds, (value) => explicit(1, integer(value)))]),
  );
}

/** @throws {TruncatedError} {MalformedError} */
export function decodePaTimestamp(bytes: Uint8Array): PaTimestamp {
  return decodeWhole(bytes, 'PA-ENC-TS-ENC', (reader) => {
    const fields = reader.sequence();
    const time = fields.explicit(0, readTime);
    const microseconds = fields.optional(1, readMicroseconds);
    fields.end();
    return { time, microseconds };
  });
}

/** Whether the ticket is to carry a PAC. @see [MS-KILE] KERB-PA-PAC-REQUEST (2.2.3) */
export function encodePacRequest(includePac: boolean): Uint8Array {
  return encodeBer(sequence([explicit(0, boolean(includePac))]));
}

/** The checksum over the AS-REQ, in the encrypted part of its reply. @see RFC 6806 §11 */
export function decodeEncPaRep(bytes: Uint8Array): Checksum {
  return decodeWhole(bytes, 'PA-REQ-ENC-PA-REP', readChecksum);
}

function decodeWhole<T>(bytes: Uint8Array, structure: string, read: (reader: DerReader) => T): T {
  const reader = new DerReader(bytes, structure);
  const value = read(reader);
  reader.end();
  return value;
}
