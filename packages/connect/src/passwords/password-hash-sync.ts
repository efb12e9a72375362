import { DrsClient } from '@ad-protocols/drsr';
import { CredentialSealer } from '@causeway/seal/seal';
import { DcChoice } from '../dc/dc-choice.ts';
import { openDcSession, type DcSession } from '../dc/dc-session.ts';
import { keyMismatchError } from '../errors.ts';
import { PasswordHashSyncSession } from './password-hash-session.ts';
import type { ProcessOptions } from '../agent/process-options.ts';
import { replicationFailure } from './replication-errors.ts';
import type { SyncProcess } from '../agent/sync-process.ts';

/**
 * Password hash sync: carries the users' sealed credentials to the directory, all of them first and then what has changed.
 *
 * @throws {SealError} ERR_SEAL_KEY when the pinned public key is none.
 */
export async function createPasswordHashSync(options: ProcessOptions): Promise<SyncProcess> {
  const { config, directory } = options;
  const publicKey = new Uint8Array(Buffer.from(config.tenant.publicKey, 'base64'));
  const sealer = await CredentialSealer.create({ publicKey });
  const choice = new DcChoice(config.connector.domainController, options.logger);
  return {
    name: 'password hash sync',
    async open(signal) {
      const { keyId } = await directory.readTenant({ signal });
      if (keyId !== null && keyId !== sealer.keyId) {
        throw keyMismatchError({ tenant: config.tenant.id, pinned: sealer.keyId, registered: keyId });
      }
      const { credentialCursor } = await directory.readSource(config.connector.name, { signal });
      const { dc, client } = await choice.open((host) => openBoth(options, host, signal));
      return new PasswordHashSyncSession({ options, dc, client, sealer, stored: credentialCursor });
    },
    noteFailure: (failure) => choice.noteFailure(failure),
  };
}

/** Both connections to one DC: LDAP and replication. */
async function openBoth(
  options: ProcessOptions,
  host: string,
  signal: AbortSignal,
): Promise<{ dc: DcSession; client: DrsClient }> {
  const { connector } = options.config;
  const { account } = connector;
  const dc = await openDcSession({ connector, host }, options, signal);
  try {
    return { dc, client: await DrsClient.open({ host, security: dc.mechanism, signal }) };
  } catch (error) {
    dc.connection.close();
    throw replicationFailure(error, { host, account: account.name, passwordFile: account.passwordFile });
  }
}
