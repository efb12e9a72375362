import type { PasswordSyncAnswer, PasswordSyncRequest } from '@causeway/control';
import type { ConnectorPasswords } from './connector-passwords.ts';
import type { LogLine } from './password-log.ts';
import type { PasswordPorts } from './ports.ts';
import type { UserInScope } from './password-scope.ts';

type Result = PasswordSyncAnswer['results'][number];

/** Sends the passwords that were asked for, of forests whose channels run. @throws {CausewayError} what a channel failed with. */
export async function sendPasswords(
  ports: Pick<PasswordPorts, 'scope' | 'events'>,
  connectors: readonly Pick<ConnectorPasswords, 'name' | 'requestFullRun' | 'sendNow'>[],
  request: PasswordSyncRequest,
): Promise<PasswordSyncAnswer> {
  if ('all' in request) {
    for (const connector of connectors) connector.requestFullRun(request.sendAll);
    return { started: true, results: [] };
  }
  const query = 'user' in request ? { user: request.user } : { ou: request.ou };
  // One user's password goes whatever the tenant has: whoever asks for it wants to see it go.
  const comparing = 'ou' in request && !request.sendAll;
  const results: Result[] = [];
  for (const connector of connectors) {
    const users = ports.scope.findUsers(connector.name, query);
    if (users.length === 0) continue;
    const found = resultsOf(users, await sendNow(ports, connector, { users, comparing }));
    for (const { dn, status, detail } of found)
      if (status === 'Error') ports.events.write(664, { connector: connector.name, dn, reason: detail ?? '' });
    results.push(...found);
  }
  if ('user' in request && results.length === 0)
    results.push({
      dn: request.user,
      status: 'SourceConnectorNotPresent',
      detail: 'no connector space has a user of this name',
    });
  return { started: false, results };
}

async function sendNow(
  { events }: Pick<PasswordPorts, 'events'>,
  connector: Pick<ConnectorPasswords, 'name' | 'sendNow'>,
  { users, comparing }: { users: readonly UserInScope[]; comparing: boolean },
): Promise<readonly LogLine[]> {
  try {
    return await connector.sendNow(users, comparing);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    for (const { dn } of users.slice(0, 1)) events.write(664, { connector: connector.name, dn, reason });
    throw error;
  }
}

/** What became of each user: the last line of the log, or that nothing was found to be sent. */
function resultsOf(users: readonly UserInScope[], lines: readonly LogLine[]): Result[] {
  const last = new Map(lines.map((line) => [line.objectGuid, line]));
  return users.map(({ objectGuid, dn }) => {
    const line = last.get(objectGuid);
    if (line === undefined)
      return { dn, status: 'Error', detail: 'the domain controller has no password of this user' };
    return { dn: line.dn, status: line.status, detail: line.detail ?? null };
  });
}
