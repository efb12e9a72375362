import { existsSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import type { StatusResponse, UserExplanation } from '@causeway/contract';
import { jsonOption } from './options.ts';
import { formatRows } from './text.ts';

/** Where an agent's configuration is looked for on this host. */
const agentConfigs = ['/etc/causeway/connect.yaml', '/etc/causeway/domain.yaml'];

/** `causeway status [USER]`: is it in sync, and if not, why; of the tenant or of one user. */
export function statusCommand() {
  return new Command('status')
    .description('how far the tenant, or one user, is synchronized')
    .argument('[user]', 'account name, user principal name or source anchor')
    .option('-c, --config <file>', "configuration file of this host's connect or domain")
    .addOption(jsonOption())
    .action(async (user, options) => {
      const file = options.config ?? agentConfigs.find((path) => existsSync(path)) ?? '/etc/causeway/connect.yaml';
      const { loadConfig } = await import('../config.ts');
      const { agentConfigSchema, openDirectoryClient } = await import('../directory-client.ts');
      const directory = await openDirectoryClient(loadConfig(file, agentConfigSchema));
      try {
        const answer = user === undefined ? await directory.readStatus() : await directory.explainUser(user);
        if (options.json === true) console.log(JSON.stringify(answer));
        else console.log('feedHead' in answer ? formatTenant(answer) : formatUser(answer));
      } finally {
        await directory.close();
      }
    });
}

function formatTenant(status: StatusResponse): string {
  const outcomes = Object.entries(status.outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  return formatRows([
    ['tenant', status.tenant],
    ['key', status.key === null ? 'none registered yet: run causeway domain run' : status.key.keyId],
    ['users', String(status.users)],
    ['groups', String(status.groups)],
    ['objects accepted', status.objectsAcceptedAt ?? 'never'],
    ['credentials', String(status.credentials)],
    ['managed domain', outcomes.length === 0 ? 'nothing applied yet' : outcomes.join(', ')],
    [
      'waiting',
      status.waitingForDomain === 0 ? 'nothing: in sync' : `${status.waitingForDomain} for the managed domain`,
    ],
    ...status.sources.map((source): [string, string] => [
      `source ${source.source}`,
      `credentials ${source.credentialsAcceptedAt ?? 'never'}`,
    ]),
    ...status.agents.map((agent): [string, string] => [
      `agent ${agent.agent}`,
      `${agent.role}, last seen ${agent.lastSeenAt ?? 'never'}`,
    ]),
  ]);
}

function formatUser(explanation: UserExplanation): string {
  const { user, stages } = explanation;
  return formatRows([
    ['user', user === null ? explanation.anchor : `${user.accountName} (${user.userPrincipalName})`],
    ['status', explanation.status],
    ['reason', explanation.reason],
    ['password set', stages.passwordChangedAt ?? 'not known'],
    ['credential accepted', stages.credentialAcceptedAt ?? 'never'],
    ['user accepted', stages.userAcceptedAt ?? 'never'],
    ['managed domain', stages.outcomeAt ?? 'no report yet'],
  ]);
}
