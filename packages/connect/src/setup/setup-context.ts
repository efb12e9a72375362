import { DrsClient } from '@ad-protocols/drsr';
import type { DirectoryClient } from '@causeway/contract';
import { CausewayError, type Clock, type Logger } from '@causeway/model';
import type { ConnectConfig, ConnectorConfig, DomainConfig } from '../config.ts';
import { openDcSession, type DcSession } from '../dc/dc-session.ts';
import { replicationFailure } from '../passwords/replication-errors.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';
import type { Probes } from './probes.ts';

/** What checks are made of. */
export interface SetupOptions {
  readonly config: ConnectConfig;
  readonly secrets: Pick<SecretFiles, 'read'>;
  readonly directory: DirectoryClient;
  /** The line with which the directory is told of this agent. */
  readonly agentPublicKey: string;
  readonly probes: Probes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether domains of a forest that are not configured are going to be. */
  readonly addsDomains: boolean;
}

/** What checks look at: the configuration, and connections that they share. */
export interface SetupContext extends SetupOptions {
  /**
   * The LDAP connection to a DC, opened at the first call and signed in. An account that one DC has refused is tried at no
   * other, unless one has accepted it before.
   *
   * @throws {CausewayError} as {@link openDcSession}
   */
  session(connector: ConnectorConfig, host: string, signal: AbortSignal): Promise<DcSession>;
  /** A DC of a domain to which there is a connection already; undefined when there is none. */
  sessionOf(domain: DomainConfig): Promise<DcSession | undefined>;
  /** Opens replication with a DC, signed in. The caller closes it. @throws {CausewayError} ERR_CONNECT_* */
  replication(connector: ConnectorConfig, session: DcSession, signal: AbortSignal): Promise<DrsClient>;
  /** Domains of each forest as its DCs name them, by connector; filled in by the check that reads them. */
  readonly forests: Map<string, readonly ForestDomain[]>;
  close(): void;
}

/** A domain as the forest knows it. */
export interface ForestDomain {
  /** DNS name, lower case. */
  readonly name: string;
  readonly netbiosName: string;
  /** Distinguished name. */
  readonly dn: string;
}

/** The context of one run of checks. */
export function createSetupContext(options: SetupOptions): SetupContext {
  const sessions = new Map<string, Promise<DcSession>>();
  const accepted = new Set<string>();
  const refusals = new Map<string, CausewayError>();
  const open = async (connector: ConnectorConfig, host: string, signal: AbortSignal): Promise<DcSession> => {
    // Each attempt with a wrong password counts towards the account's lock-out.
    const refusal = refusals.get(connector.name);
    if (refusal !== undefined && !accepted.has(connector.name)) throw refusal;
    try {
      const session = await openDcSession({ connector, host }, options, signal);
      accepted.add(connector.name);
      return session;
    } catch (error) {
      if (error instanceof CausewayError && error.code === 'ERR_CONNECT_ACCOUNT_REFUSED') {
        refusals.set(connector.name, error);
      }
      throw error;
    }
  };
  return {
    ...options,
    forests: new Map(),
    async session(connector, host, signal) {
      const known = sessions.get(host);
      if (known !== undefined) return known;
      const opening = open(connector, host, signal);
      sessions.set(host, opening);
      return opening;
    },
    async sessionOf({ domainControllers }) {
      for (const host of domainControllers) {
        const session = await sessions.get(host)?.catch(() => undefined);
        if (session !== undefined) return session;
      }
      return undefined;
    },
    async replication({ account }, { host, mechanism }, signal) {
      try {
        return await DrsClient.open({ host, security: mechanism, signal });
      } catch (error) {
        throw replicationFailure(error, { host, account: account.name, passwordFile: account.passwordFile });
      }
    },
    close() {
      for (const session of sessions.values())
        session.then(({ connection }) => connection.close()).catch(() => undefined);
    },
  };
}
