import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { HANDLE_SIZE } from '../bind.ts';

/** Which domain to tell of, and how much. @see [MS-DRSR] DRS_MSG_DCINFOREQ_V1 (4.1.5.1.2) */
export interface DomainControllerInfoRequest {
  /** From the bind, 20 bytes. */
  readonly handle: Uint8Array;
  /** DNS or NetBIOS name. */
  readonly domain: string;
  readonly level: number;
}

/**
 * Parameters of IDL_DRSDomainControllerInfo: handle (20) ‖ version (4) ‖ version (4) ‖ pointer ‖ level (4); then the name.
 *
 * @see [MS-DRSR] IDL_DRSDomainControllerInfo (4.1.5)
 */
export function encodeDomainControllerInfoRequest(
  request: DomainControllerInfoRequest,
  syntax: TransferSyntax = 'ndr',
): Uint8Array {
  const writer = new NdrWriter(syntax).bytes(request.handle).u32(1).startOfStructure(4, 8).u32(1);
  return writer.pointer(true).u32(request.level).endOfStructure(8).wideString(request.domain).finish();
}

/**
 * Reads what {@link encodeDomainControllerInfoRequest} writes.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeDomainControllerInfoRequest(
  stub: Uint8Array,
  syntax: TransferSyntax = 'ndr',
): DomainControllerInfoRequest {
  const reader = new NdrReader(stub, 'DRS_MSG_DCINFOREQ', syntax);
  const handle = reader.bytes(HANDLE_SIZE);
  const version = reader.u32();
  reader.startOfStructure(4, 8);
  if (reader.sameCount(reader.u32(), version) !== 1) throw reader.malformed(`a request of version ${version}`);
  if (!reader.pointer()) throw reader.malformed('no domain');
  const level = reader.u32();
  reader.endOfStructure(8);
  const domain = reader.wideString();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the domain`);
  return { handle, domain, level };
}
