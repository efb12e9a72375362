import type { ControlClient, Run } from '@causeway/control';
import { Deployment, INITIAL_SNAPSHOT, type Lab } from '@causeway/lab';
import { connectTo, runDeltaCycle, suspendScheduler, timeOf, waitForFirstCycle, type Cycle } from './engine-agent.ts';
import { readPeakMemory } from './host-process.ts';
import { changeTitles, readHighestUsn, searchObjects, type LdapSearch } from './ldapsearch.ts';
import type { Progress } from './progress.ts';
import { median } from './statistics.ts';
import { StatusWatch } from './status-watch.ts';
import { timeoutFor } from './synchronization.ts';

/** Users whose title is another before a delta cycle. */
export const CHANGED_USERS = 1000;
const ROUNDS_WITHOUT_CHANGES = 5;
const ROUNDS_WITH_CHANGES = 3;

/** Parts of a first synchronization; what is missing to the whole is connect's start. */
export const steps = ['import', 'synchronize', 'export', 'confirm'] as const;
export type Step = (typeof steps)[number];

/** A time of Causeway's, beside ldapsearch's for the same objects: medians, in seconds. */
export interface Compared {
  readonly causeway: number;
  readonly ldapsearch: number;
}

/** What object sync took in a domain of some size. */
export interface EngineFigures {
  readonly users: number;
  readonly groups: number;
  /** Objects that were exported. */
  readonly objects: number;
  /** Memberships that were exported. */
  readonly memberships: number;
  /** From the start of connect's process, or of the cycle, to the end of the import that confirms the export. */
  readonly first: Compared & { readonly cycle: number };
  readonly steps: Readonly<Record<Step, number>>;
  readonly unchanged: Compared;
  readonly changed: Compared;
  /** Of connect after all of that, in MiB; and after it was started again and has sent all passwords. */
  readonly peak: { readonly objects: number; readonly passwords: number };
}

/**
 * Object sync of a lab from nothing, with the directory and connect alone: a first synchronization, then delta cycles without
 * and with changes; and its memory, at the end with passwords too.
 */
export async function measureEngine(lab: Lab, groups: number, progress: Progress): Promise<EngineFigures> {
  await lab.reset(INITIAL_SNAPSHOT);
  const deployment = await Deployment.install(lab);
  deployment.configure('connect', { passwordHashSync: { enabled: false } });
  deployment.start('directory');
  const users = lab.users.length;
  progress.step(`first synchronization of ${users} users and ${groups} groups, without passwords`);
  const startedAt = Date.now();
  deployment.start('connect');
  const agent = connectTo(deployment);
  try {
    const options = { deployment, progress, timeoutMs: timeoutFor(users) };
    const { runs, seconds: cycle } = await waitForFirstCycle(agent, options);
    const seconds = (timeOf(runs.at(-1)?.endedAt ?? null) - startedAt) / 1000;
    await suspendScheduler(agent);
    const counts = countsOf(runs);
    const objects = counts['exportAdds'] ?? 0;
    progress.step(`${objects} objects in ${seconds.toFixed(1)} s: ${describeRuns(runs)}`);
    const read = await searchObjects(lab);
    progress.step(`ldapsearch of ${read.entries} objects: ${read.seconds.toFixed(1)} s`);
    const unchanged = await compareUnchanged(agent, lab, progress);
    const changed = await compareChanged(agent, lab, progress);
    const objectsPeak = peakOf(deployment);
    return {
      users,
      groups,
      objects,
      memberships: counts['exportMemberAdds'] ?? 0,
      first: { causeway: seconds, cycle, ldapsearch: read.seconds },
      steps: stepsOf(runs),
      unchanged,
      changed,
      peak: { objects: objectsPeak, passwords: await measurePasswordsPeak(deployment, progress) },
    };
  } finally {
    await agent.close();
    await deployment.stopAll();
  }
}

async function compareUnchanged(agent: ControlClient, lab: Lab, progress: Progress): Promise<Compared> {
  const took: { causeway: number[]; ldapsearch: number[] } = { causeway: [], ldapsearch: [] };
  const usn = await readHighestUsn(lab);
  for (let round = 0; round < ROUNDS_WITHOUT_CHANGES; round += 1) {
    took.causeway.push((await runDeltaCycle(agent)).seconds);
    took.ldapsearch.push((await searchObjects(lab, usn)).seconds);
  }
  progress.step(`nothing changed, s: ${format(took.causeway)}; ldapsearch: ${format(took.ldapsearch)}`);
  return { causeway: median(took.causeway), ldapsearch: median(took.ldapsearch) };
}

