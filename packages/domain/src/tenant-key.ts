import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CredentialOpener, generateTenantKeyPair } from '@causeway/seal/open';
import { tenantKeyError } from './errors.ts';
import { flushFolder, prepareStateFolder } from './state-folder.ts';

/** The part of a tenant's key that everyone may know; connect is configured with it. */
export interface TenantPublicKey {
  readonly keyId: string;
  /** 32 bytes, X25519. */
  readonly publicKey: Uint8Array;
}

/** The file that holds the tenant's private key: one line, base64 of 32 bytes, mode 0600. */
export function tenantKeyPath(stateDir: string): string {
  return join(stateDir, 'tenant.key');
}

/**
 * Makes the tenant's key pair and keeps the private key on this host, the only place where it ever is.
 *
 * @throws {CausewayError} ERR_DOMAIN_KEY_EXISTS: there is one already; it is never overwritten.
 * @throws {CausewayError} ERR_DOMAIN_KEY_WRITE, ERR_DOMAIN_STATE_DIR
 */
export async function createTenantKey(stateDir: string): Promise<TenantPublicKey> {
  await prepareStateFolder(stateDir);
  const path = tenantKeyPath(stateDir);
  const { keyId, publicKey, privateKey } = generateTenantKeyPair();
  const line = Buffer.from(`${Buffer.from(privateKey).toString('base64')}\n`);
  privateKey.fill(0);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(line);
      await file.sync();
    } finally {
      await file.close();
    }
    await flushFolder(stateDir);
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw tenantKeyError(exists ? 'exists' : 'write', path, cause);
  } finally {
    line.fill(0);
  }
  return { keyId, publicKey };
}

/**
 * What opens the credentials of the tenant, with the private key of this host; undefined when it has none yet.
 *
 * @throws {CausewayError} ERR_DOMAIN_KEY_PERMISSIONS: others than the owner may read the file.
 * @throws {CausewayError} ERR_DOMAIN_KEY_FORMAT, ERR_DOMAIN_KEY_READ
 */
export async function loadTenantKey(stateDir: string): Promise<CredentialOpener | undefined> {
  const path = tenantKeyPath(stateDir);
  let line: Buffer;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw tenantKeyError('permissions', path);
    line = await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw code === 'ERR_DOMAIN_KEY_PERMISSIONS' ? cause : tenantKeyError('read', path, cause);
  }
  const privateKey = decodePrivateKey(line);
  line.fill(0);
  if (privateKey === undefined) throw tenantKeyError('format', path);
  try {
    return await CredentialOpener.create({ privateKey });
  } finally {
    privateKey.fill(0);
  }
}

/**
 * The public key of this host, as connect is configured with it; the key pair is made when there is none yet.
 *
 * @throws {CausewayError} as {@link createTenantKey} and {@link loadTenantKey}.
 */
export async function ensureTenantKey(config: { stateDir: string }): Promise<{ keyId: string; publicKey: string }> {
  const { keyId, publicKey } = (await loadTenantKey(config.stateDir)) ?? (await createTenantKey(config.stateDir));
  return { keyId, publicKey: Buffer.from(publicKey).toString('base64') };
}

function decodePrivateKey(line: Buffer): Uint8Array | undefined {
  const text = line.toString('latin1').trimEnd();
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
