import { join } from 'node:path';
import { CausewayError } from '@causeway/model';
import { z } from 'zod';
import type { OperationName } from './operations.ts';

/** Bytes of a request, at most: a hundred global parameters with the longest texts. */
export const requestBytesMax = 4 * 1_024 * 1_024;

/** Bytes of an answer, at most: a preview of 100,000 objects. */
export const answerBytesMax = 512 * 1_024 * 1_024;

/** The Unix socket of the agent with this state folder. */
export function controlSocketOf(stateDir: string): string {
  return join(stateDir, 'connect.sock');
}

/** Where an operation is asked for: `POST /v1/readStatus`, with its request as JSON. */
export function pathOfOperation(name: OperationName): string {
  return `/v1/${name}`;
}

/** What every refused or failed operation is answered with. */
const errorBodySchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    nextStep: z.string(),
    disposition: z.enum(['retry', 'resync', 'halt']),
  }),
});
export type ControlErrorBody = z.output<typeof errorBodySchema>;

/** An error as it is sent: without its cause, which may name what is none of the caller's business. */
export function formatControlError({ code, message, nextStep, disposition }: CausewayError): ControlErrorBody {
  return { error: { code, message, nextStep, disposition } };
}

/** The error in an answer; undefined when the answer is no such thing. */
export function parseControlError(body: unknown): CausewayError | undefined {
  const parsed = errorBodySchema.safeParse(body);
  return parsed.success ? new CausewayError(parsed.data.error) : undefined;
}
