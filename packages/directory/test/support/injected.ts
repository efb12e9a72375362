import { randomUUID } from 'node:crypto';
import type { Role } from '@causeway/contract';
import { systemClock } from '@causeway/model';
import { AgentSightings } from '../../src/agent-sightings.ts';
import { readServerCertificate } from '../../src/certificate.ts';
import { ChangeSignal } from '../../src/change-signal.ts';
import { Authenticator } from '../../src/http/authentication.ts';
import { createOperations } from '../../src/http/operations.ts';
import { createServer } from '../../src/http/server.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createConfig, createRecorder, signerOf, type LogLine } from './directory.ts';

export interface InjectedRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  /** Signs as this role; otherwise `authorization` is sent as it is. */
  readonly role?: Role;
  readonly authorization?: string | undefined;
  readonly body?: unknown;
  /** Sent instead of `body`, as it is. */
  readonly text?: string;
  readonly type?: string;
}

export interface InjectedDirectory {
  readonly lines: LogLine[];
  send(request: InjectedRequest): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
}

/** A directory that does not listen: requests are put into its server. */
export async function startInjected(): Promise<InjectedDirectory> {
  const config = createConfig();
  const logger = createRecorder();
  const store = await openSqliteStore(config.database);
  await store.addTenants(config.tenants.map(({ id }) => id));
  const sightings = new AgentSightings(store);
  const signal = new ChangeSignal({ waitsMax: 4 });
  const clock = systemClock;
  const server = createServer({
    operations: createOperations({
      store,
      signal,
      sightings,
      tenants: config.tenants,
      clock,
      createObjectId: randomUUID,
    }),
    authenticator: new Authenticator(config.tenants, clock),
    sightings,
    logger,
    clock,
    database: config.database,
    tls: await readServerCertificate(config.tls),
  });
  return {
    lines: logger.lines,
    async send({ method, url, role, authorization, body, text, type = 'application/json' }) {
      const header = role === undefined ? authorization : await signerOf(role).authorization();
      const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
      const answer = await server.inject({
        method,
        url,
        headers: {
          ...(header !== undefined && { authorization: header }),
          ...(payload !== undefined && { 'content-type': type }),
        },
        ...(payload !== undefined && { payload }),
      });
      return { status: answer.statusCode, body: JSON.parse(answer.payload) as unknown };
    },
    async stop() {
      await server.close();
      await store.close();
    },
  };
}
