import type { Mechanism } from '@ad-protocols/gss';
import type { Clock, Logger } from '@causeway/model';
import { readAccountPassword } from './account-password.ts';
import type { ConnectorConfig } from '../config.ts';
import type { ChangeNotices } from './change-watch.ts';
import { readDomainController, type DomainController } from './domain-controller.ts';
import { LdapConnection } from './ldap-connection.ts';
import { createMechanism } from './sign-in.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';

/** A clock that differs by more than this is worth a word: tickets and signed requests begin to be refused. */
export const SKEW_WARNING_MS = 120_000;

/** One process's connection to a DC, with what the DC says about itself. */
export interface DcSession {
  readonly host: string;
  readonly connection: LdapConnection;
  readonly dc: DomainController;
  /** The service account, for the other protocol of the same process. */
  readonly mechanism: Mechanism;
  /** Asks the DC to tell of every change of its domain; the caller closes what it gets. */
  readonly watch: (signal: AbortSignal) => Promise<ChangeNotices>;
}

/**
 * Connects to a DC over LDAP and reads its identity. The caller closes the connection.
 *
 * @throws {CausewayError} ERR_CONNECT_PASSWORD_FILE, ERR_CONNECT_SECRET_KEY, ERR_CONNECT_CA_FILE, ERR_CONNECT_ACCOUNT_REFUSED, ERR_CONNECT_SIGN_IN, ERR_CONNECT_DC_*
 */
export async function openDcSession(
  { connector, host }: { connector: ConnectorConfig; host: string },
  ports: { clock: Clock; logger: Logger; secrets: Pick<SecretFiles, 'read'> },
  signal: AbortSignal,
): Promise<DcSession> {
  const password = await readAccountPassword(connector.account.passwordFile, ports.secrets);
  const mechanism = createMechanism(connector, password);
  const connection = await LdapConnection.open({ connector, host }, { password, mechanism }, signal);
  try {
    const dc = await readDomainController(connection, { host });
    warnOfSkew(dc.currentTime - ports.clock.now(), host, ports.logger);
    const watch = async (inner: AbortSignal) =>
      LdapConnection.watch({ connector, host, base: dc.baseDn }, { password, mechanism }, inner);
    return { host, connection, dc, mechanism, watch };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function warnOfSkew(skewMs: number, host: string, logger: Logger): void {
  if (Math.abs(skewMs) <= SKEW_WARNING_MS) return;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  logger.warn(
    {
      code: 'ERR_CONNECT_CLOCK_SKEW',
      seconds,
      nextStep: `set the clocks of this host and of ${host} by the same time server`,
    },
    `the clock of the domain controller ${host} is ${seconds} s ${direction} this host's`,
  );
}
