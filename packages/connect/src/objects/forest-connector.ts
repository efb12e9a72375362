import { extendedDnControl, LdapResultError, type DirSyncOptions, type LdapEntry } from '@ad-protocols/ldap';
import type { Guid } from '@ad-protocols/wire';
import {
  referenceAttributes,
  type SourceChange,
  type SourceConnector,
  type SourcePage,
  type SourcePartition,
  type SourceSession,
} from '@causeway/engine';
import { CausewayError } from '@causeway/model';
import { isServiceAccount, type ConnectorConfig, type DomainConfig } from '../config.ts';
import { DcChoice } from '../dc/dc-choice.ts';
import { openDcSession, type DcSession } from '../dc/dc-session.ts';
import { readHighestUsn } from '../dc/domain-controller.ts';
import { refuseNoUsers } from '../errors.ts';
import type { ObjectPorts } from './object-ports.ts';
import { formatSourceCursor, hasRolledBack, parseSourceCursor } from './source-cursor.ts';
import { toSourceChange } from './source-object.ts';

/** What is imported: people, groups, who they stand for in other forests, and what holds them. */
const OBJECTS =
  '(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group)(objectClass=foreignSecurityPrincipal)' +
  '(objectClass=organizationalUnit)(objectClass=container)(objectClass=domainDNS))';

/** Who stands for somebody of another forest. */
const FOREIGN = '(objectClass=foreignSecurityPrincipal)';

/** Objects that are read as a whole at the same time. */
const SIDE_BY_SIDE = 32;

/** A forest as the engine's connector: each of its domains is read from one of its DCs, the preferred first. */
export function createForestConnector(
  connector: ConnectorConfig,
  identifier: string,
  ports: ObjectPorts,
): SourceConnector {
  const { include, exclude } = connector.filter.organizationalUnits;
  return {
    name: connector.name,
    identifier,
    units: { include, exclude },
    partitions: connector.domains.map((domain) => createPartition({ connector, domain, ports })),
  };
}

function createPartition(parts: {
  connector: ConnectorConfig;
  domain: DomainConfig;
  ports: ObjectPorts;
}): SourcePartition {
  const { connector, domain, ports } = parts;
  const choice = new DcChoice(domain.domainControllers, ports.logger);
  const noteFailure = (error: unknown): void => choice.noteFailure(error);
  return {
    name: domain.name,
    async open(attributes, signal) {
      const open = async (host: string) => openDcSession({ connector, host }, ports, signal);
      const session = await ports.accountOf(connector).guard(async () => choice.open(open));
      return new DomainSession({ session, connector, ports, attributes, noteFailure });
    },
  };
}

/** A domain controller's state when a read begins. */
interface Present {
  readonly invocationId: Guid;
  readonly usn: bigint;
}

