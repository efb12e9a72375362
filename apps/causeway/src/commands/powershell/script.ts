import { decodeScript, type Outcome, type TextSink } from '@causeway/powershell';
import { exitCodes } from '../../failure.ts';
import { openSession } from './session.ts';

export interface ScriptRun {
  readonly stateDir: string;
  /** The script as its file holds it, byte order mark and all. */
  readonly script: Uint8Array;
  /** Its name, for the places of errors. */
  readonly file: string | undefined;
  /** Prints one JSON object at the end, in place of text. */
  readonly json: boolean;
  readonly out: TextSink;
  readonly error: TextSink;
  /** Columns of the output. */
  readonly width: number;
}

/** Runs a script and gives its exit code. */
export async function runScript(run: ScriptRun): Promise<number> {
  const { stateDir, script, file, json, width } = run;
  const text = { output: '', errors: '' };
  const collect = (name: keyof typeof text) => ({ write: (part: string) => void (text[name] += part) });
  const { session, close } = await openSession({
    stateDir,
    out: json ? collect('output') : run.out,
    error: json ? collect('errors') : run.error,
    width,
  });
  try {
    const outcome = await session.run(decodeScript(script), file === undefined ? {} : { file });
    if (json) {
      run.out.write(`${JSON.stringify({ ...text, hadErrors: outcome.hadErrors, refusal: refusalOf(outcome) })}\n`);
    }
    return exitCodeOf(outcome);
  } finally {
    await close();
  }
}

function exitCodeOf({ hadErrors, refusal }: Outcome): number {
  if (refusal !== undefined) return exitCodes.wrongUse;
  return hadErrors ? exitCodes.failed : exitCodes.done;
}

function refusalOf({ refusal }: Outcome): object | null {
  if (refusal === undefined) return null;
  const { code, message, nextStep, line, column } = refusal;
  return { code, message, nextStep, line, column };
}
