import { DrsClient } from '@ad-protocols/drsr';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { CredentialSealer } from '@causeway/seal/seal';
import { openDcSession, type DcSession } from './dc-session.ts';
import { keyMismatchError } from './errors.ts';
import { PasswordHashSyncSession } from './password-hash-session.ts';
import type { ProcessOptions } from './process-options.ts';
import { replicationFailure } from './replication-errors.ts';
import type { SyncProcess } from './sync-process.ts';

/**
 * Password hash sync: carries the users' sealed credentials to the directory, all of them first and then what has changed.
 *
 * @throws {SealError} ERR_SEAL_KEY when the pinned public key is none.
 */
export async function createPasswordHashSync(options: ProcessOptions): Promise<SyncProcess> {
  const { config, directory } = options;
  const publicKey = new Uint8Array(Buffer.from(config.tenant.publicKey, 'base64'));
  const sealer = await CredentialSealer.create({ publicKey });
  return {
    name: 'password hash sync',
    async open(signal) {
      const { keyId } = await directory.readTenant({ signal });
      if (keyId !== null && keyId !== sealer.keyId) {
        throw keyMismatchError({ tenant: config.tenant.id, pinned: sealer.keyId, registered: keyId });
      }
      const { credentialCursor } = await directory.readSource(config.connector.name, { signal });
      const dc = await openDcSession(config.connector, options, signal);
      try {
        const client = await openDrsClient(options, dc, signal);
        return new PasswordHashSyncSession({ options, dc, client, sealer, stored: credentialCursor });
      } catch (error) {
        dc.connection.close();
        throw error;
      }
    },
  };
}

async function openDrsClient(
  { config }: ProcessOptions,
  { dc, password }: DcSession,
  signal: AbortSignal,
): Promise<DrsClient> {
  const { domainController: host, account } = config.connector;
  const security = new NtlmMechanism({ domain: account.domain ?? dc.netbiosName, user: account.name, password });
  try {
    return await DrsClient.open({ host, security, signal });
  } catch (error) {
    throw replicationFailure(error, { host, account: account.name, passwordFile: account.passwordFile });
  }
}
