import { Command } from '@commander-js/extra-typings';
import { deletionsCommand } from './sync/deletions.ts';
import { historyCommand } from './sync/history.ts';
import { objectCommand, objectsCommand } from './sync/objects.ts';
import { passwordsCommand } from './sync/passwords.ts';
import { previewCommand } from './sync/preview.ts';
import { runCommand, stopCommand } from './sync/run.ts';
import { schedulerCommand } from './sync/scheduler.ts';
import { stagingCommand } from './sync/staging.ts';
import { syncStatusCommand } from './sync/status.ts';

/** `causeway sync …`: a running connect, administered. */
export function syncCommand() {
  return new Command('sync')
    .description('administer the running connect: cycles, preview, deletions, staging, objects, passwords')
    .addCommand(runCommand())
    .addCommand(stopCommand())
    .addCommand(previewCommand())
    .addCommand(deletionsCommand())
    .addCommand(stagingCommand())
    .addCommand(historyCommand())
    .addCommand(objectsCommand())
    .addCommand(objectCommand())
    .addCommand(passwordsCommand())
    .addCommand(syncStatusCommand())
    .addCommand(schedulerCommand());
}
