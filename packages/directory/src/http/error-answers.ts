import { STATUS_CODES } from 'node:http';
import { DirectoryError, formatErrorBody, type ErrorCode } from '@causeway/contract';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { describeStorageError } from './storage-error.ts';

/** Fields that an answer names, at most. */
const fieldsMax = 10;

/** Answers every failed request with an error body of the contract. */
export function installErrorAnswers(server: FastifyInstance, { database }: { database: string }): void {
  server.setErrorHandler<FastifyError>(async (error, request, reply) =>
    answer(await describeFailure(error, database), request, reply),
  );
  server.setNotFoundHandler((request, reply) => answer(new DirectoryError('route_unknown'), request, reply));
  installSocketErrorAnswers(server);
}

/** Answers a request that came to no route, because its address cannot be read. */
export function answerUnreadable(_: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  answer(new DirectoryError('malformed_request'), request, reply);
}

function answer(failure: DirectoryError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.failure = failure;
  // A body that was refused unread may still be on its way.
  if (failure.errorCode === 'body_too_large') reply.header('connection', 'close');
  return reply.status(failure.status).send(formatErrorBody(failure, request.id));
}

async function describeFailure(error: FastifyError, database: string): Promise<DirectoryError> {
  if (error instanceof DirectoryError) return error;
  const validation = describeValidation(error);
  if (validation !== undefined) return validation;
  const code = byFastifyCode[error.code];
  if (code !== undefined) return new DirectoryError(code, { cause: error });
  if (error.statusCode === 400) return new DirectoryError('malformed_request', { cause: withoutValues(error) });
  return (await describeStorageError(error, database)) ?? new DirectoryError('internal', { cause: error });
}

const byFastifyCode: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
};

/** Where the request breaks its schema and how, never with what: a value could be a sealed credential. */
function describeValidation(error: FastifyError): DirectoryError | undefined {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined;
  const fields = error.validation.slice(0, fieldsMax).map(({ instancePath, message }) => ({
    path: [error.validationContext ?? 'request', ...instancePath.split('/').filter((part) => part !== '')].join('.'),
    problem: message ?? 'breaks the schema',
  }));
  return new DirectoryError('invalid_request', { details: { fields } });
}

/** The JSON parser's words quote what it could not read; only the kind of the error is passed on. */
function withoutValues(error: FastifyError): SyntaxError {
  return new SyntaxError(`${error.name} in the request body`);
}

/** Answers what is not even HTTP, or comes too slowly, before any route is chosen. */
function installSocketErrorAnswers(server: FastifyInstance): void {
  server.server.removeAllListeners('clientError');
  server.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // After an error of TLS nothing can be said any more; to leave it open would keep the agent waiting for its answer.
    const isTls = error.code?.startsWith('ERR_SSL_') === true;
    if (error.code === 'ECONNRESET' || isTls || !socket.writable) {
      socket.destroy();
      return;
    }
    const failure = new DirectoryError('malformed_request');
    const body = JSON.stringify(formatErrorBody(failure, 'none'));
    socket.end(
      `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}
