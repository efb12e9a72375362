import { wipeSecrets } from '@ad-protocols/drsr';
import { integerOf, textOf } from '@ad-protocols/ldap';
import { CausewayError } from '@causeway/model';
import type { ConnectorConfig, DomainConfig } from '../config.ts';
import { replicationFailure } from '../passwords/replication-errors.ts';
import { failed, ok, type Check, type CheckOutcome } from './check.ts';
import { formatGrant } from './grant-commands.ts';
import { checkIds } from './network-checks.ts';
import { grantOf } from './rights-checks.ts';
import type { SetupContext } from './setup-context.ts';
import { signInIds } from './sign-in-checks.ts';

/** NTDSDSA_OPT_DISABLE_OUTBOUND_REPL. @see [MS-ADTS] nTDSDSA Object (6.1.1.2.2.1.2.1.1) */
const DISABLE_OUTBOUND_REPLICATION = 0x4;

/** Whether each DC of a domain replicates at all, and to this account: proved by replicating one object that has no secret. */
export function replicationChecks(connector: ConnectorConfig, domain: DomainConfig): Check<SetupContext>[] {
  return domain.domainControllers.flatMap((host): Check<SetupContext>[] => [
    {
      id: `replication.enabled:${host}`,
      title: `${host} has replication switched on`,
      part: 'forest',
      needs: [signInIds.ldap(host)],
      run: async (context, signal) => {
        const { connection } = await context.session(connector, host, signal);
        const root = await connection.read('', ['dsServiceName']);
        const settings = await connection.read((root && textOf(root, 'dsServiceName')) ?? '', ['options']);
        return judgeOptions(host, (settings && integerOf(settings, 'options')) ?? 0);
      },
    },
    {
      id: `replication.proof:${host}`,
      title: `${host} replicates with secrets to ${connector.account.name}`,
      part: 'forest',
      needs: [signInIds.ldap(host), checkIds.replicationPort(host)],
      run: async (context, signal) => proveReplication(context, connector, host, signal),
    },
  ]);
}

/** What a DC's own settings say about replication from it; refused, it would be RPC status 8456. */
export function judgeOptions(host: string, options: number): CheckOutcome {
  if ((options & DISABLE_OUTBOUND_REPLICATION) === 0) return ok('outbound');
  const name = host.split('.')[0] ?? host;
  return failed(
    `outbound replication is switched off on ${host}: it answers replication with 8456 (ERROR_DS_DRA_SOURCE_DISABLED)`,
    `switch it on: repadmin /options ${name} -DISABLE_OUTBOUND_REPL, or samba-tool drs options ${name} --dsa-option=-DISABLE_OUTBOUND_REPL; or take another domain controller`,
  );
}

/** Replicates the domain's own object with the attributes of passwords, which it does not have: asking takes both rights. */
async function proveReplication(
  context: SetupContext,
  connector: ConnectorConfig,
  host: string,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const session = await context.session(connector, host, signal);
  const { account } = connector;
  try {
    const client = await context.replication(connector, session, signal);
    try {
      const object = await client.replicateObject(session.dc.domainGuid, ['unicodePwd', 'supplementalCredentials']);
      if (object !== undefined) wipeSecrets([object]);
    } finally {
      await client.close();
    }
    return ok('one object, with the attributes of passwords');
  } catch (cause) {
    const error = replicationFailure(cause, { host, account: account.name, passwordFile: account.passwordFile });
    if (!(error instanceof CausewayError) || error.code !== 'ERR_CONNECT_ACCESS_DENIED') throw error;
    const { code, message } = error;
    return { kind: 'failed', code, message, nextStep: formatGrant(await grantOf(context, connector, session)) };
  }
}
