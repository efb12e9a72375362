import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { findMarkedProcesses } from '../src/processes.ts';

const NAMESPACE_KINDS = ['pid', 'mnt', 'net', 'uts', 'ipc'];

/** What a lab consists of at one moment. The kernel re-uses the numbers of both, as soon as they are free. */
export interface LabParts {
  /** Namespaces apart from the machine's own, as the kernel names them. */
  readonly namespaces: ReadonlySet<string>;
  /** Every process in them or with the lab's mark: process id, and the time at which it was started. */
  readonly processes: ReadonlyMap<string, string>;
}

/** The namespaces and processes of the lab with this folder. */
export function partsOf(labFolder: string): LabParts {
  const own = new Set(namespacesOf('self'));
  const marked = findMarkedProcesses(labFolder).map(String);
  const namespaces = new Set(marked.flatMap(namespacesOf).filter((namespace) => !own.has(namespace)));
  const inside = readdirSync('/proc').filter((name) => namespacesOf(name).some((one) => namespaces.has(one)));
  return { namespaces, processes: new Map([...marked, ...inside].map((pid) => [pid, readStartTime(pid)])) };
}

/** Everything on the machine that is left of a lab with this folder, which consisted of these parts. */
export function tracesOf(labFolder: string, parts: LabParts): string[] {
  const traces = findMarkedProcesses(labFolder).map((pid) => `process ${pid}`);
  for (const [pid, startTime] of parts.processes) {
    if (startTime !== '' && readStartTime(pid) === startTime) traces.push(`process ${pid}`);
  }
  // A namespace without a process lives on only where it is mounted.
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    if (line.includes(labFolder) || [...parts.namespaces].some((one) => line.includes(one))) traces.push(line);
  }
  for (const link of readdirSync('/sys/class/net')) {
    if (/^(onprem|internet|managed)/.test(link)) traces.push(`network interface ${link}`);
  }
  for (const path of [labFolder, `${labFolder}.lock`]) if (existsSync(path)) traces.push(`file ${path}`);
  return traces;
}

function namespacesOf(pid: string): string[] {
  try {
    return NAMESPACE_KINDS.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  } catch {
    return [];
  }
}

/** Empty for no process, or one that has ended and only waits for the machine's own process 1 to take notice. */
function readStartTime(pid: string): string {
  try {
    // Fields from the third on: state, …, and the 22nd, start time. The second, a name, may have spaces in it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
