import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { adsyncModules, adsyncTypes, createADSyncCmdlets } from '@causeway/adsync';
import { controlSocketOf, createControlClient } from '@causeway/control';
import { EventTail } from '@causeway/event-log';
import { CausewayError, systemClock } from '@causeway/model';
import { createSession, type Session, type TextSink } from '@causeway/powershell';

export interface SessionParts {
  /** State folder of the agent. */
  readonly stateDir: string;
  readonly out: TextSink;
  readonly error: TextSink;
  /** Columns of the output. */
  readonly width: number;
  /** Asks the user; absent where nobody can answer. */
  readonly readLine?: (prompt: string) => Promise<string>;
}

export interface OpenSession {
  readonly session: Session;
  readonly close: () => Promise<void>;
}

/**
 * A PowerShell session whose cmdlets work on the running agent.
 *
 * @throws {CausewayError} ERR_CONTROL_UNREACHABLE: a script is not begun that could only fail.
 */
export async function openSession({ stateDir, readLine, ...output }: SessionParts): Promise<OpenSession> {
  const agent = createControlClient({ socket: controlSocketOf(stateDir) });
  const cmdlets = createADSyncCmdlets({
    agent,
    lastHeartbeat: (connector) => lastHeartbeat(join(stateDir, 'events.sqlite'), connector),
    clock: systemClock,
    pause: (milliseconds, signal) => pause(milliseconds, undefined, signal === undefined ? {} : { signal }),
  });
  try {
    await agent.readStatus({});
  } catch (error) {
    await agent.close();
    throw error;
  }
  const session = createSession({
    cmdlets,
    types: adsyncTypes,
    modules: adsyncModules,
    ...output,
    clock: systemClock,
    newGuid: () => randomUUID(),
    sleep,
    ...(readLine !== undefined && { readLine }),
  });
  return { session, close: agent.close };
}

/** Time of a connector's last event 654; undefined when there is none, or no event log yet. */
function lastHeartbeat(file: string, connector: string): number | undefined {
  try {
    const heartbeats = new EventTail(file, { ids: [654], connector }, 1);
    const time = heartbeats.next()[0]?.time;
    heartbeats.close();
    return time;
  } catch (error) {
    if (error instanceof CausewayError && error.code === 'ERR_EVENTS_NONE') return undefined;
    throw error;
  }
}

/** Waits, or not so long when the script is interrupted. */
async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
