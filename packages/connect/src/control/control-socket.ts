import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { CausewayError } from '@causeway/model';

/**
 * Removes a socket that an agent left behind when it was killed: one at which nobody answers. Anything else stays.
 *
 * @throws {CausewayError} ERR_CONTROL_IN_USE when somebody answers; ERR_CONTROL_SOCKET when there is something else.
 */
export async function removeStaleSocket(socket: string): Promise<void> {
  try {
    const found = await lstat(socket);
    if (!found.isSocket()) throw socketUnusable(socket, 'something that is no socket is there');
    if (await isAnswered(socket)) throw inUse(socket);
    await unlink(socket);
  } catch (error) {
    if (error instanceof CausewayError) throw error;
    if (codeOf(error) !== 'ENOENT') throw socketUnusable(socket, error);
  }
}

/** Whether a program listens at the socket; rejects when that cannot be told. */
async function isAnswered(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', resolve);
      connection.once('error', reject);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    connection.destroy();
  }
}

function inUse(socket: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_IN_USE',
    message: `Another agent answers at ${socket}.`,
    nextStep: 'Stop the other agent, or give this one a stateDir of its own.',
    disposition: 'halt',
  });
}

/** `ERR_CONTROL_SOCKET`: the agent cannot be administered because its socket cannot be made. */
export function socketUnusable(socket: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_SOCKET',
    message: `The socket ${socket} cannot be made: ${reasonOf(socket, cause)}.`,
    nextStep:
      'Set stateDir to a folder that the user who runs causeway may write to and whose path is short; remove what is in the way.',
    disposition: 'halt',
    cause,
  });
}

/** Bytes of a socket's path that the kernel takes, at most: `sun_path` without its closing zero. */
const pathBytesMax = 107;

function reasonOf(socket: string, cause: unknown): string {
  const bytes = Buffer.byteLength(socket);
  if (bytes > pathBytesMax) return `its path has ${bytes} bytes, and ${pathBytesMax} are the most`;
  if (typeof cause === 'string') return cause;
  return codeOf(cause) ?? 'the reason is not known';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
