import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { AgentSigner, DirectoryClient, generateAgentKey, type AgentKey, type Role } from '@causeway/contract';
import { systemClock, type Clock, type Logger } from '@causeway/model';
import { createDirectory, type Directory, type DirectoryConfig } from '@causeway/directory';
import { TestAuthority, type CertificateFiles } from './certificates.ts';
import { createFolder } from './folder.ts';

export interface LogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps its lines. */
export function createRecorder(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const record = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  return { lines, debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
}

const agentKeys = {
  connect: generateAgentKey(),
  domain: generateAgentKey(),
  operator: generateAgentKey(),
} satisfies Record<Role, AgentKey>;

let authority: TestAuthority | undefined;
let files: CertificateFiles | undefined;

/** The authority of the certificates that test directories have. */
export function testAuthority(): TestAuthority {
  authority ??= new TestAuthority('Causeway test');
  return authority;
}

function serverCertificate(): CertificateFiles {
  files ??= testAuthority().issue(['DNS:localhost', 'IP:127.0.0.1']);
  return files;
}

/** Configuration of a directory with the tenants contoso and fabrikam, each with an agent of each role. */
export function createConfig(changes: Partial<DirectoryConfig> = {}): DirectoryConfig {
  const folder = createFolder();
  const agents = (['connect', 'domain', 'operator'] as const).map((role) => ({
    id: `${role}-1`,
    role,
    publicKey: agentKeys[role].publicKey,
  }));
  return {
    listen: { host: '127.0.0.1', port: 0 },
    tls: serverCertificate(),
    database: join(folder, 'directory.sqlite'),
    tenants: [
      { id: 'contoso', agents },
      { id: 'fabrikam', agents: agents.map((agent) => ({ ...agent, id: `fabrikam-${agent.id}` })) },
    ],
    ...changes,
  };
}

/** Signs as the agent of a role of a tenant. */
export function signerOf(
  role: Role,
  { tenant = 'contoso', agentId = `${role}-1`, clock = systemClock } = {},
): AgentSigner {
  return new AgentSigner({ agentId, tenant, privateKey: createPrivateKey(agentKeys[role].privateKey), clock });
}

/** Stops at the end of its scope, too. */
export interface RunningTestDirectory extends AsyncDisposable {
  readonly url: string;
  readonly directory: Directory;
  readonly config: DirectoryConfig;
  readonly lines: LogLine[];
  client(role: Role): DirectoryClient;
  stop(): Promise<void>;
}

/** A directory that listens on 127.0.0.1, with clients for it. */
export async function startDirectory(
  config = createConfig(),
  clock: Clock = systemClock,
): Promise<RunningTestDirectory> {
  const logger = createRecorder();
  const directory = createDirectory({ config, logger, clock });
  const { url } = await directory.start();
  const clients: DirectoryClient[] = [];
  const stop = async (): Promise<void> => {
    await directory.stop();
    await Promise.all(clients.splice(0).map((client) => client.close()));
  };
  return {
    url,
    directory,
    config,
    lines: logger.lines,
    client(role) {
      const client = new DirectoryClient({ url, signer: signerOf(role), certificateAuthority: testAuthority().pem });
      clients.push(client);
      return client;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
