import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface WholeFileOptions {
  /** Fails with EEXIST where there is a file already. */
  readonly fresh?: boolean;
  /** Who gets it, where root writes it; the owner of its folder unless named. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Milliseconds since 1970 to bear as the time of the last change. */
  readonly modifiedAt?: number | undefined;
}

/** Writes a file with mode 0600 that is always whole: beside, flushed to the disk, then renamed. */
export async function writeWholeFile(
  file: string,
  content: string | Uint8Array,
  { fresh = false, owner, modifiedAt }: WholeFileOptions = {},
): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      if (process.getuid?.() === 0) {
        const { uid, gid } = owner ?? (await stat(path.dirname(file)));
        await handle.chown(uid, gid);
      }
      if (modifiedAt !== undefined) await handle.utimes(modifiedAt / 1000, modifiedAt / 1000);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await (fresh ? link(beside, file) : rename(beside, file));
  } finally {
    await rm(beside, { force: true });
  }
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
