import { decodeGuid, encodeGuid, type Guid, type Reader, type Writer } from '@ad-protocols/wire';

/** An interface or a transfer syntax with its version. @see [C706] p_syntax_id_t (12.6.3.1) */
export interface SyntaxId {
  readonly uuid: Guid;
  /** Major and minor version. */
  readonly version: readonly [major: number, minor: number];
}

/** Bytes of a {@link SyntaxId} on the wire. */
export const SYNTAX_ID_BYTES = 20;

/** Whether two identifiers name the same syntax in the same version. */
export function isSameSyntax(left: SyntaxId, right: SyntaxId): boolean {
  return left.uuid === right.uuid && left.version[0] === right.version[0] && left.version[1] === right.version[1];
}

/** Layout: UUID (16) ‖ major version (2) ‖ minor version (2). @see [C706] p_syntax_id_t (12.6.3.1) */
export function writeSyntaxId(writer: Writer, { uuid, version }: SyntaxId): Writer {
  return writer.bytes(encodeGuid(uuid)).u16(version[0]).u16(version[1]);
}

/** The counterpart of {@link writeSyntaxId}. @throws {TruncatedError} ERR_WIRE_TRUNCATED */
export function readSyntaxId(reader: Reader): SyntaxId {
  const uuid = decodeGuid(reader.bytes(16));
  return { uuid, version: [reader.u16(), reader.u16()] };
}

/** One interface in one transfer syntax, as it is proposed to the server. */
export interface ProposedContext {
  /** p_cont_id: what requests name it by. */
  readonly id: number;
  readonly interface: SyntaxId;
  readonly transferSyntax: SyntaxId;
}

/**
 * Writes a list of proposed contexts, each with one transfer syntax as [MS-RPCE] 3.3.1.5.6 wants it.
 *
 * Layout: count (1) ‖ reserved (3) ‖ count × (context id (2) ‖ number of transfer syntaxes (1) ‖ reserved (1) ‖ interface (20)
 * ‖ transfer syntax (20)).
 *
 * @see [C706] p_cont_list_t (12.6.3.1)
 */
export function writePresentationContexts(writer: Writer, contexts: readonly ProposedContext[]): Writer {
  writer.u8(contexts.length).fill(3);
  for (const context of contexts) {
    writer.u16(context.id).u8(1).u8(0);
    writeSyntaxId(writeSyntaxId(writer, context.interface), context.transferSyntax);
  }
  return writer;
}

/** The server's answer to one proposed context. */
export interface PresentationResult {
  /** 0 accepted, 1 and 2 rejected, 3 the answer to a feature negotiation. */
  readonly result: number;
  /** Why it was rejected; the feature bits when `result` is 3. */
  readonly reason: number;
  /** The one that was accepted; zeros otherwise. */
  readonly transferSyntax: SyntaxId;
}

/** `result` of an accepted context. */
export const RESULT_ACCEPTANCE = 0;
/** `result` of the answer to a feature negotiation. @see [MS-RPCE] (2.2.2.4) */
export const RESULT_NEGOTIATE_ACK = 3;
/** `reason`: the server does not have this interface. */
export const REASON_ABSTRACT_SYNTAX = 1;

/**
 * Reads the list of answers, one for each proposed context and in the same order.
 *
 * Layout: count (1) ‖ reserved (3) ‖ count × (result (2) ‖ reason (2) ‖ transfer syntax (20)).
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @see [C706] p_result_list_t (12.6.3.1)
 */
export function readPresentationResults(reader: Reader): PresentationResult[] {
  const count = reader.u8();
  reader.skip(3);
  const results: PresentationResult[] = [];
  for (let index = 0; index < count; index += 1) {
    results.push({ result: reader.u16(), reason: reader.u16(), transferSyntax: readSyntaxId(reader) });
  }
  return results;
}
