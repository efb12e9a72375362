import { backOffMs, CausewayError, type Clock, type Logger } from '@causeway/model';
import { unexpectedError } from '../errors.ts';
import type { Failure, ProcessReport } from './process-report.ts';

/** One of the two processes of connect. Each has its own connections, cursor and schedule; either runs without the other. */
export interface SyncProcess {
  readonly name: string;
  /** Connects to the DC and the directory, and agrees with the directory on the cursor to go on from. */
  open(signal: AbortSignal): Promise<SyncSession>;
  /** Told of every failure before the next {@link SyncProcess.open}. */
  noteFailure(failure: CausewayError): void;
}

/** A process while it is connected. After any error it is closed, and another one opened. */
export interface SyncSession {
  /** Reads everything that is new and resolves when the directory has acknowledged it. */
  cycle(signal: AbortSignal): Promise<void>;
  /** Resolves when there may be something new, at the latest after the safety interval. */
  waitForWork(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly report: ProcessReport;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Waits before the next attempt after a failure; shorter when what was wrong is known to have changed. */
  readonly waitToRetry: (failure: CausewayError, delayMs: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs a process until the signal is raised. Never rejects for an error of the world: it is reported once, and the
 * process tries again, 0.5 s after the first failure and at most 30 s after each further one.
 *
 * | state   | event          | next    | effect                                             |
 * | ------- | -------------- | ------- | -------------------------------------------------- |
 * | opening | connected      | reading |                                                    |
 * | reading | acknowledged   | waiting | failures counted anew, "working again" logged once |
 * | waiting | change, time   | reading |                                                    |
 * | any     | error          | failed  | connections closed, logged when it is another one  |
 * | failed  | back-off over  | opening |                                                    |
 */
export async function runProcess(process: SyncProcess, options: RunOptions, signal: AbortSignal): Promise<void> {
  const { report } = options;
  let failures = 0;
  while (!signal.aborted) {
    let session: SyncSession | undefined;
    try {
      report.enter('opening');
      session = await process.open(signal);
      while (!signal.aborted) {
        report.enter('reading');
        await session.cycle(signal);
        failures = 0;
        announceRecovery(process, options, report.succeed());
        await session.waitForWork(signal);
      }
    } catch (error) {
      if (signal.aborted) break;
      const failure = asCausewayError(error);
      failures += 1;
      const delayMs = backOffMs(failures);
      process.noteFailure(failure);
      announceFailure(process, options, failure);
      await session?.close();
      session = undefined;
      await retryAfter(failure, delayMs, options, signal);
    } finally {
      await session?.close();
    }
  }
  report.enter('stopped');
}

async function retryAfter(
  failure: CausewayError,
  delayMs: number,
  options: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    await options.waitToRetry(failure, delayMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Runs one cycle of a process; rejects with what made it fail. */
export async function runProcessOnce(process: SyncProcess, report: ProcessReport, signal: AbortSignal): Promise<void> {
  let session: SyncSession | undefined;
  try {
    report.enter('opening');
    session = await process.open(signal);
    report.enter('reading');
    await session.cycle(signal);
    report.succeed();
    report.enter('stopped');
  } catch (error) {
    signal.throwIfAborted();
    const failure = asCausewayError(error);
    report.fail(failure);
    throw failure;
  } finally {
    await session?.close();
  }
}

function announceFailure({ name }: SyncProcess, { report, logger }: RunOptions, failure: CausewayError): void {
  if (!report.fail(failure)) return;
  const { code, message, nextStep } = failure;
  logger.error(
    { process: name, code, nextStep, err: code === 'ERR_CONNECT_UNEXPECTED' ? failure.cause : undefined },
    message,
  );
}

function announceRecovery({ name }: SyncProcess, { logger, clock }: RunOptions, failure: Failure | undefined): void {
  if (failure === undefined) return;
  const { code, at, attempts } = failure;
  const seconds = Math.round((clock.now() - Date.parse(at)) / 1000);
  logger.info({ process: name, code, seconds, attempts }, `${name} works again after ${seconds} s`);
}

function asCausewayError(error: unknown): CausewayError {
  return error instanceof CausewayError ? error : unexpectedError(error);
}
