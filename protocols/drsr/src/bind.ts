import { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { parseGuid, type Guid } from '@ad-protocols/wire';
import { decodeExtensions, encodeExtensions, type Extensions } from './extensions.ts';

/** The interface `drsuapi`, version 4.0. @see [MS-DRSR] RPC Transport (2.1) */
export const drsuapi: { readonly uuid: Guid; readonly version: readonly [number, number] } = {
  uuid: parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'),
  version: [4, 0],
};

/** Call numbers of {@link drsuapi}. */
export const opnums = { bind: 0, unbind: 1, getChanges: 3 } as const;

/** Bytes of a DRS_HANDLE: attributes (4) ‖ UUID (16). @see [MS-DRSR] DRS_HANDLE (5.40) */
const HANDLE_SIZE = 20;
const EXTENSIONS_SIZE_MAX = 10_000;

/** How clients that are no domain controllers introduce themselves. @see [MS-DRSR] NTDSAPI_CLIENT_GUID (5.138) */
const clientGuid = parseGuid('e24d201a-4fd6-11d1-a3da-0000f875ae0d');

/** What the server answered to a bind. */
export interface BindReply {
  /** Opaque context handle, 20 bytes, that every further call starts with. */
  readonly handle: Uint8Array;
  /** Capabilities of the server; flags are zero when it stated none. */
  readonly extensions: Extensions;
  /** Windows error code, 0 for success. */
  readonly status: number;
}

/** Parameters of IDL_DRSBind: pointer ‖ client GUID ‖ pointer ‖ maximum count (4) ‖ cb (4) ‖ extensions. @see [MS-DRSR] IDL_DRSBind (4.1.3) */
export function encodeBindRequest(extensions: Extensions): Uint8Array {
  const bytes = encodeExtensions(extensions);
  const writer = new NdrWriter().pointer(true).guid(clientGuid);
  return writer.pointer(true).maxCount(bytes.length).u32(bytes.length).bytes(bytes).finish();
}

/**
 * Results of IDL_DRSBind: pointer ‖ maximum count (4) ‖ cb (4) ‖ extensions ‖ handle (20) ‖ status (4).
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeBindReply(stub: Uint8Array): BindReply {
  const reader = new NdrReader(stub, 'IDL_DRSBind');
  let extensions: Extensions = { flags: 0, replicationEpoch: 0 };
  if (reader.pointer()) {
    const size = reader.maxCount(1, EXTENSIONS_SIZE_MAX);
    extensions = decodeExtensions(reader.bytes(reader.sameCount(reader.u32(), size)));
  }
  reader.align(4);
  const handle = reader.bytes(HANDLE_SIZE);
  const status = reader.u32();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the status`);
  return { handle, extensions, status };
}
