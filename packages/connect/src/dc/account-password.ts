import { stat } from 'node:fs/promises';
import { CausewayError } from '@causeway/model';
import type { SecretFiles } from '../secrets/secret-files.ts';

/**
 * The service account's password: the first line of its file, which is sealed to this machine; one in clear is sealed first.
 *
 * Read anew for every connection, so that a changed password takes effect without a restart.
 *
 * @throws {CausewayError} ERR_CONNECT_PASSWORD_FILE when the file is missing, readable by others, sealed elsewhere or empty;
 *   ERR_CONNECT_SECRET_KEY.
 */
export async function readAccountPassword(file: string, secrets: Pick<SecretFiles, 'read'>): Promise<string> {
  const content = await secrets.read(file, 'account-password');
  try {
    const password =
      Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
    if (password !== '') return password;
  } finally {
    content.fill(0);
  }
  throw new CausewayError({
    code: 'ERR_CONNECT_PASSWORD_FILE',
    message: `the password file ${file} has no password on its first line`,
    nextStep: `run: causeway connect secret set ${file}`,
    disposition: 'halt',
  });
}

/**
 * Changes whenever the password file is written again; undefined while it is not there. That a password in clear was sealed
 * makes no other version.
 */
export async function passwordFileVersion(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, mode } = await stat(file);
    return `${Math.round(mtimeMs)}:${mode}`;
  } catch {
    return undefined;
  }
}
