import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';

/**
 * The environment variable that marks every process started for a lab; its value is the lab's state folder.
 *
 * Process ids are re-used and a lab may be killed before it has written one down, so nothing that is ended is
 * found by a stored id: it is found by this mark, which the kernel keeps for as long as the process lives.
 */
export const LAB_MARK = 'CAUSEWAY_LAB';

/** The environment variable that names the host of an init process. */
export const HOST_MARK = 'CAUSEWAY_LAB_HOST';

/** No execve(2) takes longer than this, not even on a busy machine. */
const STARTING_SECONDS_MAX = 3;

/** Ids of all processes on the machine that carry the mark of the lab with this state folder. */
export function findMarkedProcesses(folder: string): number[] {
  return allProcesses().filter((pid) => pid !== process.pid && readEnvironment(pid)?.[LAB_MARK] === folder);
}

/** The state folders of all labs that have a process on the machine. */
export function listMarks(): string[] {
  return [...new Set(allProcesses().map((pid) => readEnvironment(pid)?.[LAB_MARK] ?? ''))].filter(
    (mark) => mark !== '',
  );
}

/** Whether the process is alive and was started for this host of the lab with this state folder. */
export function isMarkedFor(pid: number, folder: string, host: string): boolean {
  const environment = readEnvironment(pid);
  return environment?.[LAB_MARK] === folder && environment[HOST_MARK] === host;
}

/**
 * The programs that the processes of a container run, by process id there, as the container's own /proc shows them.
 * Programs and not the short names of processes: Samba's workers name themselves after what they do.
 */
export function listProcessesInside(initPid: number): Map<number, string> {
  const folder = `/proc/${initPid}/root/proc`;
  const programs = new Map<number, string>();
  for (const pid of listProcessIds(folder)) {
    if (pid === 1) continue;
    try {
      programs.set(pid, basename(readlinkSync(`${folder}/${pid}/exe`)));
    } catch {
      // It has ended.
    }
  }
  return programs;
}

/** Whether the process runs this program, whose environment it has got by now. */
export function runsProgram(pid: number, program: string): boolean {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)) === program && readTextFile(`/proc/${pid}/environ`) !== '';
  } catch {
    return false;
  }
}

/** Kills the processes of the lab with this state folder and returns when the kernel has let go of all of them. */
export async function killMarkedProcesses(folder: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  const killed = new Map<number, number>();
  let clean = 0;
  // A process may be started by another one that is found only now, so one empty look is not enough.
  while (clean < 2) {
    const found = findMarkedProcesses(folder);
    for (const pid of found) {
      killed.set(pid, readLivingSince(pid) ?? 0);
      kill(pid, 'SIGKILL');
    }
    // A process that is ending has no environment any more, but still has its namespaces.
    const ending = [...killed].filter(([pid, since]) => readLivingSince(pid) === since).map(([pid]) => pid);
    clean = found.length === 0 && ending.length === 0 && !isAnyProcessStarting() ? clean + 1 : 0;
    if (performance.now() > deadline) {
      throw new LabError(
        'ERR_LAB_LEFTOVERS',
        `Processes of the lab in ${folder} do not end: ${ending.join(', ')}. Look at them with ps, then run the command again.`,
      );
    }
    await sleep(clean === 1 ? 10 : 5);
  }
}

/** Sends a signal to a process that may be gone already. */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Whether some process is in the middle of execve(2): its environment, and with it the mark, cannot be seen then.
 * A process without any environment looks the same, so only young ones count.
 */
function isAnyProcessStarting(): boolean {
  const uptime = Number(readTextFile('/proc/uptime')?.split(' ')[0]);
  return allProcesses().some((pid) => {
    if (readTextFile(`/proc/${pid}/environ`) !== '') return false;
    // Threads of the kernel have no program.
    if (!existsSync(`/proc/${pid}/exe`)) return false;
    return uptime - (readLivingSince(pid) ?? 0) / 100 < STARTING_SECONDS_MAX;
  });
}

/**
 * When a process was started, in hundredths of a second since the machine was; `undefined` for no process, or one that
 * has ended and only waits for its parent to take notice. Id and time together are never used twice.
 */
function readLivingSince(pid: number): number | undefined {
  // Fields from the third on: state, …, and the 22nd, start time. The second, a name, may have spaces in it.
  const fields = readTextFile(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : Number(fields[19]);
}

function allProcesses(): number[] {
  return listProcessIds('/proc');
}

function listProcessIds(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readEnvironment(pid: number): Record<string, string> | undefined {
  const text = readTextFile(`/proc/${pid}/environ`);
  if (text === undefined) return undefined;
  const environment: Record<string, string> = {};
  for (const line of text.split('\0')) {
    const at = line.indexOf('=');
    if (at > 0) environment[line.slice(0, at)] = line.slice(at + 1);
  }
  return environment;
}

/** A file that may be gone at any moment, as all of /proc. */
function readTextFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