async function compareChanged(agent: ControlClient, lab: Lab, progress: Progress): Promise<Compared> {
  const step = Math.max(Math.floor(lab.users.length / CHANGED_USERS), 1);
  const dns = lab.users.filter((_, index) => index % step === 0).slice(0, CHANGED_USERS);
  const took: { causeway: number[]; ldapsearch: number[] } = { causeway: [], ldapsearch: [] };
  for (let round = 1; round <= ROUNDS_WITH_CHANGES; round += 1) {
    const usn = await readHighestUsn(lab);
    await changeTitles(
      lab,
      dns.map(({ dn }) => dn),
      `Title ${round}`,
    );
    const cycle = await runDeltaCycle(agent);
    requireSame('the cycle exported', countsOf(cycle.runs)['exportUpdates'] ?? 0, dns.length);
    const read: LdapSearch = await searchObjects(lab, usn);
    requireSame('ldapsearch found', read.entries, dns.length);
    took.causeway.push(cycle.seconds);
    took.ldapsearch.push(read.seconds);
    progress.step(`${dns.length} users changed: ${cycle.seconds.toFixed(2)} s: ${describeRuns(cycle.runs)}`);
  }
  progress.step(`${dns.length} users changed, s: ${format(took.causeway)}; ldapsearch: ${format(took.ldapsearch)}`);
  return { causeway: median(took.causeway), ldapsearch: median(took.ldapsearch) };
}

/** The peak memory of a connect that finds all objects synchronized and sends every password. */
async function measurePasswordsPeak(deployment: Deployment, progress: Progress): Promise<number> {
  const users = deployment.lab.users.length;
  await deployment.stop('connect');
  deployment.configure('connect', { passwordHashSync: { enabled: true } });
  progress.step(`send the passwords of ${users} users`);
  // Nothing is sealed before the managed domain has registered its key, and that is all it is there for.
  deployment.start('domain');
  const watch = StatusWatch.start(deployment);
  try {
    await watch.until('the managed domain has registered its key', ({ key }) => key !== null, { timeoutMs: 60_000 });
    await deployment.stop('domain');
    const started = performance.now();
    deployment.start('connect');
    await watch.until('every password is at the directory', ({ credentials }) => credentials >= users, {
      timeoutMs: timeoutFor(users),
      onStatus: ({ credentials }) => progress.update('passwords', credentials, users),
    });
    progress.step(`all passwords are at the directory after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return peakOf(deployment);
  } finally {
    await watch.stop();
  }
}

function peakOf(deployment: Deployment): number {
  const peak = readPeakMemory(deployment.pidOf('connect'));
  if (peak === undefined) throw new Error("connect's memory cannot be read");
  return peak;
}

function stepsOf(runs: Cycle['runs']): Record<Step, number> {
  const exported = runs.findIndex(({ runProfile }) => runProfile === 'Export');
  const took: Record<Step, number> = { import: 0, synchronize: 0, export: 0, confirm: 0 };
  for (const [index, run] of runs.entries()) {
    const step: Step =
      index > exported
        ? 'confirm'
        : run.runProfile === 'Export'
          ? 'export'
          : run.runProfile.endsWith('Import')
            ? 'import'
            : 'synchronize';
    took[step] += secondsOf(run);
  }
  return took;
}

function countsOf(runs: Cycle['runs']): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { counts } of runs)
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function describeRuns(runs: Cycle['runs']): string {
  return runs.map((run) => `${run.runProfile} of ${run.connector} ${secondsOf(run).toFixed(2)} s`).join(', ');
}

function secondsOf({ startedAt, endedAt }: Run): number {
  return (timeOf(endedAt) - timeOf(startedAt)) / 1000;
}

function requireSame(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what} ${found} objects and not ${expected}`);
}

function format(seconds: readonly number[]): string {
  return seconds.map((one) => one.toFixed(2)).join(' ');
}
