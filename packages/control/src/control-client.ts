import type { CausewayError } from '@causeway/model';
import { Pool } from 'undici';
import { agentStopping, agentUnreachable, answerUnknown, requestInvalid } from './errors.ts';
import { operations, type OperationName, type RequestOf, type ResponseOf } from './operations.ts';
import { answerBytesMax, parseControlError, pathOfOperation } from './transport.ts';

export interface CallOptions {
  /** Ends the call early; it then rejects with the signal's reason. What the agent has begun, it goes on with. */
  readonly signal?: AbortSignal | undefined;
}

/** A running agent as it is asked: defaults need not be filled in. */
export type AgentOperations = {
  readonly [Name in OperationName]: (request: RequestOf<Name>, options?: CallOptions) => Promise<ResponseOf<Name>>;
};

/** {@link AgentOperations} over the agent's socket. Keeps connections open; call `close` at the end. */
export interface ControlClient extends AgentOperations {
  /** Ends all calls and connections. */
  readonly close: () => Promise<void>;
}

/**
 * The agent that listens at `socket`. A call takes as long as what it asks for; nothing is sent twice.
 *
 * Every operation rejects with CausewayError: the agent's own with its code, or ERR_CONTROL_UNREACHABLE,
 * ERR_CONTROL_REQUEST, ERR_CONTROL_ANSWER.
 */
export function createControlClient({ socket }: { socket: string }): ControlClient {
  const pool = new Pool('http://agent', {
    socketPath: socket,
    connections: 8,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: answerBytesMax,
  });
  const call = async (name: OperationName, request: unknown, { signal }: CallOptions): Promise<unknown> => {
    const checked = operations[name].request.safeParse(request);
    if (!checked.success) throw requestInvalid(name, checked.error);
    signal?.throwIfAborted();
    let status: number;
    let text: string;
    try {
      const answer = await pool.request({
        method: 'POST',
        path: pathOfOperation(name),
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(checked.data),
        ...(signal !== undefined && { signal }),
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (cause) {
      signal?.throwIfAborted();
      throw agentUnreachable(socket, cause);
    }
    return readAnswer(socket, name, status, text);
  };
  const entries = Object.keys(operations).map((key) => {
    const name = key as OperationName;
    return [name, (request: unknown, options: CallOptions = {}) => call(name, request, options)];
  });
  return { ...(Object.fromEntries(entries) as AgentOperations), close: () => pool.destroy() };
}

function readAnswer(socket: string, name: OperationName, status: number, text: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw answerUnknown(socket, `status ${status} and no JSON`, cause);
  }
  if (status !== 200) throw describeRefusal(socket, status, body);
  const parsed = operations[name].response.safeParse(body);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw answerUnknown(socket, `the field ${field} breaks the schema of ${name}`);
}

function describeRefusal(socket: string, status: number, body: unknown): CausewayError {
  const told = parseControlError(body);
  if (told !== undefined) return told;
  return status === 503 ? agentStopping(socket) : answerUnknown(socket, `status ${status}`);
}
