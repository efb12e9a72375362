import { Command, Option } from '@commander-js/extra-typings';
import type { PasswordSyncAnswer, RequestOf } from '@causeway/control';
import { exitCodes } from '../../failure.ts';
import { agentConfigOption, connectorOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { showActivity } from './activity.ts';
import { countOf, formatTable, printable } from '../text.ts';

interface Options {
  readonly user?: string | undefined;
  readonly ou?: string | undefined;
  readonly all?: true | undefined;
  readonly sendAll?: true | undefined;
  readonly connector?: string | undefined;
}

/** `causeway sync passwords`: password hash sync of one user, one OU or all, now. */
export function passwordsCommand() {
  return new Command('passwords')
    .description('synchronize passwords now: of one user, of an OU, or of all')
    .addOption(agentConfigOption())
    .addOption(
      new Option('--user <name>', 'account name, user principal name or distinguished name').conflicts([
        'ou',
        'all',
        'sendAll',
      ]),
    )
    .addOption(new Option('--ou <dn>', 'distinguished name of an organizational unit').conflicts('all'))
    .option('--all', 'every user in scope: begins a full password hash sync')
    .option('--send-all', 'send also what the tenant has already')
    .addOption(connectorOption())
    .addOption(jsonOption())
    .action(async ({ config, json, ...options }, command) => {
      const request = requestOf(options);
      if (request === undefined) {
        return command.error('error: say whose passwords: --user, --ou or --all', { exitCode: exitCodes.wrongUse });
      }
      const answer = await withAgent(config, (agent) => showActivity(agent, agent.syncPasswords(request)));
      console.log(json === true ? JSON.stringify(answer) : formatAnswer(answer));
      if (answer.results.some(({ status }) => status !== 'Success')) process.exitCode = exitCodes.failed;
    });
}

function requestOf(options: Options): RequestOf<'syncPasswords'> | undefined {
  const of = options.connector === undefined ? {} : { connector: options.connector };
  const sendAll = options.sendAll === true;
  if (options.user !== undefined) return { user: options.user, ...of };
  if (options.ou !== undefined) return { ou: options.ou, sendAll, ...of };
  return options.all === true ? { all: true, sendAll, ...of } : undefined;
}

/** What became of every user, and how many of them succeeded. */
export function formatAnswer({ started, results }: PasswordSyncAnswer): string {
  if (started) return 'full password hash synchronization has begun; follow it with causeway sync status';
  if (results.length === 0) return 'no user in scope';
  const succeeded = results.filter(({ status }) => status === 'Success').length;
  return [
    formatTable(
      ['status', 'user', 'detail'],
      results.map(({ dn, status, detail }) => [status, printable(dn), printable(detail ?? '')]),
    ),
    '',
    `${succeeded} of ${countOf(results.length, 'user')} synchronized`,
  ].join('\n');
}
