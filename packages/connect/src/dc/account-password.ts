import { open, stat } from 'node:fs/promises';
import { CausewayError } from '@causeway/model';

/** Permission bits that let others than the owner at a file. */
const OTHERS = 0o077;

/**
 * The service account's password: the first line of its file.
 *
 * Read anew for every connection, so that a changed password takes effect without a restart.
 *
 * @throws {CausewayError} ERR_CONNECT_PASSWORD_FILE when the file is missing, readable by others, or empty.
 */
export async function readAccountPassword(file: string): Promise<string> {
  let text: string;
  let mode: number;
  try {
    const handle = await open(file, 'r');
    try {
      mode = (await handle.stat()).mode;
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw passwordFileError(
      `the password file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      `write the service account's password to ${file}, owned by the user who runs causeway, and run: chmod 600 ${file}`,
      error,
    );
  }
  if ((mode & OTHERS) !== 0) {
    throw passwordFileError(
      `the password file ${file} has mode ${(mode & 0o777).toString(8).padStart(4, '0')}: others than its owner can use it`,
      `run: chmod 600 ${file} (and change the password if others may have read it)`,
    );
  }
  const password = text.split(/\r?\n/, 1)[0] ?? '';
  if (password === '') {
    throw passwordFileError(
      `the password file ${file} has no password on its first line`,
      `write the service account's password to ${file}`,
    );
  }
  return password;
}

/** Changes whenever the password file is written again; undefined while it is not there. */
export async function passwordFileVersion(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, ino, size, mode } = await stat(file);
    return `${mtimeMs}:${ino}:${size}:${mode}`;
  } catch {
    return undefined;
  }
}

function passwordFileError(message: string, nextStep: string, cause?: unknown): CausewayError {
  return new CausewayError({ code: 'ERR_CONNECT_PASSWORD_FILE', message, nextStep, disposition: 'halt', cause });
}
