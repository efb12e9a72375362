import { CausewayError } from '@causeway/model';
import type { z } from 'zod';

/** Fields that an error names, at most. */
const fieldsMax = 10;

/** `ERR_CONTROL_UNREACHABLE`: nobody answers at the agent's socket. */
export function agentUnreachable(socket: string, cause: unknown): CausewayError {
  const { problem, nextStep } = problemOf(cause);
  return new CausewayError({
    code: 'ERR_CONTROL_UNREACHABLE',
    message: `The agent does not answer at ${socket}: ${problem}.`,
    nextStep,
    disposition: 'retry',
    cause,
  });
}

function problemOf(cause: unknown): { problem: string; nextStep: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const start =
    'Start it: systemctl start causeway-connect, or causeway connect run; or name its configuration with --config.';
  switch (code) {
    case 'ENOENT':
      return { problem: 'it does not run here, or it runs with another stateDir', nextStep: start };
    case 'ECONNREFUSED':
      return { problem: 'it does not run any more', nextStep: start };
    case 'EACCES':
    case 'EPERM':
      return {
        problem: 'this user may not open the socket',
        nextStep: 'Run the command as the user that the agent runs as, or as root.',
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return {
        problem: 'it closed the connection before it had answered',
        nextStep: `See the agent's log. If it has ended: ${start}`,
      };
    default:
      return { problem: code === '' ? 'the connection failed' : code, nextStep: start };
  }
}

/** `ERR_CONTROL_UNREACHABLE` as well: it answers, to say that it is about to end. */
export function agentStopping(socket: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_UNREACHABLE',
    message: `The agent at ${socket} is stopping.`,
    nextStep: 'Wait until it runs again, then repeat the command.',
    disposition: 'retry',
  });
}

/** `ERR_CONTROL_ANSWER`: what answered is no agent, or one of another release. `problem` never quotes the answer. */
export function answerUnknown(socket: string, problem: string, cause?: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_ANSWER',
    message: `The agent at ${socket} gave an answer that this release does not understand: ${problem}.`,
    nextStep: 'Use the command of the release that the agent runs; after an update, restart the agent.',
    disposition: 'halt',
    cause,
  });
}

/** `ERR_CONTROL_REQUEST`: the request breaks its schema. Names fields and what is wrong with them, never a value. */
export function requestInvalid(operation: string, problem: z.ZodError): CausewayError {
  const fields = flatten(problem.issues)
    .slice(0, fieldsMax)
    .map(({ path, message }) => `${path.length === 0 ? 'the request' : path.map(String).join('.')}: ${message}`);
  return requestRefused(`The request for ${operation} is not valid: ${fields.join('; ')}.`);
}

/** Alternatives are told by what is wrong with each of them. */
function flatten(issues: readonly z.core.$ZodIssue[]): { path: readonly PropertyKey[]; message: string }[] {
  return issues.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.errors.length > 0
      ? issue.errors.flatMap((alternative) =>
          flatten(alternative).map(({ path, message }) => ({ path: [...issue.path, ...path], message })),
        )
      : [{ path: issue.path, message: issue.message }],
  );
}

/** `ERR_CONTROL_REQUEST` for what cannot even be compared with a schema. */
export function requestRefused(message: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_REQUEST',
    message,
    nextStep: 'Correct what is named; see that the command and the agent are of the same release.',
    disposition: 'halt',
  });
}

/** `ERR_CONTROL_OPERATION`: the agent knows no such operation. */
export function operationUnknown(path: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONTROL_OPERATION',
    message: `The agent knows no operation ${path.slice(0, 100)}.`,
    nextStep: 'Use the command of the release that the agent runs; after an update, restart the agent.',
    disposition: 'halt',
  });
}
