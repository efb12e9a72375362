import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { Command } from '@commander-js/extra-typings';
import { exitCodes } from '../failure.ts';
import { agentConfigOption, loadStateDir } from './agent-client.ts';
import { jsonOption } from './options.ts';

/** Columns of the output where no terminal says how wide it is. */
const standardWidth = 120;

/** `causeway powershell [FILE]`: an administrator's script, or a prompt, against the running connect. */
export function powershellCommand() {
  return new Command('powershell')
    .description('run a PowerShell script with the ADSync cmdlets against the running connect, or open a prompt')
    .argument('[file]', 'the script; without it a prompt, or the script on standard input')
    .addOption(agentConfigOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code: 0; 1 when the script had errors; 2 when it was refused before anything ran.')
    .action(async (file, { config, json }, command) => {
      const stateDir = await loadStateDir(config);
      if (file === undefined && json !== true && process.stdin.isTTY) return runPrompt(stateDir);
      let script: Uint8Array;
      try {
        script = file === undefined ? await buffer(process.stdin) : readFileSync(file);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return command.error(`error: the script cannot be read: ${reason}`, { exitCode: exitCodes.wrongUse });
      }
      const { runScript } = await import('./powershell/script.ts');
      const { stdout: out, stderr: error } = process;
      process.exitCode = await runScript({
        stateDir,
        script,
        file,
        json: json === true,
        out,
        error,
        width: widthOf(out),
      });
    });
}

async function runPrompt(stateDir: string): Promise<void> {
  const { createPrompt } = await import('./powershell/prompt.ts');
  const { openSession } = await import('./powershell/session.ts');
  const { stdin, stdout, stderr } = process;
  const prompt = createPrompt({ input: stdin, output: stdout, isTerminal: true });
  const { session, close } = await openSession({
    stateDir,
    out: stdout,
    error: stderr,
    width: widthOf(stdout),
    readLine: prompt.readLine,
  });
  try {
    await prompt.run(session);
  } finally {
    await close();
  }
}

function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY && columns > 0 ? columns : standardWidth;
}
