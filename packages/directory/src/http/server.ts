import { randomUUID } from 'node:crypto';
import { routes, DirectoryError, type Route, type RouteName } from '@causeway/contract';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { AgentSightings } from '../agent-sightings.ts';
import type { Clock, Logger } from '@causeway/model';
import type { Agent, Authenticator } from './authentication.ts';
import { answerUnreadable, installErrorAnswers } from './error-answers.ts';
import type { OperationInput, Operations } from './operations.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; null before authentication and where none is asked for. */
    agent: Agent | null;
    /** For the request's log line. */
    counts: Record<string, number>;
    /** The error that it was answered with. */
    failure: DirectoryError | null;
  }
}

export interface ServerParts {
  readonly operations: Operations;
  readonly authenticator: Authenticator;
  readonly sightings: AgentSightings;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Path of the database, for telling whether its disk is full. */
  readonly database: string;
  /** Certificate chain and private key, in PEM. */
  readonly tls: { readonly certificate: string; readonly key: string };
}

/** The HTTPS server with all routes; it does not listen yet. */
export function createServer(parts: ServerParts): FastifyInstance {
  const server = fastify({
    https: { cert: parts.tls.certificate, key: parts.tls.key, minVersion: 'TLSv1.2' },
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: 16_384,
    routerOptions: { maxParamLength: 8_192 },
    requestTimeout: 60_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: answerUnreadable,
  }) as unknown as FastifyInstance;
  server.setValidatorCompiler(validatorCompiler);
  server.setReplySerializer(formatAnswer);
  server.decorateRequest('agent', null);
  server.decorateRequest('failure', null);
  server.addHook('onRequest', async (request) => {
    request.counts = {};
  });
  installErrorAnswers(server, parts);
  installRequestLog(server, parts.logger);
  for (const name of Object.keys(routes) as RouteName[]) installRoute(server, name, parts);
  return server;
}

function installRoute(server: FastifyInstance, name: RouteName, parts: ServerParts): void {
  const route: Route = routes[name];
  // The schemas of the route make its input what its operation expects.
  const operate = parts.operations[name] as (input: OperationInput<RouteName>) => Promise<unknown>;
  server.route({
    method: route.method,
    url: route.path,
    ...(route.bodyBytesMax !== undefined && { bodyLimit: route.bodyBytesMax }),
    schema: {
      params: route.params,
      ...(route.query !== undefined && { querystring: route.query }),
      ...(route.body !== undefined && { body: route.body }),
    },
    // Before the body is read: a stranger can not make the directory read one.
    onRequest: (request) => authorize(request, route, parts),
    handler: async (request, reply) => operate(toInput(request, reply, parts)),
  });
}

async function authorize(request: FastifyRequest, route: Route, parts: ServerParts): Promise<void> {
  if (route.roles === undefined) return;
  const { tenant = '' } = request.params as { tenant?: string };
  const agent = await parts.authenticator.authenticate(request.headers.authorization, tenant);
  request.agent = agent;
  parts.sightings.note(agent, parts.clock.now());
  if (route.roles.includes(agent.role)) return;
  throw new DirectoryError('forbidden', {
    message: `Agent ${agent.id} has the role ${agent.role}; this needs ${route.roles.join(' or ')}.`,
  });
}

function toInput(request: FastifyRequest, reply: FastifyReply, parts: ServerParts): OperationInput<RouteName> {
  return {
    params: request.params as OperationInput<RouteName>['params'],
    query: request.query as OperationInput<RouteName>['query'],
    body: request.body as OperationInput<RouteName>['body'],
    confirmFeed: (sequence) => {
      if (request.agent !== null) parts.sightings.note(request.agent, parts.clock.now(), sequence);
    },
    onGone: (callback) => void reply.raw.once('close', callback),
    count: (counts) => Object.assign(request.counts, counts),
  };
}

/**
 * An answer as JSON, bytes as base64. The types make it fit its schema, by which the client checks it; checking it here
 * as well would triple what a page of changes costs in memory.
 */
function formatAnswer(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value,
  );
}

/** One line a request, without anything of its body or its query. */
function installRequestLog(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', async (request, reply) => {
    const { failure } = request;
    const fields = {
      requestId: request.id,
      route: `${request.method} ${request.routeOptions.url ?? '(unknown)'}`,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      ...(request.agent !== null && { tenant: request.agent.tenant, agent: request.agent.id }),
      ...request.counts,
      ...(failure !== null && {
        code: failure.errorCode,
        problem: failure.message,
        cause: describeCause(failure.cause),
      }),
    };
    if (reply.statusCode >= 500) logger.error(fields, 'request failed');
    else if (reply.statusCode >= 400) logger.warn(fields, 'request refused');
    else logger.info(fields, 'request served');
  });
}

/** The cause's class, code and words; the words of the database and of Node never hold a value. */
function describeCause(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` ${cause.code}` : '';
  return `${cause.name}${code}: ${cause.message}`;
}
