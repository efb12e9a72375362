import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { EventData, EventId, EventWriter } from '@causeway/event-log';
import type { Logger } from '@causeway/model';
import { CredentialSealer } from '@causeway/seal/seal';
import { openAgentState, type AgentState } from '../../../src/agent/agent-state.ts';
import { ProcessReport } from '../../../src/agent/process-report.ts';
import { StatusFile } from '../../../src/agent/status-file.ts';
import { connectConfigSchema, type ConnectConfig } from '../../../src/config.ts';
import { createPasswordHashSync, type PasswordHashSync } from '../../../src/passwords/password-hash-sync.ts';
import type { DeliveredPasswords } from '../../../src/passwords/ports.ts';
import { FakeDirectory } from './fake-directory.ts';
import { FakeDomain } from './fake-domain.ts';
import { FakeScope } from './fake-scope.ts';

export const forest = 'corp.contoso.test';
export const tenantConnector = 'contoso - AAD';
export const connectorId = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** An X25519 public key that nobody has the private key of: the base point. */
const publicKey = new Uint8Array(32);
publicKey[0] = 9;

export interface WrittenEvent {
  readonly id: EventId;
  readonly data: EventData[EventId];
}

/** Keeps what was written. */
export class EventRecorder implements EventWriter {
  readonly written: WrittenEvent[] = [];

  write<Id extends EventId>(id: Id, data: EventData[Id]): void {
    this.written.push({ id, data });
  }

  get ids(): EventId[] {
    return this.written.map(({ id }) => id);
  }

  of<Id extends EventId>(id: Id): EventData[Id][] {
    return this.written.filter((event) => event.id === id).map(({ data }) => data as EventData[Id]);
  }
}

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Password hash sync among a domain, a directory and an object synchronization in memory, with its state in a real file. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'passwords-'));
  readonly domain: FakeDomain;
  readonly domains: FakeDomain[];
  readonly directory: FakeDirectory;
  readonly scope = new FakeScope();
  readonly delivered: DeliveredPasswords[] = [];
  events = new EventRecorder();
  now = Date.parse('2026-11-27T08:00:00Z');
  config: ConnectConfig;
  agent: AgentState;
  staging = false;

  private constructor(domains: FakeDomain[], directory: FakeDirectory) {
    const [domain] = domains;
    if (domain === undefined) throw new RangeError('a forest has a domain');
    this.domain = domain;
    this.domains = domains;
    this.directory = directory;
    this.config = this.configWith({});
    this.agent = this.openAgent();
  }

  static async make(domainNames: readonly string[] = [forest]): Promise<Scene> {
    const { keyId } = await CredentialSealer.create({ publicKey });
    const scene = new Scene(
      domainNames.map((name) => new FakeDomain(name)),
      new FakeDirectory(keyId),
    );
    after(() => scene.end());
    return scene;
  }

  configWith(changes: { passwordHashSync?: object; domainControllers?: string[] }): ConnectConfig {
    return connectConfigSchema.parse({
      tenant: { id: 'contoso', publicKey: Buffer.from(publicKey).toString('base64') },
      directory: { url: this.directory.url, agent: 'connect-1', key: '/nowhere' },
      connectors: [
        {
          name: forest,
          account: { name: 'svc-causeway', passwordFile: '/nowhere' },
          domains: this.domains.map(({ name }) => ({
            name,
            domainControllers: changes.domainControllers ?? [`dc1.${name}`],
          })),
        },
      ],
      passwordHashSync: changes.passwordHashSync ?? {},
      stateDir: this.folder,
    });
  }

  /** A user of the domain whom object synchronization knows. */
  addUser(name: string, state?: Parameters<FakeScope['add']>[2], options?: Parameters<FakeDomain['addUser']>[1]): void {
    this.domain.addUser(name, options);
    this.scope.add(this.domain, name, state);
  }

  /** An agent with what the last one has left on its disk. */
  async start(): Promise<PasswordHashSync> {
    this.agent.close();
    this.agent = this.openAgent();
    return this.makeSync();
  }

  openAgent(): AgentState {
    const agent = openAgentState(this.folder);
    // The machine does not stop in these tests, so nothing has to reach the disk.
    agent.database.pragma('synchronous = OFF');
    return agent;
  }

  async makeSync(agent: AgentState = this.agent): Promise<PasswordHashSync> {
    const clock = { now: () => this.now };
    return createPasswordHashSync({
      ports: {
        directory: this.directory,
        clock,
        logger: silent,
        events: this.events,
        agent,
        scope: this.scope,
        onDelivered: (delivered) => this.delivered.push(delivered),
      },
      config: this.config,
      staging: this.staging,
      identifierOf: () => connectorId,
      readersOf: () => async (host) => {
        const domain = this.domains.find(({ name }) => host.endsWith(`.${name}`)) ?? this.domain;
        return domain.reader(host);
      },
      waitToRetry: async () => async () => turn(),
      reportOf: (_connector, domain) =>
        new ProcessReport({
          process: `password hash sync of ${domain}`,
          clock,
          file: new StatusFile({ folder: join(this.folder, 'none'), name: domain, logger: silent }),
        }),
      onProgress: () => {},
    });
  }

  /** One cycle of a new agent. */
  async cycle(): Promise<PasswordHashSync> {
    const sync = await this.start();
    await sync.runOnce(new AbortController().signal);
    return sync;
  }

  /** The version of a user's password at the directory. */
  versionOf(name: string): number | undefined {
    return this.directory.versionOf(Buffer.from(this.domain.guid(name).replaceAll('-', ''), 'hex').toString('base64'));
  }

  end(): void {
    this.agent.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
