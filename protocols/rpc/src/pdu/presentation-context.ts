import { encodeGuid, parseGuid, type Guid, type Reader, type Writer } from '@ad-protocols/wire';

/** An interface or a transfer syntax with its version. @see [C706] p_syntax_id_t (12.6.3.1) */
export interface SyntaxId {
  readonly uuid: Guid;
  /** Major and minor version. */
  readonly version: readonly [major: number, minor: number];
}

/** NDR, 32-bit: the only transfer syntax that this client speaks. @see [MS-RPCE] NDR Transfer Syntax Identifier (2.2.4.12) */
export const ndrTransferSyntax: SyntaxId = { uuid: parseGuid('8a885d04-1ceb-11c9-9fe8-08002b104860'), version: [2, 0] };

/** The one presentation context of a connection. */
export const PRESENTATION_CONTEXT_ID = 0;

/**
 * Writes a list with the one context that is proposed: this interface in NDR.
 *
 * Layout: count (1) ‖ reserved (3) ‖ context id (2) ‖ number of transfer syntaxes (1) ‖ reserved (1) ‖ interface (20) ‖
 * transfer syntax (20).
 *
 * @see [C706] p_cont_list_t (12.6.3.1)
 */
export function writePresentationContexts(writer: Writer, interfaceId: SyntaxId): Writer {
  writer.u8(1).fill(3).u16(PRESENTATION_CONTEXT_ID).u8(1).u8(0);
  for (const { uuid, version } of [interfaceId, ndrTransferSyntax]) {
    writer.bytes(encodeGuid(uuid)).u16(version[0]).u16(version[1]);
  }
  return writer;
}

/** The server's answer to one proposed context. */
export interface PresentationResult {
  /** 0 accepted, 1 and 2 rejected, 3 the answer to a feature negotiation. */
  readonly result: number;
  /** Why it was rejected; the feature bits when `result` is 3. */
  readonly reason: number;
}

/** `result` of an accepted context. */
export const RESULT_ACCEPTANCE = 0;
/** `reason`: the server does not have this interface. */
export const REASON_ABSTRACT_SYNTAX = 1;

/**
 * Reads the list of answers, one for each proposed context and in the same order.
 *
 * Layout: count (1) ‖ reserved (3) ‖ count × (result (2) ‖ reason (2) ‖ transfer syntax (20)).
 *
 * @see [C706] p_result_list_t (12.6.3.1)
 */
export function readPresentationResults(reader: Reader): PresentationResult[] {
  const count = reader.u8();
  reader.skip(3);
  const results: PresentationResult[] = [];
  for (let index = 0; index < count; index += 1) {
    results.push({ result: reader.u16(), reason: reader.u16() });
    reader.skip(20);
  }
  return results;
}
