import type { DirectoryClient } from '@causeway/contract';
import type { Logger } from '@causeway/model';
import type { CredentialOpener } from '@causeway/seal/open';
import { keyConflict, unexpectedError } from './errors.ts';
import { createTenantKey, loadTenantKey, tenantKeyPath } from './tenant-key.ts';

/**
 * What opens the tenant's credentials, its public key being the one that the directory knows.
 *
 * On the very first start the key pair is made here and registered. Another key at the directory is replaced only when
 * `replaceKey` asks for it.
 *
 * @throws {CausewayError} ERR_DOMAIN_KEY_CONFLICT: the directory knows another key; ERR_DOMAIN_KEY_*; what the directory says.
 */
export async function prepareTenantKey(options: {
  directory: Pick<DirectoryClient, 'readTenant' | 'registerKey'>;
  stateDir: string;
  replaceKey: boolean;
  logger: Logger;
  signal: AbortSignal;
}): Promise<CredentialOpener> {
  const { directory, stateDir, replaceKey, logger, signal } = options;
  const here = await loadTenantKey(stateDir);
  const { keyId: registered } = await directory.readTenant({ signal });
  if (here !== undefined && registered === here.keyId) return here;
  const path = tenantKeyPath(stateDir);
  if (registered !== null && !replaceKey) throw keyConflict({ registered, here: here?.keyId, path });

  const opener = here ?? (await createOpener(stateDir));
  const { keyId, publicKey } = opener;
  await directory.registerKey({ keyId, publicKey, ...(registered !== null && { replaces: registered }) }, { signal });
  logger.info(
    { keyId, publicKey: Buffer.from(publicKey).toString('base64'), replaced: registered },
    `the directory knows the key ${keyId} of this host now: enter its public key in the configuration of connect`,
  );
  return opener;
}

async function createOpener(stateDir: string): Promise<CredentialOpener> {
  await createTenantKey(stateDir);
  const opener = await loadTenantKey(stateDir);
  if (opener === undefined) throw unexpectedError(new TypeError('the tenant key was written and is not there'));
  return opener;
}
