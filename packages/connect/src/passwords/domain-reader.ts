import { DrsClient, type ReplicatedObject, type ReplicationCursor, type ReplicationPage } from '@ad-protocols/drsr';
import type { Guid } from '@ad-protocols/wire';
import type { Clock, Logger } from '@causeway/model';
import type { ConnectConfig, ConnectorConfig } from '../config.ts';
import { ChangeWatch, type ChangeNotices } from '../dc/change-watch.ts';
import { openDcSession, type DcSession } from '../dc/dc-session.ts';
import { readHighestUsn } from '../dc/domain-controller.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';
import { credentialAttributes } from './credential-decision.ts';
import { replicationFailure } from './replication-errors.ts';

/** Objects of one page: what is held in memory at a time, three times over at most (read, sealed, delivered). */
const PAGE_OBJECTS = 500;

/** One DC of a domain, as a source of passwords. Every method rejects with a CausewayError. */
export interface DomainReader {
  readonly host: string;
  readonly domainGuid: Guid;
  /** Distinguished name of the domain. */
  readonly baseDn: string;
  /** Name of this copy of the database. */
  readonly invocationId: Guid;
  readHighestUsn(): Promise<bigint>;
  /** Resolves when the DC may have something new, at the latest after the safety interval. */
  waitForChange(seen: { usn: bigint; readTookMs: number }, signal: AbortSignal): Promise<void>;
  /** One replication cycle from a cursor, or from the beginning, page by page. */
  pages(cursor: ReplicationCursor | undefined): AsyncIterable<ReplicationPage>;
  /** One object with all of {@link credentialAttributes}; undefined when the DC has none by that GUID. */
  readObject(objectGuid: Guid): Promise<ReplicatedObject | undefined>;
  close(): Promise<void>;
}

/** Opens a reader on one DC of a domain. */
export type OpenDomainReader = (host: string, signal: AbortSignal) => Promise<DomainReader>;

interface ReaderOptions {
  readonly connector: ConnectorConfig;
  readonly intervals: Pick<
    ConnectConfig['passwordHashSync'],
    'pollIntervalMs' | 'safetyIntervalMs' | 'changeNotification'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: Pick<SecretFiles, 'read'>;
}

/** Opens readers over two connections each: LDAP to notice changes, replication to read them. */
export function domainReaders(options: ReaderOptions): OpenDomainReader {
  const { connector, clock, logger, secrets, intervals } = options;
  const { account } = connector;
  const failure = (error: unknown, host: string): unknown =>
    replicationFailure(error, { host, account: account.name, passwordFile: account.passwordFile });
  return async (host, signal) => {
    const session = await openDcSession({ connector, host }, { clock, logger, secrets }, signal);
    try {
      const client = await DrsClient.open({ host, security: session.mechanism, signal });
      const notices = await openNotices(session, options, signal);
      const watch = new ChangeWatch({ connection: session.connection, clock, ...intervals, notices });
      return readerOf({ session, client, watch, failure: (error) => failure(error, host) });
    } catch (error) {
      session.connection.close();
      throw failure(error, host);
    }
  };
}

/** Notices of changes where they are wanted; a DC that gives none is asked alone. */
async function openNotices(
  session: DcSession,
  { intervals, logger }: ReaderOptions,
  signal: AbortSignal,
): Promise<ChangeNotices | undefined> {
  const { changeNotification: wanted } = intervals;
  if (wanted === 'off' || (wanted === 'auto' && session.dc.isSamba)) return undefined;
  try {
    return await session.watch(signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    logger.info(
      { process: 'password hash sync' },
      `${session.host} gives no notice of changes (${reason}): it is asked instead`,
    );
    return undefined;
  }
}

function readerOf(parts: {
  session: DcSession;
  client: DrsClient;
  watch: ChangeWatch;
  failure: (error: unknown) => unknown;
}): DomainReader {
  const { session, client, watch, failure } = parts;
  const { host, dc, connection } = session;
  return {
    host,
    domainGuid: dc.domainGuid,
    baseDn: dc.baseDn,
    invocationId: dc.invocationId,
    readHighestUsn: async () => readHighestUsn(connection),
    waitForChange: async (seen, signal) => watch.next(seen, signal),
    async *pages(cursor) {
      const namingContext = { guid: dc.domainGuid, dn: dc.baseDn };
      try {
        yield* client.pages({ namingContext, attributes: credentialAttributes, maxObjects: PAGE_OBJECTS, cursor });
      } catch (error) {
        throw failure(error);
      }
    },
    async readObject(objectGuid) {
      try {
        return await client.replicateObject(objectGuid, credentialAttributes);
      } catch (error) {
        throw failure(error);
      }
    },
    async close() {
      watch.close();
      connection.close();
      await client.close();
    },
  };
}
