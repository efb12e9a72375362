import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type Lab, type ServiceName } from '@causeway/lab';
import { cloneDomain } from './clone.ts';
import { readPeakMemory } from './host-process.ts';
import type { Progress } from './progress.ts';
import { synchronizeFromNothing } from './synchronization.ts';
import type { Row } from './table.ts';

const PEAK_MAX_MIB = 250;
/** "Flat": with four times the users a process takes at most this much more. */
const GROWTH_MAX = 1.25;

/** Peak memory of everything that took part in one first synchronization. */
export interface Peaks {
  readonly users: number;
  readonly seconds: number;
  readonly services: Readonly<Record<ServiceName, number>>;
  /** Of Samba's own replication of the same domain. */
  readonly clone: number;
  /** Of a Node process that does nothing. */
  readonly idle: number;
}

/** Synchronizes a lab from nothing, and reads the peak resident memory of each service at the end. */
export async function measureMemory(lab: Lab, progress: Progress): Promise<Peaks> {
  const { deployment, seconds } = await synchronizeFromNothing(lab, progress);
  const peakOf = (service: ServiceName): number => requirePeak(service, readPeakMemory(deployment.pidOf(service)));
  const services = { directory: peakOf('directory'), domain: peakOf('domain'), connect: peakOf('connect') };
  for (const service of SERVICES) progress.step(`${service}: ${services[service].toFixed(0)} MiB at its peak`);
  await deployment.stopAll();
  progress.step('the same domain by clone-dc-database');
  const { peakMiB } = await cloneDomain(lab);
  return { users: lab.users.length, seconds, services, clone: peakMiB, idle: await measureIdleNode() };
}

/** Rows for the runs, from few users to many. */
export function describeMemory(runs: readonly Peaks[]): Row[] {
  const rows: Row[] = [];
  for (const service of SERVICES) {
    for (const { users, services, idle } of runs) {
      const peak = services[service];
      rows.push({
        measure: `peak memory of ${service}, ${users} users`,
        causeway: formatMiB(peak),
        yardstick: `idle Node: ${formatMiB(idle)}`,
        ratio: peak / idle,
        target: { text: `below ${PEAK_MAX_MIB} MiB`, reached: peak < PEAK_MAX_MIB },
      });
    }
    const [few, many] = [runs[0], runs.at(-1)];
    if (few === undefined || many === undefined || few === many) continue;
    const growth = many.services[service] / few.services[service];
    rows.push({
      measure: `growth of ${service}, ${few.users} to ${many.users} users`,
      causeway: formatMiB(many.services[service]),
      yardstick: formatMiB(few.services[service]),
      ratio: growth,
      target: { text: `flat: at most ${GROWTH_MAX}`, reached: growth <= GROWTH_MAX },
    });
  }
  const largest = (run: Peaks): number => Math.max(...Object.values(run.services));
  for (const run of runs) {
    rows.push({
      measure: `the largest of the three, ${run.users} users`,
      causeway: formatMiB(largest(run)),
      yardstick: `samba-tool drs clone-dc-database: ${formatMiB(run.clone)}`,
      ratio: largest(run) / run.clone,
    });
    rows.push({
      measure: `first synchronization of ${run.users} users`,
      causeway: `${run.seconds.toFixed(1)} s`,
      yardstick: 'none: objects and passwords, from the start of the services',
    });
  }
  return rows;
}

async function measureIdleNode(): Promise<number> {
  const idle = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  try {
    await sleep(2000);
    return requirePeak('an idle Node', idle.pid === undefined ? undefined : readPeakMemory(idle.pid));
  } finally {
    idle.kill();
    await once(idle, 'exit');
  }
}

function requirePeak(what: string, peak: number | undefined): number {
  if (peak === undefined) throw new Error(`the memory of ${what} cannot be read`);
  return peak;
}

function formatMiB(mebibytes: number): string {
  return `${Math.round(mebibytes)} MiB`;
}
