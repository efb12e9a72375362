import { CausewayError } from '@causeway/model';

/** Exit codes of every command. */
export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** Prints why a command failed and what to do, as text or as one JSON object, and gives its exit code. */
export function reportFailure(error: unknown, options: { json: boolean }): number {
  const { code, message, nextStep } = describe(error);
  if (options.json) console.error(JSON.stringify({ code, message, nextStep }));
  else console.error(`causeway: ${message}\n  next step: ${nextStep}`);
  return code.startsWith('ERR_CONFIG_') ? exitCodes.wrongUse : exitCodes.failed;
}

function describe(error: unknown): { code: string; message: string; nextStep: string } {
  if (error instanceof CausewayError) return error;
  return {
    code: 'ERR_UNEXPECTED',
    message: `unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    nextStep: 'this is a defect of Causeway: report it with the lines above and the log around them',
  };
}
