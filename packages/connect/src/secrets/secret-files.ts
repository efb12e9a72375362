import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { CausewayError, type Logger } from '@causeway/model';
import { secretFileError } from './errors.ts';
import { readKeyMaterial, readOtherKeyMaterial, type MachineKeyPlace } from './machine-key.ts';
import {
  isSealedSecret,
  NONCE_BYTES,
  openSecret,
  sealSecret,
  type KeyMaterial,
  type SecretPurpose,
} from './secret-envelope.ts';
import { writeWholeFile, type WholeFileOptions } from './whole-file.ts';

const OTHERS = 0o077;
/** No secret is as long; whatever is longer is another file. */
const CONTENT_BYTES_MAX = 64 * 1024;

/** How a secret lies in its file. */
export type SecretState = 'sealed' | 'clear' | 'missing';

/** The secrets of connect on this machine, each in a file that opens nowhere else. */
export interface SecretFiles {
  /**
   * The secret in a file. One in clear, as an administrator or an older release wrote it, is sealed in its place first, as is
   * one under the key file where systemd gives a key; owner and time of the last change stay. The caller wipes it.
   *
   * @throws {CausewayError} ERR_CONNECT_PASSWORD_FILE or ERR_CONNECT_AGENT_KEY_FILE by its purpose: missing, readable by others,
   *   sealed elsewhere, or in clear where it cannot be rewritten; ERR_CONNECT_SECRET_KEY.
   */
  read(file: string, purpose: SecretPurpose): Promise<Uint8Array>;
  /** Seals a secret into a file with mode 0600, in place of what is there. @throws {CausewayError} as {@link SecretFiles.read} */
  write(file: string, purpose: SecretPurpose, secret: Uint8Array): Promise<void>;
  /** How the secret lies in a file; changes nothing. One that is sealed also opens here. @throws as {@link SecretFiles.read} */
  inspect(file: string, purpose: SecretPurpose): Promise<SecretState>;
}

interface Content {
  readonly bytes: Uint8Array;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly modifiedAt: number;
}

/** The secrets of the machine whose key is in that place. */
export function createSecretFiles(options: MachineKeyPlace & { readonly logger: Logger }): SecretFiles {
  async function write(file: string, purpose: SecretPurpose, secret: Uint8Array, as: WholeFileOptions): Promise<void> {
    const key = await readKeyMaterial(options);
    const envelope = using(key, () => sealSecret(secret, purpose, key, randomBytes(NONCE_BYTES)));
    try {
      await writeWholeFile(file, envelope, as);
    } catch (cause) {
      throw secretFileError(file, purpose, { kind: 'not-written', cause });
    }
  }

  /** A sealed secret, and whether it is sealed with the key that this process seals with. */
  async function unseal(
    file: string,
    purpose: SecretPurpose,
    bytes: Uint8Array,
  ): Promise<{ secret: Uint8Array; current: boolean }> {
    const key = await readKeyMaterial(options);
    const secret = using(key, () => openSecret(bytes, purpose, key));
    if (secret !== undefined) return { secret, current: true };
    const other = await readOtherKeyMaterial(options);
    const older = other && using(other, () => openSecret(bytes, purpose, other));
    if (older === undefined) throw secretFileError(file, purpose, { kind: 'foreign' });
    return { secret: older, current: false };
  }

  return {
    async read(file, purpose) {
      const { bytes, ...as } = await readContent(file, purpose);
      const sealed = isSealedSecret(bytes);
      const { secret, current } = sealed ? await unseal(file, purpose, bytes) : { secret: bytes, current: false };
      if (current) return secret;
      try {
        await write(file, purpose, secret, as);
      } catch (error) {
        secret.fill(0);
        throw error;
      }
      const before = sealed
        ? 'was sealed with the key file and is with the key of systemd'
        : 'was in clear and is sealed';
      options.logger.info({ file, purpose }, `the secret in ${file} ${before} from now on`);
      return secret;
    },
    async write(file, purpose, secret) {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
        throw secretFileError(file, purpose, { kind: 'not-written', cause });
      });
      await write(file, purpose, secret, {});
    },
    async inspect(file, purpose) {
      if (!existsSync(file)) return 'missing';
      const { bytes } = await readContent(file, purpose);
      try {
        if (!isSealedSecret(bytes)) return 'clear';
        (await unseal(file, purpose, bytes)).secret.fill(0);
        return 'sealed';
      } finally {
        bytes.fill(0);
      }
    },
  };
}

/** What is done with a key, which is wiped afterwards. */
function using<Result>({ machineKey }: KeyMaterial, use: () => Result): Result {
  try {
    return use();
  } finally {
    machineKey.fill(0);
  }
}

async function readContent(file: string, purpose: SecretPurpose): Promise<Content> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mode, uid, gid, size, mtimeMs } = await handle.stat();
      if (size > CONTENT_BYTES_MAX) throw secretFileError(file, purpose, { kind: 'too-long' });
      if ((mode & OTHERS) !== 0) throw secretFileError(file, purpose, { kind: 'mode', mode });
      return { bytes: await handle.readFile(), owner: { uid, gid }, modifiedAt: Math.round(mtimeMs) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof CausewayError) throw cause;
    throw secretFileError(file, purpose, { kind: 'unreadable', cause });
  }
}
