import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { EventLog, type EventRecord } from '../src/index.ts';
import { createFolder } from './support/folder.ts';
import { openLog } from './support/logs.ts';

const program = join(import.meta.dirname, 'support', 'writer.ts');

/** A process that writes, once it has begun; what it says besides is a failure. */
async function startWriter(file: string, times?: number): Promise<ChildProcess & { said: () => string }> {
  const child = spawn(process.execPath, [program, file, ...(times === undefined ? [] : [String(times)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  await once(child.stdout, 'data');
  return Object.assign(child, { said: () => said });
}

function countsOf(events: readonly EventRecord[], child: ChildProcess): number[] {
  return events.flatMap((event) =>
    event.id === 668 && event.connector === `writer-${child.pid}` ? [event.data.count] : [],
  );
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('several processes', () => {
  it('write to one log at once and lose nothing, while others read it whole at any moment', async () => {
    const file = join(createFolder(), 'events.sqlite');
    const writers = await Promise.all([startWriter(file, 2000), startWriter(file, 2000)]);
    const ended = Promise.all(writers.map(async (writer) => once(writer, 'exit')));
    const reader = EventLog.openForReading(file);
    let reads = 0;
    while (writers.some(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      const events = reader.query();
      for (const writer of writers) {
        const counts = countsOf(events, writer);
        assert.deepEqual(counts, upTo(counts.length));
      }
      reads += 1;
      await new Promise(setImmediate);
    }
    assert.deepEqual(
      (await ended).map(([code]) => Number(code)),
      [0, 0],
    );
    assert.ok(reads > 1);
    const events = reader.query();
    for (const writer of writers) {
      assert.deepEqual(countsOf(events, writer), upTo(2000));
      assert.equal(writer.said(), 'begun\n');
    }
    reader.close();
  });

  it('read the log of an agent that was killed while it wrote, and the agent goes on with it', async () => {
    const file = join(createFolder(), 'events.sqlite');
    for (let round = 0; round < 5; round += 1) {
      const writer = await startWriter(file);
      const exited = once(writer, 'exit');
      writer.kill('SIGKILL');
      await exited;
      const reader = EventLog.openForReading(file);
      const counts = countsOf(reader.query(), writer);
      assert.ok(counts.length >= 45, `${counts.length} events are there`);
      assert.deepEqual(counts, upTo(counts.length));
      reader.close();
    }
    const { log, problems } = openLog({ file });
    log.write(601, {});
    assert.equal(log.latest(601)?.id, 601);
    assert.deepEqual(problems, []);
    await log.close();
  });
});
