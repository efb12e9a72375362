/**
 * `npm test`: static checks, unit tests, the lab's own tests, then end-to-end tests on real domain controllers.
 * `--only static,unit,lab,e2e` narrows it, `--files GLOB` narrows it further. The last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { testLab } from './test-lab.ts';

const root = path.resolve(import.meta.dirname, '..');
const stages = ['static', 'unit', 'lab', 'e2e'] as const;
type Stage = (typeof stages)[number];

const patterns: Record<Stage, string[]> = {
  static: ['test/static/**/*.test.ts'],
  unit: [
    'protocols/*/test/**/*.test.ts',
    'packages/*/test/**/*.test.ts',
    'apps/*/test/**/*.test.ts',
    'fuzz/test/**/*.test.ts',
  ],
  lab: ['lab/test/**/*.test.ts'],
  e2e: ['test/e2e/**/*.test.ts'],
};

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, files: { type: 'string', multiple: true } },
});
const chosen = stages.filter((stage) => options.only === undefined || options.only.split(',').includes(stage));
const total = { passed: 0, failed: 0 };

function tool(name: string, args: string[]): void {
  const { status } = spawnSync(path.join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? '✔' : '✖'} ${[name, ...args].join(' ')}\n`);
  total[status === 0 ? 'passed' : 'failed'] += 1;
}

/** Runs a test file in a process of its own and counts the tests in it. Its report is written in one piece, at its end. */
async function testFile(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const events = run({ files: [file], cwd: root, isolation: 'process', env: { ...process.env, ...env } });
  events.on('test:pass', ({ details, skip }) => {
    if (details.type === 'suite') return;
    // A skipped test has not passed: what cannot run here has to be said, not hidden.
    total[skip === undefined ? 'passed' : 'failed'] += 1;
  });
  events.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') total.failed += 1;
  });
  const results = events.filter(({ type }: { type: string }) => type !== 'test:diagnostic');
  let report = '';
  for await (const line of results.compose(spec)) report += String(line);
  process.stdout.write(report);
}

/** Runs test files in lanes side by side, each taking the next file; a lane's environment is that of its files. */
async function testFiles(files: string[], lanes: NodeJS.ProcessEnv[]): Promise<void> {
  const waiting = files.values();
  await Promise.all(
    lanes.map(async (env) => {
      for (const file of waiting) await testFile(file, env);
    }),
  );
}

async function runStage(stage: Stage): Promise<void> {
  const started = performance.now();
  const files = patterns[stage]
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => options.files === undefined || options.files.some((glob) => path.matchesGlob(file, glob)))
    .sort();
  process.stdout.write(`\n── ${stage} ──\n`);
  if (stage === 'static') {
    tool('tsc', ['-p', '.']);
    tool('oxlint', ['--type-aware', '--deny-warnings']);
    tool('oxfmt', ['--check']);
  }
  if (stage === 'e2e' && files.length > 0) {
    // Those that bring labs of their own run beside those that use the lab of their lane.
    const ownLabs = files.filter((file) => path.matchesGlob(file, 'test/e2e/other-labs/**'));
    const shared = files.filter((file) => !ownLabs.includes(file));
    await using first = await testLab('test-1');
    await using second = await testLab('test-2');
    const lanes = [first, second].map(({ name }) => ({ CAUSEWAY_TEST_LAB: name }));
    await Promise.all([testFiles(shared, lanes), testFiles(ownLabs, [{}])]);
  } else {
    await testFiles(files, [{}, {}]);
  }
  process.stdout.write(`── ${stage}: ${((performance.now() - started) / 1000).toFixed(1)} s ──\n`);
}

try {
  for (const stage of chosen) await runStage(stage);
} catch (error) {
  total.failed += 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
