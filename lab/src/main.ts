import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { LabError } from './errors.ts';
import { DEFAULT_LAB, Lab } from './lab.ts';
import type { LabOptions, LabStatus } from './lab.ts';
import { CHILD_DC, HOSTS, isHostName, SECOND_DC, SECOND_FOREST_DC } from './names.ts';
import { showProgress } from './terminal.ts';

interface CommonOptions {
  readonly name: string;
  readonly json?: boolean;
}

/** Prints the one result of a command: data for programs, or a sentence for people. */
function print(options: CommonOptions, data: object, text: string): void {
  process.stdout.write(options.json === true ? `${JSON.stringify(data)}\n` : `${text}\n`);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function parseCount(text: string): number {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number, such as 1000.');
  return Number(text);
}

type UpOptions = CommonOptions &
  Pick<LabOptions, 'groups' | 'secondDc' | 'childDomain' | 'secondForest'> & { users: number };

async function up(options: UpOptions): Promise<void> {
  const started = performance.now();
  const progress = showProgress(options.json !== true);
  const interrupted = (): void => {
    progress.end();
    process.stderr.write(`Interrupted: removing lab "${options.name}".\n`);
    void Lab.remove(options.name).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const { json: _, ...wanted } = options;
    const lab = await Lab.up({ ...wanted, onProgress: progress.show });
    progress.end();
    const { users } = options;
    const durationMs = Math.round(performance.now() - started);
    print(
      options,
      { ...wanted, durationMs },
      `Lab "${lab.name}" is up with ${users} users (${seconds(started)}). Look around: npm run -s lab -- exec vm1 bash`,
    );
  } finally {
    progress.end();
  }
}

function status(options: CommonOptions): void {
  const names = new Set([...Lab.list(), options.name]);
  const labs = [...names].map((name) => Lab.status(name));
  print(options, { labs }, labs.map(formatStatus).join('\n'));
}

function formatStatus(lab: LabStatus): string {
  if (lab.state === 'down') return `Lab "${lab.name}" is down.`;
  const lines = lab.hosts.map((host) => {
    const addresses = Object.entries(host.addresses).map(([network, address]) => `${network} ${address}`);
    const samba = host.samba === undefined ? '' : host.samba ? ', Samba runs' : ', Samba is stopped';
    const state = host.running ? `${host.processes} processes${samba}` : 'not running';
    return `  ${host.name.padEnd(12)} ${addresses.join(', ').padEnd(44)} ${state}`;
  });
  const hint = lab.state === 'incomplete' ? ' Run "down" or "up" again.' : '';
  return [
    `Lab "${lab.name}" is ${lab.state}: ${lab.users} users, snapshots ${lab.snapshots.join(', ')}.${hint}`,
    ...lines,
  ].join('\n');
}

async function exec(host: string, command: string[], options: CommonOptions): Promise<void> {
  if (!isHostName(host)) {
    throw new LabError('ERR_LAB_HOST', `There is no host "${host}". Hosts are ${Object.keys(HOSTS).join(', ')}.`);
  }
  const lab = Lab.attach(options.name);
  if (options.json === true) {
    const result = await lab.exec(host, command, { timeoutMs: 3_600_000 });
    print(options, result, '');
    process.exitCode = result.exitCode;
    return;
  }
  const line = lab.commandLine(host, command);
  const terminal = process.env['TERM'];
  const child = spawn(line.command[0] ?? '', line.command.slice(1), {
    env: { ...line.environment, ...(terminal === undefined ? {} : { TERM: terminal }) },
    stdio: 'inherit',
  });
  // The terminal sends its signals to the program too; it decides what to do, and this waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

async function snapshot(name: string, options: CommonOptions): Promise<void> {
  const started = performance.now();
  await Lab.attach(options.name).snapshot(name);
  print(
    options,
    { snapshot: name, durationMs: Math.round(performance.now() - started) },
    `Snapshot "${name}" is saved (${seconds(started)}).`,
  );
}

async function reset(name: string | undefined, options: CommonOptions): Promise<void> {
  const started = performance.now();
  const restored = await Lab.attach(options.name).reset(name);
  print(
    options,
    { snapshot: restored, durationMs: Math.round(performance.now() - started) },
    `Lab "${options.name}" is as it was in snapshot "${restored}" (${seconds(started)}).`,
  );
}

async function down(options: CommonOptions & { all?: boolean }): Promise<void> {
  const names = options.all === true ? Lab.list() : [options.name];
  const removed: string[] = [];
  for (const name of names) if (await Lab.remove(name)) removed.push(name);
  const text = removed.length === 0 ? 'There was no lab.' : `Removed: ${removed.join(', ')}.`;
  print(options, { removed }, text);
}

function makeProgram(): Command {
  const program = new Command('lab')
    .description('Real hosts in three networks on this machine: domain controllers and what lies between them.')
    .enablePositionalOptions()
    .exitOverride();
  const command = (words: string, description: string): Command =>
    program
      .command(words)
      .description(description)
      .option('--name <name>', 'which lab', DEFAULT_LAB)
      .option('--json', 'print the result as JSON');
  command('up', 'bring a lab up')
    .option('--users <number>', 'users on corp-dc1', parseCount, 0)
    .option('--groups <number>', 'groups on corp-dc1, of the sizes that a company has', parseCount)
    .option('--second-dc', `with ${SECOND_DC}, a second domain controller of the domain of corp-dc1`)
    .option('--child-domain', `with ${CHILD_DC}, the domain controller of a child domain of that of corp-dc1`)
    .option('--second-forest', `with ${SECOND_FOREST_DC}, the domain controller of a forest of its own`)
    .action(up);
  command('status', 'show what there is').action(status);
  command('exec <host> <command...>', 'run a command on a host').passThroughOptions().action(exec);
  command('snapshot [snapshot]', 'keep the state of all hosts under a name').action(
    async (name: string | undefined, options: CommonOptions) => snapshot(name ?? 'saved', options),
  );
  command('reset [snapshot]', 'take all hosts back to a snapshot, by default the newest').action(reset);
  command('down', 'take a lab down; nothing of it is left').option('--all', 'all labs').action(down);
  return program;
}

try {
  await makeProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong. 2 is wrong use.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const known = error instanceof LabError;
    process.stderr.write(
      known ? `lab: ${error.message} [${error.code}]\n` : `lab: ${String((error as Error).stack)}\n`,
    );
    process.exitCode = 1;
  }
}
