import { Command } from '@commander-js/extra-typings';
import { CommanderError } from 'commander';
import { connectCommand } from './commands/connect.ts';
import { diagnoseCommand } from './commands/diagnose.ts';
import { directoryCommand } from './commands/directory.ts';
import { domainCommand } from './commands/domain.ts';
import { eventsCommand } from './commands/events.ts';
import { explainCommand } from './commands/explain.ts';
import { powershellCommand } from './commands/powershell.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { exitCodes, reportFailure } from './failure.ts';
import { version } from './version.ts';

const program = new Command('causeway')
  .description('Carries corporate passwords from an on-premises Active Directory to a managed domain.')
  .version(version)
  .addCommand(connectCommand())
  .addCommand(directoryCommand())
  .addCommand(domainCommand())
  .addCommand(statusCommand())
  .addCommand(explainCommand())
  .addCommand(diagnoseCommand())
  .addCommand(eventsCommand())
  .addCommand(syncCommand())
  .addCommand(powershellCommand());

/** Commander's own errors are wrong use of the command line, which it has already explained. */
function exitOverride(command: { commands: readonly unknown[] }): void {
  (command as Command).exitOverride();
  for (const child of command.commands) exitOverride(child as Command);
}

exitOverride(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  else process.exitCode = reportFailure(error, { json: process.argv.includes('--json') });
}
