import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A run over one target. */
export interface FuzzRun {
  readonly target: string;
  /** The file of `targets` that it is in. */
  readonly group: string;
  readonly executions: number;
  /** Folder of the inputs to begin with; inputs that reach new code are added to it. */
  readonly inputs: string;
  /** Folder for inputs that crash, hang or use too much memory. */
  readonly findings: string;
}

/** What came of it. */
export interface FuzzResult {
  readonly target: string;
  readonly executions: number;
  /** Branches reached. */
  readonly coverage: number;
  readonly corpusSize: number;
  readonly peakMemoryMiB: number;
  readonly seconds: number;
  /** What the fuzzer wrote last, when it found something or failed. */
  readonly finding: string | undefined;
}

/** A run longer than this is a hang. */
const TIMEOUT_S = 1;
const MEMORY_MIB = 512;
const INPUT_BYTES_MAX = 4096;
const FINDING_LINES = 40;

/** Runs the fuzzer, which `command` starts, over one target to its end. */
export async function fuzzTarget(
  command: readonly string[],
  run: FuzzRun,
  onProgress: (executions: number) => void,
): Promise<FuzzResult> {
  mkdirSync(run.findings, { recursive: true });
  const started = performance.now();
  const limits = [`-runs=${run.executions}`, `-timeout=${TIMEOUT_S}`, `-rss_limit_mb=${MEMORY_MIB}`];
  const places = [`-max_len=${INPUT_BYTES_MAX}`, `-artifact_prefix=${run.findings}${path.sep}${run.target}-`];
  const [program = '', ...args] = [...command, run.inputs, '--', ...limits, ...places];
  const child = spawn(program, args, {
    env: { ...process.env, FUZZ_GROUP: run.group, FUZZ_TARGET: run.target },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const reached = { executions: 0, coverage: 0, corpusSize: 0, peakMemoryMiB: 0 };
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (lines.length > FINDING_LINES) lines.shift();
    const status = /^#(\d+)\s.*cov: (\d+).*corp: (\d+).*rss: (\d+)Mb/.exec(line);
    if (!status) continue;
    const [executions = 0, coverage = 0, corpusSize = 0, memory = 0] = status.slice(1).map(Number);
    Object.assign(reached, {
      executions,
      coverage,
      corpusSize,
      peakMemoryMiB: Math.max(reached.peakMemoryMiB, memory),
    });
    onProgress(executions);
  }
  const exitCode = await closed;
  const seconds = (performance.now() - started) / 1000;
  return { target: run.target, ...reached, seconds, finding: exitCode === 0 ? undefined : lines.join('\n') };
}
