import { join } from 'node:path';
import type { CausewayError } from '@causeway/model';
import { EventLog, type EventLogOptions } from '../../src/index.ts';
import { createFolder } from './folder.ts';

/** A clock that shows what the test says, milliseconds since 1970. */
export class TestClock {
  time = Date.parse('2026-11-27T08:00:00Z');

  now(): number {
    return this.time;
  }
}

/** What a log told about its store. */
export interface Told {
  readonly problems: CausewayError[];
  readonly recoveries: number[];
}

/** A log in a folder of its own, and what it told; a test closes it. */
export function openLog(
  options: Partial<EventLogOptions> = {},
): Told & { log: EventLog; file: string; clock: TestClock } {
  const clock = new TestClock();
  const told: Told = { problems: [], recoveries: [] };
  const file = options.file ?? join(createFolder(), 'events.sqlite');
  const log = EventLog.open({
    clock,
    limits: { maxAgeDays: 30, maxMiB: 64 },
    onProblem: (problem) => told.problems.push(problem),
    onRecovered: (lost) => told.recoveries.push(lost),
    ...options,
    file,
  });
  return { ...told, log, file, clock };
}

/** The end of this turn of the event loop, when what was written in it has been stored. */
export async function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
