import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CausewayError, type Logger } from '@causeway/model';

/**
 * A small JSON file in the state folder that is always whole: written beside, flushed to the disk, then renamed.
 *
 * It tells people what the directory has acknowledged; the directory's own cursor is what
 * synchronization goes on from. So a disk that is full here is told once and stops nothing.
 */
export class StatusFile<Content> {
  readonly #path: string;
  readonly #folder: string;
  readonly #logger: Logger;
  #failed = false;

  constructor(options: { folder: string; name: string; logger: Logger }) {
    this.#folder = options.folder;
    this.#path = join(options.folder, `${options.name}.json`);
    this.#logger = options.logger;
  }

  write(content: Content): void {
    try {
      this.#replace(`${JSON.stringify(content, null, 2)}\n`);
      this.#failed = false;
    } catch (error) {
      if (!this.#failed)
        this.#logger.warn(
          { code: 'ERR_CONNECT_STATE_DIR', file: this.#path, err: error },
          `cannot write ${this.#path}: it shows old news until the disk has room`,
        );
      this.#failed = true;
    }
  }

  #replace(text: string): void {
    const beside = `${this.#path}.new`;
    const file = openSync(beside, 'w', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, this.#path);
    const folder = openSync(this.#folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

/**
 * Makes the state folder with mode 0700 when it is not there, and proves that it can be written to.
 *
 * @throws {CausewayError} ERR_CONNECT_STATE_DIR
 */
export function prepareStateFolder(folder: string): void {
  const probe = join(folder, '.probe');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(probe, 'w', 0o600));
    rmSync(probe);
  } catch (error) {
    throw new CausewayError({
      code: 'ERR_CONNECT_STATE_DIR',
      message: `the state folder ${folder} cannot be written to: ${error instanceof Error ? error.message : String(error)}`,
      nextStep: 'set stateDir to a folder that the user who runs causeway may write to',
      disposition: 'halt',
      cause: error,
    });
  }
}
