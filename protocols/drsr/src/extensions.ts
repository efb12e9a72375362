import { decodeGuid, encodeGuid, nilGuid, Reader, Writer, type Guid } from '@ad-protocols/wire';

/** Capabilities that clients and servers state when they bind. @see [MS-DRSR] DRS_EXTENSIONS_INT (5.39), dwFlags */
export const extensionFlags = {
  base: 0x0000_0001,
  asyncReplication: 0x0000_0002,
  removeApi: 0x0000_0004,
  moveRequestV2: 0x0000_0008,
  domainControllerInfoV1: 0x0000_0020,
  restoreUsnOptimization: 0x0000_0040,
  addEntry: 0x0000_0080,
  kccExecute: 0x0000_0100,
  addEntryV2: 0x0000_0200,
  linkedValueReplication: 0x0000_0400,
  domainControllerInfoV2: 0x0000_0800,
  instanceTypeNotRequired: 0x0000_1000,
  getReplicationInfo: 0x0000_4000,
  strongEncryption: 0x0000_8000,
  domainControllerInfoAny: 0x0001_0000,
  transitiveMembership: 0x0002_0000,
  addSidHistory: 0x0004_0000,
  postBeta3: 0x0008_0000,
  getChangesRequestV5: 0x0010_0000,
  getMemberships2: 0x0020_0000,
  getChangesRequestV6: 0x0040_0000,
  nonDomainNamingContexts: 0x0080_0000,
  getChangesRequestV8: 0x0100_0000,
  getChangesReplyV5: 0x0200_0000,
  getChangesReplyV6: 0x0400_0000,
  addEntryReplyV3: 0x0800_0000,
  getChangesRequestV10: 0x2000_0000,
} as const;

/**
 * What this client states: everything except compression, which it does not ask for, and keys from the security
 * provider, which NTLM does not have. Domain controllers have crashed on clients that stated little, so nothing is left out
 * for being unused; {@link extensionFlags.strongEncryption} is what secrets are sent for.
 */
export const clientExtensionFlags: number = Object.values(extensionFlags).reduce((all, flag) => all | flag, 0);

/** Further capabilities. @see [MS-DRSR] DRS_EXTENSIONS_INT (5.39), dwFlagsExt */
export const extendedExtensionFlags = {
  adam: 0x0000_0001,
  domainControllerInfoV3: 0x0000_0002,
  recycleBin: 0x0000_0004,
  getChangesReplyV9: 0x0000_0100,
  getChangesRequestV11: 0x0000_0400,
} as const;

/** @see [MS-DRSR] DRS_EXTENSIONS_INT (5.39) */
export interface Extensions {
  /** {@link extensionFlags} */
  readonly flags: number;
  /** Zero unless the domain was renamed. Client and server must state the same one. */
  readonly replicationEpoch: number;
  /** objectGUID of the site of the server; only a server states it. */
  readonly site?: Guid;
  /** Process of the server or client, for those who look for trouble. */
  readonly processId?: number;
  /** {@link extendedExtensionFlags}; a client that is no domain controller should state none. */
  readonly extendedFlags?: number;
  /** objectGUID of the configuration naming context; only a server states it. */
  readonly configuration?: Guid;
  /** Which of `extendedFlags` the server could ever set. */
  readonly extendedCapabilities?: number;
}

/**
 * The 52 bytes after `cb`: flags (4) ‖ site (16) ‖ process id (4) ‖ replication epoch (4) ‖ extended flags (4) ‖
 * configuration (16) ‖ extended capabilities (4). A client that is no domain controller leaves all but flags and epoch out;
 * without the extended flag for version 9 the server replies with version 6.
 */
export function encodeExtensions(extensions: Extensions): Uint8Array {
  const { flags, site = nilGuid, processId = 0, replicationEpoch, extendedFlags = 0 } = extensions;
  const { configuration = nilGuid, extendedCapabilities = 0 } = extensions;
  const writer = new Writer(52).u32(flags).bytes(encodeGuid(site)).u32(processId).u32(replicationEpoch);
  return writer.u32(extendedFlags).bytes(encodeGuid(configuration)).u32(extendedCapabilities).finish();
}

/**
 * Extensions: at least flags, site and process id (24 bytes). What a shorter form leaves out is left out here, but for the
 * epoch, which is then zero.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 */
export function decodeExtensions(bytes: Uint8Array): Extensions {
  const reader = new Reader(bytes, 'DRS_EXTENSIONS_INT');
  const base = { flags: reader.u32(), site: decodeGuid(reader.bytes(16)), processId: reader.u32() };
  const replicationEpoch = reader.remaining < 4 ? 0 : reader.u32();
  return {
    ...base,
    replicationEpoch,
    ...(reader.remaining < 4 ? {} : { extendedFlags: reader.u32() }),
    ...(reader.remaining < 16 ? {} : { configuration: decodeGuid(reader.bytes(16)) }),
    ...(reader.remaining < 4 ? {} : { extendedCapabilities: reader.u32() }),
  };
}
