import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { machineKeyError, messageOf } from './errors.ts';
import { MACHINE_KEY_BYTES, type KeyMaterial } from './secret-envelope.ts';
import { writeWholeFile } from './whole-file.ts';

/** Name of the credential that systemd may give in place of the key file. @see systemd.exec(5), LoadCredentialEncrypted= */
export const CREDENTIAL_NAME = 'causeway-secret-key';
/** Name of the key file in the state folder. */
export const KEY_FILE_NAME = 'secret.key';

const OTHERS = 0o077;

/** Where the machine's key is. */
export interface MachineKeyPlace {
  readonly stateDir: string;
  /** `$CREDENTIALS_DIRECTORY` as systemd gives it to a service. */
  readonly credentialsDirectory?: string | undefined;
  /** /etc/machine-id unless named. */
  readonly machineIdFile?: string | undefined;
}

/**
 * What this machine's secrets are sealed with: a credential of systemd where there is one, otherwise `secret.key` of the
 * state folder, which is made when it is not there. The caller wipes `machineKey`.
 *
 * @throws {CausewayError} ERR_CONNECT_SECRET_KEY
 */
export async function readKeyMaterial(place: MachineKeyPlace): Promise<KeyMaterial> {
  const machineKey = (await readCredential(place)) ?? (await ensureKeyFile(place.stateDir));
  return { machineKey, machineId: await readMachineId(place) };
}

/**
 * What secrets were sealed with before systemd gave a key, or by a command to which it gives none: the key file beside a
 * credential; undefined where that is not so. The caller wipes `machineKey`.
 *
 * @throws {CausewayError} ERR_CONNECT_SECRET_KEY
 */
export async function readOtherKeyMaterial(place: MachineKeyPlace): Promise<KeyMaterial | undefined> {
  const credential = await readCredential(place);
  if (credential === undefined) return undefined;
  credential.fill(0);
  const file = path.join(place.stateDir, KEY_FILE_NAME);
  try {
    const machineKey = await readKeyFile(file);
    return machineKey === undefined ? undefined : { machineKey, machineId: await readMachineId(place) };
  } catch (cause) {
    throw asKeyError(file, cause);
  }
}

async function readCredential({ credentialsDirectory }: MachineKeyPlace): Promise<Uint8Array | undefined> {
  if (credentialsDirectory === undefined) return undefined;
  const file = path.join(credentialsDirectory, CREDENTIAL_NAME);
  try {
    return requireLength(file, await readFile(file));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw asKeyError(file, cause);
  }
}

async function ensureKeyFile(stateDir: string): Promise<Uint8Array> {
  const file = path.join(stateDir, KEY_FILE_NAME);
  try {
    return (await readKeyFile(file)) ?? (await makeKeyFile(file));
  } catch (cause) {
    throw asKeyError(file, cause);
  }
}

async function readKeyFile(file: string): Promise<Uint8Array | undefined> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    const { mode } = await handle.stat();
    if ((mode & OTHERS) !== 0) {
      throw machineKeyError(
        file,
        `has mode ${(mode & 0o777).toString(8).padStart(4, '0')}: others than its owner can use it`,
      );
    }
    return requireLength(file, await handle.readFile());
  } finally {
    await handle.close();
  }
}

async function makeKeyFile(file: string): Promise<Uint8Array> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(MACHINE_KEY_BYTES);
  try {
    await writeWholeFile(file, key, { fresh: true });
    return key;
  } catch (cause) {
    key.fill(0);
    // Another process of this machine made it in the meantime.
    const other = codeOf(cause) === 'EEXIST' ? await readKeyFile(file) : undefined;
    if (other !== undefined) return other;
    throw cause;
  }
}

function requireLength(file: string, key: Uint8Array): Uint8Array {
  if (key.length === MACHINE_KEY_BYTES) return key;
  throw machineKeyError(file, `has ${key.length} bytes instead of ${MACHINE_KEY_BYTES}`);
}

/** Containers often have no id: the key file alone has to do there. */
async function readMachineId({ machineIdFile = '/etc/machine-id' }: MachineKeyPlace): Promise<string> {
  try {
    return (await readFile(machineIdFile, 'utf8')).trim();
  } catch {
    return '';
  }
}

function asKeyError(file: string, cause: unknown): unknown {
  if (codeOf(cause) === 'ERR_CONNECT_SECRET_KEY') return cause;
  return machineKeyError(file, `cannot be used: ${messageOf(cause)}`, cause);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