class DomainSession implements SourceSession {
  readonly #session: DcSession;
  readonly #connector: ConnectorConfig;
  readonly #ports: ObjectPorts;
  /** Names of attributes as rules spell them, by their lower case. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #noteFailure: (error: unknown) => void;

  constructor(parts: {
    session: DcSession;
    connector: ConnectorConfig;
    ports: ObjectPorts;
    attributes: Readonly<Record<string, readonly string[]>>;
    noteFailure: (error: unknown) => void;
  }) {
    this.#session = parts.session;
    this.#connector = parts.connector;
    this.#ports = parts.ports;
    this.#noteFailure = parts.noteFailure;
    const others = new Set<string>([...referenceAttributes, 'distinguishedName']);
    const names = Object.values(parts.attributes)
      .flat()
      .filter((name) => !others.has(name));
    this.#names = new Map(names.map((name) => [name.toLowerCase(), name]));
  }

  get domain() {
    const { dc } = this.#session;
    return { identifier: dc.domainGuid, dn: dc.baseDn, netbiosName: dc.netbiosName };
  }

  async read(cursor: string | undefined, signal: AbortSignal) {
    const { dc, connection, host } = this.#session;
    // Taken before the search: what changes while it runs is told again by the next one.
    const present = { invocationId: dc.invocationId, usn: await readHighestUsn(connection) };
    const known = cursor === undefined ? undefined : parseSourceCursor(cursor);
    const rolledBack = known !== undefined && hasRolledBack(known, present);
    if (rolledBack) {
      this.#ports.logger.warn(
        { process: 'object sync', code: 'ERR_CONNECT_USN_ROLLBACK', usn: String(present.usn), read: String(known.usn) },
        `the domain controller ${host} has gone back to an older state: reading everything again`,
      );
    }
    const from = rolledBack ? undefined : known;
    return { isFull: from === undefined, pages: this.#pages(from?.cookie, present, signal) };
  }

  async readWhole(guids: readonly string[], signal: AbortSignal): Promise<SourceChange[]> {
    const found: SourceChange[] = [];
    for (let start = 0; start < guids.length; start += SIDE_BY_SIDE) {
      signal.throwIfAborted();
      const some = guids.slice(start, start + SIDE_BY_SIDE);
      const entries = await Promise.all(some.map(async (guid) => this.#readOne(guid, signal)));
      found.push(
        ...this.#changes(
          entries.filter((entry) => entry !== undefined),
          true,
        ),
      );
    }
    return found;
  }

  async close(): Promise<void> {
    this.#session.connection.close();
  }

  get #attributes(): string[] {
    return ['objectGUID', 'objectClass', 'isDeleted', 'name', ...referenceAttributes, ...this.#names.values()];
  }

  async *#pages(
    cookie: Uint8Array | undefined,
    present: Present,
    signal: AbortSignal,
  ): AsyncGenerator<SourcePage, void> {
    const options: DirSyncOptions = {
      base: this.#session.dc.baseDn,
      filter: OBJECTS,
      attributes: this.#attributes,
      incrementalValues: true,
      controls: [extendedDnControl],
      cookie,
      signal,
    };
    const read = { objects: 0, people: 0 };
    try {
      for await (const page of this.#session.connection.dirSync(options)) {
        const changes = this.#changes(page.entries, false);
        read.objects += changes.length;
        read.people += changes.filter((change) => this.#isPerson(change)).length;
        if (cookie === undefined && !page.more && read.people === 0) this.#refuseNoUsers(read.objects);
        // Only the last cookie of a read that began at the beginning stands for everything; one in between would end it early.
        const isSafe = page.cookie !== undefined && (!page.more || cookie !== undefined);
        const next = isSafe && page.cookie ? formatSourceCursor({ ...present, cookie: page.cookie }) : undefined;
        if (!page.more) changes.push(...(await this.#readForeign(signal)));
        yield { changes, cursor: next };
      }
    } catch (error) {
      signal.throwIfAborted();
      this.#noteFailure(error);
      throw error;
    }
  }

  /**
   * One object by its GUID as a name; undefined when there is none in sight. A search by `objectGUID` would not do: Samba does not find
   * an object that was re-animated.
   */
  async #readOne(guid: string, signal: AbortSignal): Promise<LdapEntry | undefined> {
    try {
      const options = { controls: [extendedDnControl], signal };
      return await this.#session.connection.read(`<GUID=${guid}>`, this.#attributes, options);
    } catch (error) {
      if (isNoSuchObject(error)) return undefined;
      throw error;
    }
  }

  /**
   * Who stands for somebody of another forest, all of them at each import: Samba leaves out of DirSync what an account may not read
   * the USN of, and by default nobody but administrators may of these.
   */
  async #readForeign(signal: AbortSignal): Promise<SourceChange[]> {
    const { connection, dc } = this.#session;
    const search = { base: dc.baseDn, scope: 'sub', filter: FOREIGN, attributes: this.#attributes } as const;
    const found: SourceChange[] = [];
    for await (const entries of connection.pages(search, { controls: [extendedDnControl], signal })) {
      found.push(...this.#changes(entries, true));
    }
    return found;
  }

  /** Everybody but the account that connect reads with, which an account without rights still finds. */
  #isPerson({ type, deleted, attributes }: SourceChange): boolean {
    if (deleted || (type !== 'user' && type !== 'inetOrgPerson')) return false;
    const name = attributes['sAMAccountName']?.[0];
    const isBuiltIn = attributes['isCriticalSystemObject']?.[0] === 'TRUE';
    return name !== undefined && !isBuiltIn && !isServiceAccount(name, this.#connector);
  }

  #refuseNoUsers(objects: number): void {
    const { host, dc } = this.#session;
    const { scope } = this.#ports;
    refuseNoUsers({ scope }, { host, baseDn: dc.baseDn, objects, account: this.#connector.account.name });
  }

  #changes(entries: readonly LdapEntry[], whole: boolean): SourceChange[] {
    return entries.flatMap((entry) => toSourceChange(entry, { names: this.#names, whole }) ?? []);
  }
}

function isNoSuchObject(error: unknown): boolean {
  const cause = error instanceof CausewayError ? error.cause : error;
  return cause instanceof LdapResultError && cause.code === 'ERR_LDAP_NO_SUCH_OBJECT';
}
