import type { Mechanism } from '@ad-protocols/gss';
import { RpcConnection, RpcFaultError, type RpcConnectionOptions } from '@ad-protocols/rpc';
import { type Guid, isWireError } from '@ad-protocols/wire';
import { decodeBindReply, drsuapi, encodeBindRequest, type BindReply } from './bind.ts';
import { DrsError, DrsStatusError } from './errors.ts';
import type { TransferSyntax } from '@ad-protocols/ndr';
import { clientExtensionFlags, extendedExtensionFlags, extensionFlags, type Extensions } from './extensions.ts';
import type { RequestVersion } from './get-changes-request.ts';
import { methods, type Method } from './methods.ts';

/** Whom to read from, and as whom. */
export type DrsClientOptions = Pick<
  RpcConnectionOptions,
  'host' | 'port' | 'connectTimeoutMs' | 'callTimeoutMs' | 'responseBytesMax' | 'signal' | 'transferSyntaxes'
> & {
  /** An account with the rights to replicate secrets; see `ERR_DRSR_ACCESS_DENIED`. */
  readonly security: Mechanism;
  /**
   * Whether the domain controller may compress pages: less on the wire, more work for both. Windows decides by the distance of
   * its site, Samba never compresses. False unless given.
   */
  readonly compression?: boolean;
  /**
   * objectGUID of the NTDS settings of the domain controller on whose behalf changes are asked for (uuidDsaObjDest). Only those that
   * sign in as a domain controller need it; else it is that of the domain controller that answers, as soon as it is known.
   */
  readonly destinationDsa?: Guid;
};

/** Makes one call and gives its results, both encoded. */
type Call = (opnum: number, stub: Uint8Array) => Promise<Uint8Array>;

/** How to introduce oneself. */
interface Introduction {
  readonly host: string;
  readonly compression?: boolean | undefined;
  readonly transferSyntax?: TransferSyntax | undefined;
}

/** DRS_EXT_W2K3_DEFLATE: the compression of Windows Server 2003 is understood. @see [MS-DRSR] DRS_EXTENSIONS_INT (5.39) */
const W2K3_DEFLATE = 0x1000_0000;

/** Windows error codes from here on are those of the directory service; below are those of RPC itself. */
const DIRECTORY_SERVICE_STATUS_MIN = 8000;

/**
 * What `decode` makes of a reply.
 *
 * @throws {DrsError} ERR_DRSR_REPLY when the bytes are not what they should be.
 */
export function guardReply<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!isWireError(cause)) throw cause;
    throw new DrsError({
      code: 'ERR_DRSR_REPLY',
      message: `a reply of the domain controller cannot be read: ${cause.message}`,
      nextStep:
        'Read the page again on a new connection; when it happens again, report it with the version of the domain controller.',
      cause,
    });
  }
}

function requireAbilities(flags: number, host: string): void {
  const needed =
    extensionFlags.getChangesRequestV8 | extensionFlags.getChangesReplyV6 | extensionFlags.strongEncryption;
  if ((flags & needed) === needed) return;
  throw new DrsError({
    code: 'ERR_DRSR_SOURCE_TOO_OLD',
    message: `${host} cannot replicate secrets in a form that is understood (extensions 0x${(flags >>> 0).toString(16)})`,
    nextStep: 'Use a domain controller with Windows Server 2003 or later, or Samba 4.',
  });
}

/** The newest request that the server knows. */
function requestVersionFor({ flags, extendedFlags = 0 }: Extensions): RequestVersion {
  if ((extendedFlags & extendedExtensionFlags.getChangesRequestV11) !== 0) return 11;
  return (flags & extensionFlags.getChangesRequestV10) === 0 ? 8 : 10;
}

async function bind(call: Call, introduction: Introduction, replicationEpoch: number): Promise<BindReply> {
  const { compression = false, transferSyntax } = introduction;
  const flags = (clientExtensionFlags | (compression ? W2K3_DEFLATE : 0)) >>> 0;
  const stub = await call(methods.bind.opnum, encodeBindRequest({ flags, replicationEpoch }, transferSyntax));
  const reply = guardReply(() => decodeBindReply(stub, transferSyntax));
  if (reply.status !== 0) throw new DrsStatusError(methods.bind.purpose, reply.status);
  return reply;
}

/**
 * Binds. A server of another replication epoch than ours (its domain was renamed once) would refuse every call, so the bind
 * is then made once more with its epoch.
 *
 * @throws {DrsError} ERR_DRSR_SOURCE_TOO_OLD, ERR_DRSR_REPLY
 * @throws {DrsStatusError}
 */
export async function introduce(call: Call, introduction: Introduction): Promise<BindReply> {
  let reply = await bind(call, introduction, 0);
  if (reply.extensions.replicationEpoch !== 0) {
    await call(methods.unbind.opnum, reply.handle);
    reply = await bind(call, introduction, reply.extensions.replicationEpoch);
  }
  requireAbilities(reply.extensions.flags, introduction.host);
  return reply;
}

/** A connection on which replication calls can be made: bound to the interface and introduced to the server. */
export class DrsBinding {
  readonly handle: Uint8Array;
  /** The newest that the server knows. */
  readonly requestVersion: RequestVersion;
  /** Whether compressed replies are asked for. */
  readonly compression: boolean;
  readonly #connection: RpcConnection;

  private constructor(connection: RpcConnection, reply: BindReply, compression: boolean) {
    this.#connection = connection;
    this.handle = reply.handle;
    this.requestVersion = requestVersionFor(reply.extensions);
    this.compression = compression;
  }

  /**
   * Connects, signs in and binds.
   *
   * @throws {RpcError} see `RpcConnection.open`; ERR_RPC_LOGON_REFUSED for a wrong password.
   * @throws {DrsError} ERR_DRSR_SOURCE_TOO_OLD, ERR_DRSR_REPLY. {DrsStatusError}
   */
  static async open(options: DrsClientOptions): Promise<DrsBinding> {
    const connection = await RpcConnection.open({ ...options, interface: drsuapi });
    try {
      const { host, compression = false } = options;
      const introduction = { host, compression, transferSyntax: connection.transferSyntax };
      const reply = await introduce((opnum, stub) => connection.call(opnum, stub), introduction);
      return new DrsBinding(connection, reply, compression);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Every session key of the connection, the newest first. */
  get sessionKeys(): readonly Uint8Array[] {
    return this.#connection.sessionKeys.toReversed();
  }

  /** How parameters and results are laid out. */
  get transferSyntax(): TransferSyntax {
    return this.#connection.transferSyntax;
  }

  /**
   * The results of a call, still encoded.
   *
   * @throws {DrsStatusError} for a fault of the directory service. {RpcError} for all other failures.
   */
  async call(method: Method, stub: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#connection.call(method.opnum, stub);
    } catch (error) {
      if (!(error instanceof RpcFaultError) || error.status < DIRECTORY_SERVICE_STATUS_MIN) throw error;
      throw new DrsStatusError(method.purpose, error.status);
    }
  }

  /** Signs in once more; see `RpcConnection.reauthenticate`. */
  async reauthenticate(mechanism?: Mechanism): Promise<void> {
    await this.#connection.reauthenticate(mechanism);
  }

  /** Unbinds and disconnects, and overwrites the session keys: decrypt before. */
  async close(): Promise<void> {
    try {
      await this.#connection.call(methods.unbind.opnum, this.handle);
    } catch {
      // It is a courtesy: the server forgets the handle as soon as the connection is gone.
    }
    await this.#connection.close();
    for (const key of this.#connection.sessionKeys) key.fill(0);
  }
}
