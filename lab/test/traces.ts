import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { findMarkedProcesses } from '../src/processes.ts';

const NAMESPACES = ['pid', 'mnt', 'net', 'uts', 'ipc'];

/** The namespaces that a lab's processes are in, apart from the machine's own, as the kernel names them. */
export function namespacesOf(labFolder: string): Set<string> {
  const own = new Set(NAMESPACES.map((kind) => readlinkSync(`/proc/self/ns/${kind}`)));
  const found = new Set<string>();
  for (const pid of findMarkedProcesses(labFolder)) {
    for (const namespace of namespacesOfProcess(String(pid))) if (!own.has(namespace)) found.add(namespace);
  }
  return found;
}

/** Everything on the machine that a lab with this folder, which had these namespaces, has left: nothing, one hopes. */
export function tracesOf(labFolder: string, namespaces: ReadonlySet<string>): string[] {
  const traces = findMarkedProcesses(labFolder).map((pid) => `process ${pid}`);
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    for (const namespace of namespacesOfProcess(pid)) {
      if (namespaces.has(namespace)) traces.push(`process ${pid} in ${namespace}`);
    }
  }
  // A namespace without a process lives on if it is mounted somewhere; so does a folder of the lab.
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    if (line.includes(labFolder) || [...namespaces].some((namespace) => line.includes(namespace))) traces.push(line);
  }
  for (const link of readdirSync('/sys/class/net')) {
    if (/^(onprem|internet|managed)/.test(link)) traces.push(`network interface ${link}`);
  }
  for (const path of [labFolder, `${labFolder}.lock`]) {
    if (existsSync(path)) traces.push(`file ${path}`);
  }
  return traces;
}

function namespacesOfProcess(pid: string): string[] {
  try {
    return NAMESPACES.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  } catch {
    return [];
  }
}
