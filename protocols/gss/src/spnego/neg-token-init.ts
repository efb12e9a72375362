import {
  applicationTag,
  DerReader,
  encodeBer,
  explicit,
  generalString,
  objectIdentifier,
  octets,
  sequence,
  tags,
  type BerElement,
} from '@ad-protocols/asn1';
import { mechanismOids } from '../security-context.ts';
import { mechTypeList } from './mechanism-list.ts';

/**
 * The first message of a negotiation. Byte fields are views of the input where it was decoded.
 *
 * @see RFC 4178 §4.2.1 NegTokenInit; [MS-SPNG] NegTokenInit2 (2.2.1)
 */
export interface NegTokenInit {
  /** Object identifiers, the preferred mechanism first. */
  readonly mechTypes: readonly string[];
  /** First token of the first mechanism, sent in the hope that it is chosen. */
  readonly mechToken?: Uint8Array | undefined;
  /** Text that a server sends when it speaks first; it means nothing. */
  readonly hintName?: string | undefined;
  readonly mechListMic?: Uint8Array | undefined;
}

/** Tag of the framing that the first token of any mechanism has. @see RFC 2743 §3.1 InitialContextToken */
const initialContextToken = applicationTag(0);
const STRUCTURE = 'NegTokenInit';

/**
 * The bytes of a first message; with a `hintName` those of a NegTokenInit2, as a server sends it.
 *
 * Layout: `[APPLICATION 0] { mechanism SPNEGO, [0] { [0] mechTypes, [2] mechToken, [3] negHints, mechListMIC } }`, where the
 * last is `[3]`, or `[4]` beside hints.
 */
export function encodeNegTokenInit(message: NegTokenInit): Uint8Array {
  const { mechTypes, mechToken, hintName, mechListMic } = message;
  const fields: BerElement[] = [explicit(0, mechTypeList(mechTypes))];
  if (mechToken) fields.push(explicit(2, octets(mechToken)));
  if (hintName !== undefined) fields.push(explicit(3, sequence([explicit(0, generalString(hintName))])));
  if (mechListMic) fields.push(explicit(hintName === undefined ? 3 : 4, octets(mechListMic)));
  const init = explicit(0, sequence(fields));
  return encodeBer({ tag: initialContextToken, content: [objectIdentifier(mechanismOids.spnego), init] });
}

/**
 * A first message, of a client or of a server.
 *
 * `reqFlags` is passed over, because nothing protects it, and so is `hintAddress`.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED also for the first token of another mechanism.
 */
export function decodeNegTokenInit(bytes: Uint8Array): NegTokenInit {
  const outer = new DerReader(bytes, STRUCTURE);
  const token = outer.sequence(STRUCTURE, initialContextToken);
  outer.end();
  const mechanism = token.objectIdentifier();
  if (mechanism !== mechanismOids.spnego) throw token.malformed(`the first token of mechanism ${mechanism}`);
  const message = token.explicit(0, (inner) => readFields(inner.sequence()));
  token.end();
  return message;
}

function readFields(fields: DerReader): NegTokenInit {
  const mechTypes = fields.optional(0, (field) => field.sequenceOf((list) => list.objectIdentifier())) ?? [];
  fields.optional(1, (field) => field.bitString());
  const mechToken = fields.optional(2, (field) => field.octetString());
  // The field number that RFC 4178 gives the signature has the hints in Microsoft's extension.
  const third = fields.optional(3, (field) =>
    field.nextTag === tags.sequence
      ? { hintName: readHintName(field.sequence()) }
      : { mechListMic: field.octetString() },
  );
  const fourth = fields.optional(4, (field) => field.octetString());
  fields.skipExtensions();
  return { mechTypes, mechToken, ...third, ...(fourth && { mechListMic: fourth }) };
}

function readHintName(hints: DerReader): string | undefined {
  const name = hints.optional(0, (field) => field.content(tags.generalString));
  hints.skipExtensions();
  // Old servers write their own name in a code page of theirs; nobody reads it.
  return name && new TextDecoder('latin1').decode(name);
}
