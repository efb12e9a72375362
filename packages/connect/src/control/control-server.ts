import { once } from 'node:events';
import {
  formatControlError,
  operations,
  operationUnknown,
  pathOfOperation,
  requestBytesMax,
  requestInvalid,
  requestRefused,
  type Administration,
  type OperationName,
} from '@causeway/control';
import { CausewayError, type Logger } from '@causeway/model';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { removeStaleSocket, socketUnusable } from './control-socket.ts';

/** How long running operations get at the end. */
const closeWithinMs = 10_000;

export interface ControlServerOptions {
  /** What is administered. */
  readonly administration: Administration;
  /** Path of the Unix socket, as `controlSocketOf` makes it. */
  readonly socket: string;
  readonly logger: Logger;
  /** How long operations that run at the end may go on: milliseconds. */
  readonly closeWithinMs?: number;
}

export interface ControlServer {
  /** Takes no more requests; those that run end first, or are cut off when they take too long. The socket goes away. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a running agent's operations at its Unix socket, mode 0600: whoever may open the socket may administer.
 *
 * @throws {CausewayError} ERR_CONTROL_IN_USE when another agent answers there; ERR_CONTROL_SOCKET when the socket cannot
 *   be made.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const server = createServer(options);
  await server.ready();
  await removeStaleSocket(options.socket);
  await listen(server, options.socket);
  return { close: () => close(server, options.closeWithinMs ?? closeWithinMs) };
}

function createServer({ administration, logger }: ControlServerOptions): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: requestBytesMax,
    requestTimeout: 60_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _, reply) => void answerFailure(describeRefusal(error), reply),
  }) as unknown as FastifyInstance;
  server.setErrorHandler<FastifyError>((error, _, reply) => answerFailure(describeRefusal(error), reply));
  server.setNotFoundHandler((request, reply) => answerFailure(operationUnknown(request.url), reply));
  for (const name of Object.keys(operations) as OperationName[]) {
    server.post(pathOfOperation(name), async (request, reply) => {
      try {
        return await perform({ name, administration, logger }, request.body);
      } catch (error) {
        return answerFailure(describeFailure(name, error, logger), reply);
      }
    });
  }
  return server;
}

interface Performance {
  readonly name: OperationName;
  readonly administration: Administration;
  readonly logger: Logger;
}

async function perform({ name, administration, logger }: Performance, body: unknown): Promise<unknown> {
  const request = operations[name].request.safeParse(body);
  if (!request.success) throw requestInvalid(name, request.error);
  if (!operations[name].reads) {
    logger.info({ operation: name, connector: connectorIn(request.data) }, `administration: ${name}`);
  }
  // The schema of the operation makes its request what it expects.
  return (administration[name] as (request: unknown) => Promise<unknown>)(request.data);
}

/** The connector that a request names, for the log: of all that a request holds, only that. */
function connectorIn(request: object): string | undefined {
  for (const field of ['connector', 'sourceConnector', 'name']) {
    const value: unknown = Reflect.get(request, field);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** What an operation failed with, as it is answered; what is no CausewayError is a defect: logged, and not shown. */
function describeFailure(name: OperationName, error: unknown, logger: Logger): CausewayError {
  if (error instanceof CausewayError) return error;
  logger.error({ operation: name, code: 'ERR_CONTROL_UNEXPECTED', err: error }, `administration: ${name} failed`);
  return unexpected(`${name} failed`);
}

function unexpected(what: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_UNEXPECTED',
    message: `${what} in a way that the agent does not know.`,
    nextStep: "This is a defect of Causeway: report it with the lines of the agent's log around this time.",
    disposition: 'halt',
  });
}

/** Why a request came to no operation. The words of the JSON parser quote what they could not read: not passed on. */
function describeRefusal(error: FastifyError): CausewayError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return requestRefused(`The request is longer than ${requestBytesMax} bytes.`);
  }
  if ((error.statusCode ?? 500) < 500) return requestRefused('The request is not well-formed JSON over HTTP.');
  return unexpected('The request failed');
}

const statusByCode: Readonly<Record<string, number>> = {
  ERR_CONTROL_REQUEST: 400,
  ERR_CONTROL_OPERATION: 404,
  ERR_CONTROL_UNEXPECTED: 500,
};

function answerFailure(error: CausewayError, reply: FastifyReply): FastifyReply {
  const status = statusByCode[error.code] ?? 422;
  // What was refused unread may still be on its way.
  if (status === 400) reply.header('connection', 'close');
  return reply.status(status).send(formatControlError(error));
}

/** The mode is right from the first moment: the socket is made inside the call of `listen`. */
async function listen(server: FastifyInstance, socket: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    server.server.listen(socket);
  } finally {
    process.umask(mask);
  }
  try {
    await once(server.server, 'listening');
  } catch (cause) {
    throw socketUnusable(socket, cause);
  }
}

async function close(server: FastifyInstance, withinMs: number): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), withinMs);
  await server.close();
  clearTimeout(timer);
}
