import { CausewayError } from '@causeway/model';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from './error-codes.ts';

/** What an error answer says beside its words, so that a program can act on it. */
export interface ErrorDetails {
  /** With `cursor_conflict`: the cursor to go on from; null when a full synchronization is due. */
  readonly storedCursor?: string | null | undefined;
  /** With `key_conflict` and `key_mismatch`: the registered key. */
  readonly registeredKeyId?: string | undefined;
  /** With `feed_position_unknown`: the sequence of the last change. */
  readonly feedHead?: number | undefined;
  /** With `name_ambiguous`: the users' anchors. */
  readonly anchors?: readonly string[] | undefined;
  /** With `invalid_request`: where and what, never the value; the first ten. */
  readonly fields?: readonly { readonly path: string; readonly problem: string }[] | undefined;
}

/** Body of every answer that is not a success. */
export const errorBodySchema = z.object({
  code: z.string(),
  message: z.string(),
  nextStep: z.string(),
  requestId: z.string(),
  storedCursor: z.string().nullable().optional(),
  registeredKeyId: z.string().optional(),
  feedHead: z.number().optional(),
  anchors: z.array(z.string()).optional(),
  fields: z.array(z.object({ path: z.string(), problem: z.string() })).optional(),
});
export type ErrorBody = z.output<typeof errorBodySchema>;

/**
 * The directory refused: thrown in the directory, sent as an {@link ErrorBody}, thrown again in the client.
 * Its `code` is `ERR_DIRECTORY_` and the error code in capitals.
 */
export class DirectoryError extends CausewayError {
  readonly errorCode: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails;
  /** Names the request in the directory's log; undefined while still inside the directory. */
  readonly requestId: string | undefined;

  constructor(
    errorCode: ErrorCode,
    options: {
      message?: string;
      nextStep?: string;
      details?: ErrorDetails;
      requestId?: string;
      cause?: unknown;
    } = {},
  ) {
    const entry = errorCodes[errorCode];
    super({
      code: `ERR_DIRECTORY_${errorCode.toUpperCase()}`,
      message: options.message ?? entry.message,
      nextStep: options.nextStep ?? entry.nextStep,
      disposition: entry.disposition,
      cause: options.cause,
    });
    this.name = 'DirectoryError';
    this.errorCode = errorCode;
    this.status = entry.status;
    this.details = options.details ?? {};
    this.requestId = options.requestId;
  }
}

/** The body that tells an error to the caller; the cause stays in the directory. */
export function formatErrorBody(error: DirectoryError, requestId: string): ErrorBody {
  const { storedCursor, registeredKeyId, feedHead, anchors, fields } = error.details;
  return {
    code: error.errorCode,
    message: error.message,
    nextStep: error.nextStep,
    requestId,
    ...(storedCursor !== undefined && { storedCursor }),
    ...(registeredKeyId !== undefined && { registeredKeyId }),
    ...(feedHead !== undefined && { feedHead }),
    ...(anchors !== undefined && { anchors: [...anchors] }),
    ...(fields !== undefined && { fields: [...fields] }),
  };
}

/** The error that a body tells of, its message led by `where`; undefined when it is not an answer of a directory. */
export function parseErrorBody(body: unknown, where: string): DirectoryError | undefined {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success || !Object.hasOwn(errorCodes, parsed.data.code)) return undefined;
  const { code, message, nextStep, requestId, ...details } = parsed.data;
  const problems = (details.fields ?? []).map(({ path, problem }) => ` ${path}: ${problem}.`).join('');
  return new DirectoryError(code as ErrorCode, {
    message: `${where}: ${message}${problems} (request ${requestId})`,
    nextStep,
    details,
    requestId,
  });
}
