/**
 * `npm run bench`: measures Causeway beside a yardstick of the same run, on real domain controllers in a lab of its own, and
 * prints a table with the ratios.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Lab } from '@causeway/lab';
import { describeEngine } from './engine-rows.ts';
import { measureEngine, type EngineFigures } from './engine.ts';
import { measureFullSynchronization } from './full-synchronization.ts';
import { measureLatency } from './latency.ts';
import { describeMemory, measureMemory, type Peaks } from './memory.ts';
import { Progress } from './progress.ts';
import { measureReading } from './reading.ts';
import { formatTable, type Row } from './table.ts';

const measurements = ['reading', 'full', 'latency', 'memory', 'engine'] as const;
/** The engine's, with its large domains, is made when it is asked for. */
const usual = measurements.filter((name) => name !== 'engine');
type Measurement = (typeof measurements)[number];

/** Memory is also measured with so many times the users. */
const MANY = 4;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: usual.join(',') },
    users: { type: 'string', default: '10000' },
    'engine-users': { type: 'string', default: '1000,10000,100000' },
    changes: { type: 'string', default: '50' },
    name: { type: 'string', default: 'bench' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const help = `npm run bench [-- --only reading,full,latency,memory,engine] [-- --users N] [-- --changes N] [-- --json]
  --only          some of the measurements; all but engine unless given, which takes long
  --users         users of the domain, 10000 unless given; memory is measured with four times as many too
  --changes       changed passwords whose way is timed, 50 unless given
  --engine-users  users of the domains that engine takes, 1000,10000,100000 unless given; each has a tenth as many groups
  --name          name of the lab, "bench" unless given
  --json          the rows and the machine as JSON instead of the table
Progress goes to standard error. The exit code is 0 when every measurement was made, targets reached or not.`;

function chosenMeasurements(): Set<Measurement> {
  const names = options.only.split(',');
  const unknown = names.find((name) => !measurements.some((measurement) => measurement === name));
  if (unknown !== undefined) throw new Error(`--only does not know "${unknown}": it takes ${measurements.join(',')}`);
  return new Set(names as Measurement[]);
}

function wholeNumber(option: 'users' | 'changes', min: number, max: number): number {
  const value = Number(options[option]);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${option} takes a whole number from ${min} to ${max}`);
}

/** How many users each domain of the engine's measurement has, from few to many. */
function engineUsers(): number[] {
  const sizes = options['engine-users'].split(',').map(Number);
  const isRight = sizes.every((size) => Number.isInteger(size) && size >= 200 && size <= 200_000);
  if (!isRight) throw new Error('--engine-users takes whole numbers from 200 to 200000, with commas between them');
  return sizes.sort((left, right) => left - right);
}

async function bringUp(population: { users: number; groups?: number }, progress: Progress): Promise<Lab> {
  await Lab.remove(options.name);
  progress.step(`bring up a lab with ${population.users} users`);
  return Lab.up({
    name: options.name,
    ...population,
    endWith: process.pid,
    onProgress: ({ step, fraction }) => {
      if (fraction !== undefined) progress.update(step, Math.round(fraction * 100), 100);
    },
  });
}

async function measure(chosen: ReadonlySet<Measurement>, progress: Progress): Promise<Row[]> {
  const users = wholeNumber('users', 200, 25_000);
  const changes = wholeNumber('changes', 1, 1000);
  const sizes = engineUsers();
  const rows: Row[] = [];
  if (usual.some((name) => chosen.has(name)))
    rows.push(...(await measurePasswords(chosen, { users, changes }, progress)));
  if (chosen.has('engine')) {
    const figures: EngineFigures[] = [];
    for (const size of sizes) {
      const groups = Math.floor(size / 10);
      figures.push(await measureEngine(await bringUp({ users: size, groups }, progress), groups, progress));
    }
    rows.push(...describeEngine(figures));
  }
  return rows;
}

/** What is measured in one domain, and its memory in a larger one too. */
async function measurePasswords(
  chosen: ReadonlySet<Measurement>,
  { users, changes }: { users: number; changes: number },
  progress: Progress,
): Promise<Row[]> {
  const rows: Row[] = [];
  const peaks: Peaks[] = [];
  const lab = await bringUp({ users }, progress);
  if (chosen.has('reading')) rows.push(...(await measureReading(lab, progress)));
  if (chosen.has('full')) rows.push(...(await measureFullSynchronization(lab, progress)));
  if (chosen.has('latency')) rows.push(...(await measureLatency(lab, changes, progress)));
  if (chosen.has('memory')) {
    peaks.push(await measureMemory(lab, progress));
    peaks.push(await measureMemory(await bringUp({ users: users * MANY }, progress), progress));
    rows.push(...describeMemory(peaks));
  }
  return rows;
}

function print(rows: readonly Row[]): void {
  const machine = {
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  if (options.json) {
    console.log(JSON.stringify({ date: new Date().toISOString(), machine, rows }, null, 2));
    return;
  }
  console.log(`${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, Node ${machine.node}\n`);
  console.log(formatTable(rows));
  const missed = rows.filter(({ target }) => target?.reached === false);
  console.log(
    missed.length === 0
      ? '\nEvery target is reached.'
      : `\nMissed: ${missed.map(({ measure: what }) => what).join('; ')}.`,
  );
}

async function main(): Promise<void> {
  const chosen = chosenMeasurements();
  const progress = new Progress();
  // The services of a deployment do not keep this process alive, not even while it waits for their end.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const rows = await measure(chosen, progress);
    progress.end();
    print(rows);
  } finally {
    progress.step('take the lab down');
    await Lab.remove(options.name);
    clearInterval(alive);
  }
}

if (options.help) {
  console.log(help);
} else {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void Lab.remove(options.name).finally(() => process.exit(130));
    });
  }
  try {
    await main();
  } catch (error) {
    // What fails because its lab is being taken away is no news.
    if (!interrupted) {
      console.error(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    }
  }
  if (!interrupted) process.exit(0);
}
