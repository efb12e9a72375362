import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { parseGuid, type Guid } from '@ad-protocols/wire';
import { decodeExtensions, encodeExtensions, type Extensions } from './extensions.ts';

/** The interface `drsuapi`, version 4.0. @see [MS-DRSR] RPC Transport (2.1) */
export const drsuapi: { readonly uuid: Guid; readonly version: readonly [number, number] } = {
  uuid: parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'),
  version: [4, 0],
};

/** Bytes of a DRS_HANDLE: attributes (4) ‖ UUID (16). @see [MS-DRSR] DRS_HANDLE (5.40) */
export const HANDLE_SIZE = 20;
const EXTENSIONS_SIZE_MAX = 10_000;

/** How clients that are no domain controllers introduce themselves. @see [MS-DRSR] NTDSAPI_CLIENT_GUID (5.138) */
export const clientGuid = parseGuid('e24d201a-4fd6-11d1-a3da-0000f875ae0d');

/** What the server answered to a bind. */
export interface BindReply {
  /** Opaque context handle, 20 bytes, that every further call starts with. */
  readonly handle: Uint8Array;
  /** Capabilities of the server; flags are zero when it stated none. */
  readonly extensions: Extensions;
  /** Windows error code, 0 for success. */
  readonly status: number;
}

/** What a client says of itself when it binds. */
export interface BindRequest {
  /** {@link clientGuid}, or the objectGUID of the directory service agent that binds. */
  readonly client: Guid | undefined;
  readonly extensions: Extensions | undefined;
}

/** The referent of a pointer to DRS_EXTENSIONS: maximum count ‖ cb (4) ‖ extensions. @see [MS-DRSR] DRS_EXTENSIONS (5.38) */
function writeExtensions(writer: NdrWriter, extensions: Extensions): void {
  const bytes = encodeExtensions(extensions);
  writer.maxCount(bytes.length).u32(bytes.length).bytes(bytes);
}

function readExtensions(reader: NdrReader): Extensions {
  const size = reader.maxCount(1, EXTENSIONS_SIZE_MAX);
  return decodeExtensions(reader.bytes(reader.sameCount(reader.u32(), size)));
}

/** Parameters of IDL_DRSBind: pointer ‖ client GUID (16) ‖ pointer ‖ extensions. @see [MS-DRSR] IDL_DRSBind (4.1.3) */
export function encodeBindRequest(extensions: Extensions, syntax: TransferSyntax = 'ndr'): Uint8Array {
  const writer = new NdrWriter(syntax).pointer(true).guid(clientGuid).pointer(true);
  writeExtensions(writer, extensions);
  return writer.finish();
}

/**
 * Reads what {@link encodeBindRequest} describes, as a server does.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeBindRequest(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): BindRequest {
  const reader = new NdrReader(stub, 'IDL_DRSBind', syntax);
  const client = reader.pointer() ? reader.guid() : undefined;
  const extensions = reader.pointer() ? readExtensions(reader) : undefined;
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the request`);
  return { client, extensions };
}

/** Results of IDL_DRSBind: pointer ‖ extensions ‖ handle (20, aligned to 4) ‖ status (4). */
export function encodeBindReply(reply: BindReply, syntax: TransferSyntax = 'ndr'): Uint8Array {
  const writer = new NdrWriter(syntax).pointer(true);
  writeExtensions(writer, reply.extensions);
  return writer.align(4).bytes(reply.handle).u32(reply.status).finish();
}

/**
 * Reads what {@link encodeBindReply} describes.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeBindReply(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): BindReply {
  const reader = new NdrReader(stub, 'IDL_DRSBind', syntax);
  const extensions = reader.pointer() ? readExtensions(reader) : { flags: 0, replicationEpoch: 0 };
  reader.align(4);
  const handle = reader.bytes(HANDLE_SIZE);
  const status = reader.u32();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the status`);
  return { handle, extensions, status };
}
