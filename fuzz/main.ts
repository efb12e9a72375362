/**
 * `npm run fuzz`: coverage-guided fuzzing of every decoder that faces the network, and random structures compared with Samba's codec.
 *
 * `--targets a,b` narrows it, `--runs N` sets the executions of each (1,000,000), `--keep` adds what reached new code to the corpus in the
 * repository, `--structures N` sets how many structures are compared (100,000; 0 for none), `--json` prints the result as data. Exit code 1:
 * a decoder crashed, ran for over a second, or used over 512 MiB, or a structure came out otherwise than with Samba.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Progress } from '../bench/progress.ts';
import { buildCode } from './code.ts';
import { packInputs, readCorpus, unpackInputs, writeCorpus } from './corpus.ts';
import { fuzzTarget, type FuzzResult } from './fuzzer.ts';
import { loaderCommand } from './runtime.ts';
import { targetNamed, targetNames } from './targets.ts';

const root = path.resolve(import.meta.dirname, '..');
const build = path.join(root, 'build/fuzz');
/** As many as a small machine has processors. */
const AT_ONCE = 2;

const { values: options } = parseArgs({
  options: {
    targets: { type: 'string' },
    runs: { type: 'string', default: '1000000' },
    structures: { type: 'string', default: '100000' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const executions = wholeNumber('runs', 1);
const structures = wholeNumber('structures', 0);
const chosen = options.targets?.split(',') ?? targetNames;
for (const name of chosen) targetNamed(name);

function wholeNumber(option: 'runs' | 'structures', least: number): number {
  const value = Number(options[option]);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`--${option} takes a whole number from ${least}`);
}

/** Whether this many random structures mean the same to Samba's codec and to ours. */
function structuresAgree(): boolean {
  if (structures === 0) return true;
  progress.step(`compare ${structures} structures with Samba's codec`);
  const test = path.join(root, 'protocols/drsr/test/differential/samba.test.ts');
  const environment = { ...process.env, NDR_STRUCTURES: String(structures) };
  const { status } = spawnSync(process.execPath, ['--test', test], { env: environment, stdio: ['ignore', 2, 2] });
  return status === 0;
}

const progress = new Progress();
progress.step('build');
rmSync(path.join(build, 'code'), { recursive: true, force: true });
const entry = buildCode(path.join(build, 'code'));
const loader = loaderCommand(path.join(build, 'runtime'));
const jazzer = path.join(root, 'node_modules/@jazzer.js/core/dist/cli.js');
const command = [...loader, process.execPath, jazzer, entry, '--sync', '--includes', path.join(build, 'code')];

const done = new Map<string, number>();
async function runTarget(target: string): Promise<FuzzResult> {
  const inputs = path.join(build, 'inputs', target);
  rmSync(inputs, { recursive: true, force: true });
  const { group, seeds } = targetNamed(target);
  unpackInputs([...seeds, ...readCorpus(target)], inputs);
  const findings = path.join(build, 'findings');
  const result = await fuzzTarget(command, { target, group, executions, inputs, findings }, (count) => {
    done.set(target, Math.min(count, executions));
    const all = [...done.values()].reduce((sum, each) => sum + each, 0);
    progress.update('executions', all, executions * chosen.length);
  });
  if (options.keep) writeCorpus(target, packInputs(inputs));
  return result;
}

mkdirSync(build, { recursive: true });
progress.step(`fuzz ${chosen.length} decoders, ${executions} executions each`);
const waiting = [...chosen];
const results: FuzzResult[] = [];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift())
      results.push(await runTarget(target));
  }),
);
progress.end();
const agreed = structuresAgree();

results.sort((left, right) => (left.target < right.target ? -1 : 1));
if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else {
  for (const result of results) {
    const { target, coverage, corpusSize, peakMemoryMiB, seconds, finding } = result;
    const rate = Math.round(result.executions / seconds);
    const verdict = finding === undefined ? 'no finding' : `FINDING\n${finding}`;
    process.stdout.write(
      `${target.padEnd(28)} ${result.executions} executions, ${rate}/s, ${coverage} branches, ${corpusSize} inputs, ${peakMemoryMiB} MiB: ${verdict}\n`,
    );
  }
}
const clean = results.every(({ finding, executions: ran }) => finding === undefined && ran >= executions);
process.exitCode = clean && agreed ? 0 : 1;
