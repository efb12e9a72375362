import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The id on this machine of a program that was started on a host: the child of the one that entered the host. */
export function findHostProcess({ pid }: ChildProcess): number | undefined {
  if (pid === undefined) return undefined;
  const children = readProc(`${pid}/task/${pid}/children`).trim();
  return children === '' ? undefined : Number(children.split(' ')[0]);
}

/** The most memory that a process has had resident since it started, in MiB; undefined when there is no such process. */
export function readPeakMemory(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Looks at a program's memory while it runs, and gives its peak in MiB after it has ended. */
export async function followPeakMemory(program: ChildProcess): Promise<number> {
  let peak = 0;
  while (program.exitCode === null && program.signalCode === null) {
    const pid = findHostProcess(program);
    if (pid !== undefined) peak = Math.max(peak, readPeakMemory(pid) ?? 0);
    await sleep(100);
  }
  return peak;
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
