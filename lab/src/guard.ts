import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { LAB_MARK } from './processes.ts';
import { SYSTEM_PATH } from './program.ts';

/**
 * Takes a lab down when a process of this machine ends, however it ends: killed, crashed, or done.
 *
 * The guard waits as a process of the lab, so it goes with a lab that is taken down earlier, and never meets another
 * lab of the same name.
 */
export function guardLab(lab: { name: string; folder: string }, owner: number): void {
  const wait = 'tail --pid="$1" -f /dev/null; exec "$2" "$3" down --name "$4"';
  const args = [String(owner), process.execPath, join(import.meta.dirname, 'main.ts'), lab.name];
  const guard = spawn('sh', ['-c', wait, 'guard', ...args], {
    env: {
      PATH: SYSTEM_PATH,
      [LAB_MARK]: lab.folder,
      ...(process.env['CAUSEWAY_LAB_STATE'] !== undefined && { CAUSEWAY_LAB_STATE: process.env['CAUSEWAY_LAB_STATE'] }),
    },
    stdio: 'ignore',
    detached: true,
  });
  guard.unref();
}
