import { Reader, Writer } from '@ad-protocols/wire';
import { DATA_REPRESENTATION, PTYPE } from './header.ts';
import { readSyntaxId, SYNTAX_ID_BYTES, writeSyntaxId, type SyntaxId } from './presentation-context.ts';

const signature = Uint8Array.of(0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71);

const SEC_VT_COMMAND_BITMASK_1 = 0x0001;
const SEC_VT_COMMAND_PCONTEXT = 0x0002;
const SEC_VT_COMMAND_HEADER2 = 0x0003;
const SEC_VT_COMMAND_END = 0x4000;
const SEC_VT_MUST_PROCESS_COMMAND = 0x8000;
const COMMAND_MASK = 0x3fff;
const CLIENT_SUPPORT_HEADER_SIGNING = 0x0000_0001;

/** The fields of a request's header that are repeated where header signing does not protect them. */
export interface VerifiedHeader {
  readonly callId: number;
  /** Presentation context of the request. */
  readonly contextId: number;
  readonly opnum: number;
}

/**
 * What a client repeats behind the stub of a request, because there it is signed or sealed: what an attacker on the way could
 * have changed in bind, bind_ack and headers unnoticed.
 */
export interface VerificationTrailer {
  /** The client asked for header signing; a server that did not see it in the bind refuses the call. */
  readonly supportsHeaderSigning?: boolean;
  readonly presentationContext?: { readonly interface: SyntaxId; readonly transferSyntax: SyntaxId };
  readonly header?: VerifiedHeader;
}

/**
 * The bytes of a verification trailer, a multiple of 4; it must begin at a multiple of 4 of its PDU.
 *
 * Layout: signature (8) ‖ commands: kind and flags (2) ‖ length (2) ‖ content. Contents: bit mask (4); interface (20) ‖
 * transfer syntax (20); type (1) ‖ reserved (3) ‖ data representation (4) ‖ call id (4) ‖ context id (2) ‖ operation (2).
 *
 * @see [MS-RPCE] Verification Trailer (2.2.2.13)
 */
export function encodeVerificationTrailer(trailer: VerificationTrailer): Uint8Array {
  const commands: [kind: number, content: Uint8Array][] = [];
  if (trailer.supportsHeaderSigning) {
    commands.push([SEC_VT_COMMAND_BITMASK_1, new Writer().u32(CLIENT_SUPPORT_HEADER_SIGNING).finish()]);
  }
  const { presentationContext, header } = trailer;
  if (presentationContext) {
    const content = writeSyntaxId(new Writer(), presentationContext.interface);
    commands.push([SEC_VT_COMMAND_PCONTEXT, writeSyntaxId(content, presentationContext.transferSyntax).finish()]);
  }
  if (header) {
    const content = new Writer().u8(PTYPE.request).fill(3).u32(DATA_REPRESENTATION).u32(header.callId);
    commands.push([SEC_VT_COMMAND_HEADER2, content.u16(header.contextId).u16(header.opnum).finish()]);
  }
  const writer = new Writer().bytes(signature);
  for (const [index, [kind, content]] of commands.entries()) {
    const end = index === commands.length - 1 ? SEC_VT_COMMAND_END : 0;
    writer
      .u16(kind | end)
      .u16(content.length)
      .bytes(content);
  }
  return writer.finish();
}

/**
 * Reads a trailer that begins at `bytes`; what a command of no known kind says is skipped unless it must be processed.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: no signature, a wrong length, or a command that must be processed and is not known.
 * @see [MS-RPCE] Verification Trailer (2.2.2.13)
 */
export function decodeVerificationTrailer(bytes: Uint8Array): VerificationTrailer {
  const reader = new Reader(bytes, 'verification trailer');
  if (Buffer.compare(reader.bytes(signature.length), signature) !== 0) throw reader.malformed('no signature');
  let trailer: VerificationTrailer = {};
  let kind: number;
  do {
    kind = reader.u16();
    const length = reader.u16();
    if (length % 4 !== 0) throw reader.malformed(`a command of ${length} bytes`);
    trailer = { ...trailer, ...readCommand(kind, new Reader(reader.bytes(length), 'verification trailer command')) };
  } while ((kind & SEC_VT_COMMAND_END) === 0);
  return trailer;
}

function readCommand(kind: number, content: Reader): VerificationTrailer {
  const expectBytes = (length: number): void => {
    if (content.remaining !== length) throw content.malformed(`${content.remaining} bytes instead of ${length}`);
  };
  switch (kind & COMMAND_MASK) {
    case SEC_VT_COMMAND_BITMASK_1:
      expectBytes(4);
      return { supportsHeaderSigning: (content.u32() & CLIENT_SUPPORT_HEADER_SIGNING) !== 0 };
    case SEC_VT_COMMAND_PCONTEXT:
      expectBytes(2 * SYNTAX_ID_BYTES);
      return { presentationContext: { interface: readSyntaxId(content), transferSyntax: readSyntaxId(content) } };
    case SEC_VT_COMMAND_HEADER2: {
      expectBytes(16);
      if (content.u8() !== PTYPE.request) throw content.malformed('not that of a request');
      content.skip(3);
      if (content.u32() !== DATA_REPRESENTATION) throw content.malformed('another data representation');
      return { header: { callId: content.u32(), contextId: content.u16(), opnum: content.u16() } };
    }
    default:
      if ((kind & SEC_VT_MUST_PROCESS_COMMAND) !== 0) throw content.malformed(`unknown command ${kind & COMMAND_MASK}`);
      return {};
  }
}
