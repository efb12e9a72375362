import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from './program.ts';

/**
 * Makes the content of the folder `target` a copy of that of `source`: owners, modes, extended attributes (Samba's
 * ACLs) and holes too. The folder itself stays the same one, for it may be mounted somewhere.
 */
export async function copyTree(
  source: string,
  target: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  await Promise.all((await readdir(target)).map(async (name) => rm(join(target, name), { recursive: true })));
  await runOrThrow(['cp', '--archive', `${source}/.`, target], { env: environment, timeoutMs: 600_000 });
}
