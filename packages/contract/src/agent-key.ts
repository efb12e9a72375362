import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { CausewayError } from '@causeway/model';

/** An agent's Ed25519 key pair, with which it signs its requests. */
export interface AgentKey {
  /** PKCS #8 in PEM; belongs into a file that only the service's user can read. */
  readonly privateKey: string;
  /** One line for the directory's configuration: `ed25519:` and base64 of 32 bytes. */
  readonly publicKey: string;
}

const prefix = 'ed25519:';
const pattern = /^ed25519:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** A fresh key pair. */
export function generateAgentKey(): AgentKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: formatAgentPublicKey(privateKey),
  };
}

/** The public key, as one line, of a private or public key. */
export function formatAgentPublicKey(key: KeyObject): string {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return prefix + Buffer.from(x, 'base64url').toString('base64');
}

/** The public key that {@link formatAgentPublicKey} wrote; undefined for any other text. */
export function parseAgentPublicKey(text: string): KeyObject | undefined {
  if (!pattern.test(text)) return undefined;
  const x = Buffer.from(text.slice(prefix.length), 'base64').toString('base64url');
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  } catch {
    return undefined;
  }
}

/**
 * Makes a key pair, writes the private key to a new file with mode 0600 and gives the public key's line.
 *
 * @throws {CausewayError} ERR_AGENT_KEY_EXISTS: there is a file already; it is never overwritten.
 * @throws {CausewayError} ERR_AGENT_KEY_WRITE: the file cannot be written.
 */
export async function writeAgentKeyFile(path: string): Promise<string> {
  const { privateKey, publicKey } = generateAgentKey();
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(privateKey);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new CausewayError({
      code: exists ? 'ERR_AGENT_KEY_EXISTS' : 'ERR_AGENT_KEY_WRITE',
      message: exists ? `There is a file at ${path} already.` : `The agent key cannot be written to ${path}.`,
      nextStep: exists
        ? 'Keep using that key, or name another file; a key that the directory knows should not be lost.'
        : 'Make the folder, and see that the user of this process may write there.',
      disposition: 'halt',
      cause,
    });
  }
  return publicKey;
}

/**
 * The private key in a file.
 *
 * @throws {CausewayError} ERR_AGENT_KEY_READ: no such file, or it cannot be read.
 * @throws {CausewayError} ERR_AGENT_KEY_PERMISSIONS: others than its owner may read it.
 * @throws {CausewayError} ERR_AGENT_KEY_FORMAT: not an Ed25519 private key in PEM.
 */
export async function readAgentKeyFile(path: string): Promise<KeyObject> {
  let text: string;
  let mode: number;
  try {
    ({ mode } = await stat(path));
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CausewayError({
      code: 'ERR_AGENT_KEY_READ',
      message: `The agent key at ${path} cannot be read.`,
      nextStep: "Make an agent key, and enter its public key in the directory's configuration.",
      disposition: 'halt',
      cause,
    });
  }
  if ((mode & 0o077) !== 0) {
    throw new CausewayError({
      code: 'ERR_AGENT_KEY_PERMISSIONS',
      message: `The agent key at ${path} may be read by others than its owner.`,
      nextStep: `Run chmod 600 ${path}; if others may have read it, make a new key.`,
      disposition: 'halt',
    });
  }
  return parseAgentKey(text, path);
}

/**
 * The private key in the text of a file, however that was read; `path` names it in the error.
 *
 * @throws {CausewayError} ERR_AGENT_KEY_FORMAT: not an Ed25519 private key in PEM.
 */
export function parseAgentKey(text: string, path: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(text);
  } catch {
    // The parser's own words could quote the key.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new CausewayError({
    code: 'ERR_AGENT_KEY_FORMAT',
    message: `The file ${path} is not an Ed25519 private key in PEM.`,
    nextStep: 'Restore the file from a backup, or make a new agent key and enter its public key at the directory.',
    disposition: 'halt',
  });
}
