import {
  contextTag,
  DerReader,
  encodeBer,
  explicit,
  integer,
  objectIdentifier,
  octets,
  sequence,
  tags,
  type BerElement,
} from '@ad-protocols/asn1';

/** How a negotiation stands, in the order of its numbers on the wire. @see RFC 4178 §4.2.2 negState */
const negStates = ['accept-completed', 'accept-incomplete', 'reject', 'request-mic'] as const;

/** How a negotiation stands. */
export type NegState = (typeof negStates)[number];

/**
 * Every message of a negotiation after the first, of both sides. Byte fields are views of the input where it was decoded.
 *
 * @see RFC 4178 §4.2.2 NegTokenResp
 */
export interface NegTokenResp {
  readonly negState?: NegState | undefined;
  /** Object identifier of the mechanism that the acceptor chose; in its first message only. */
  readonly supportedMech?: string | undefined;
  /** The chosen mechanism's own token. */
  readonly responseToken?: Uint8Array | undefined;
  /** Signature of the list of mechanisms. */
  readonly mechListMic?: Uint8Array | undefined;
}

const STRUCTURE = 'NegTokenResp';

/** The bytes of a message: `[1] { [0] negState, [1] supportedMech, [2] responseToken, [3] mechListMIC }`. */
export function encodeNegTokenResp(message: NegTokenResp): Uint8Array {
  const { negState, supportedMech, responseToken, mechListMic } = message;
  const fields: BerElement[] = [];
  if (negState) fields.push(explicit(0, integer(negStates.indexOf(negState), tags.enumerated)));
  if (supportedMech !== undefined) fields.push(explicit(1, objectIdentifier(supportedMech)));
  if (responseToken) fields.push(explicit(2, octets(responseToken)));
  if (mechListMic) fields.push(explicit(3, octets(mechListMic)));
  return encodeBer(explicit(1, sequence(fields)));
}

/**
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED also for a state that does not exist.
 */
export function decodeNegTokenResp(bytes: Uint8Array): NegTokenResp {
  const outer = new DerReader(bytes, STRUCTURE);
  const fields = new DerReader(outer.content(contextTag(1)), STRUCTURE);
  outer.end();
  const message = readFields(fields.sequence());
  fields.end();
  return message;
}

function readFields(fields: DerReader): NegTokenResp {
  const negState = fields.optional(0, (field) => {
    const number = field.enumerated();
    const state = negStates[number];
    if (!state) throw field.malformed(`negState ${number}`);
    return state;
  });
  const supportedMech = fields.optional(1, (field) => field.objectIdentifier());
  const responseToken = fields.optional(2, (field) => field.octetString());
  const mechListMic = fields.optional(3, (field) => field.octetString());
  fields.skipExtensions();
  return { negState, supportedMech, responseToken, mechListMic };
}
