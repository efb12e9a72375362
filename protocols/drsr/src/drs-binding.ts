import type { Mechanism } from '@ad-protocols/gss';
import { RpcConnection, RpcFaultError, type RpcConnectionOptions } from '@ad-protocols/rpc';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import { decodeBindReply, drsuapi, encodeBindRequest, opnums, type BindReply } from './bind.ts';
import { DrsError, DrsStatusError } from './errors.ts';
import { clientExtensionFlags, extensionFlags } from './extensions.ts';

/** Whom to read from, and as whom. */
export type DrsClientOptions = Pick<
  RpcConnectionOptions,
  'host' | 'port' | 'connectTimeoutMs' | 'callTimeoutMs' | 'responseBytesMax' | 'signal'
> & {
  /** An account with the rights to replicate secrets; see `ERR_DRSR_ACCESS_DENIED`. */
  readonly security: Mechanism;
};

/** Makes one call and gives its results, both encoded. */
type Call = (opnum: number, stub: Uint8Array) => Promise<Uint8Array>;

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
    if (!(cause instanceof MalformedError || cause instanceof TruncatedError)) throw cause;
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

async function bind(call: Call, replicationEpoch: number): Promise<BindReply> {
  const stub = await call(opnums.bind, encodeBindRequest({ flags: clientExtensionFlags, replicationEpoch }));
  const reply = guardReply(() => decodeBindReply(stub));
  if (reply.status !== 0) throw new DrsStatusError('binding (IDL_DRSBind)', reply.status);
  return reply;
}

/**
 * Binds. A server of another replication epoch than ours (its domain was renamed once) would refuse every call, so the bind
 * is then made once more with its epoch.
 *
 * @throws {DrsError} ERR_DRSR_SOURCE_TOO_OLD, ERR_DRSR_REPLY
 * @throws {DrsStatusError}
 */
export async function introduce(call: Call, host: string): Promise<BindReply> {
  let reply = await bind(call, 0);
  if (reply.extensions.replicationEpoch !== 0) {
    await call(opnums.unbind, reply.handle);
    reply = await bind(call, reply.extensions.replicationEpoch);
  }
  requireAbilities(reply.extensions.flags, host);
  return reply;
}

/** A connection on which replication calls can be made: bound to the interface and introduced to the server. */
export class DrsBinding {
  readonly handle: Uint8Array;
  /** 10 when the server knows it, else 8. */
  readonly requestVersion: 8 | 10;
  readonly #connection: RpcConnection;

  private constructor(connection: RpcConnection, reply: BindReply) {
    this.#connection = connection;
    this.handle = reply.handle;
    this.requestVersion = (reply.extensions.flags & extensionFlags.getChangesRequestV10) === 0 ? 8 : 10;
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
      const reply = await introduce((opnum, stub) => connection.call(opnum, stub), options.host);
      return new DrsBinding(connection, reply);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Every session key of the connection, the newest first. */
  get sessionKeys(): readonly Uint8Array[] {
    return this.#connection.sessionKeys.toReversed();
  }

  /**
   * The results of IDL_DRSGetNCChanges, still encoded.
   *
   * @throws {DrsStatusError} for a fault of the directory service. {RpcError} for all other failures.
   */
  async getChanges(stub: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#connection.call(opnums.getChanges, stub);
    } catch (error) {
      if (!(error instanceof RpcFaultError) || error.status < DIRECTORY_SERVICE_STATUS_MIN) throw error;
      throw new DrsStatusError('reading changes (IDL_DRSGetNCChanges)', error.status);
    }
  }

  /** Unbinds and disconnects. */
  async close(): Promise<void> {
    try {
      await this.#connection.call(opnums.unbind, this.handle);
    } catch {
      // It is a courtesy: the server forgets the handle as soon as the connection is gone.
    }
    await this.#connection.close();
  }
}
