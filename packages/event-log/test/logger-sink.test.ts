import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEvent } from '../src/event.ts';
import { loggerSink, type LoggedEvent } from '../src/index.ts';

const connector = 'corp.contoso.test';
const users = [{ anchor: 'A', dn: 'CN=A', changeDate: '2026-11-27T08:00:00Z' }];

describe('events in the agent’s log', () => {
  const cases: readonly [event: LoggedEvent, method: string, fields: object][] = [
    [describeEvent(613, { connector }, 0), 'warn', { event: 613, eventName: 'pausedForFullSync', connector }],
    [describeEvent(663, {}, 0), 'info', { event: 663, eventName: 'managerAlive' }],
    [
      describeEvent(611, { connector, domain: 'corp', reason: 'no', status: 8453 }, 0),
      'error',
      { event: 611, eventName: 'domainFailed', connector, domain: 'corp', reason: 'no', status: 8453 },
    ],
    [
      describeEvent(617, { forest: connector }, 0),
      'info',
      { event: 617, eventName: 'fullSyncForestStarted', connector, forest: connector },
    ],
    [
      describeEvent(656, { connector, users }, 0),
      'info',
      { event: 656, eventName: 'passwordChangeRequest', connector },
    ],
  ];
  for (const [event, method, fields] of cases) {
    it(`are ${method} for ${event.id}, with id, name, connector, what is single in the data, and the message`, () => {
      const lines: unknown[] = [];
      const record = (name: string) => (given: object, message: string) => lines.push([name, given, message]);
      loggerSink({ debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') }).accept(
        event,
      );
      assert.deepEqual(lines, [[method, fields, event.message]]);
    });
  }

  it('have another level where the log is told one, and their own where it is not', () => {
    const lines: unknown[] = [];
    const record = (name: string) => (_: object, message: string) => lines.push([name, message]);
    const logger = { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
    const sink = loggerSink(logger, { 656: 'debug' });
    const [request, alive] = [describeEvent(656, { connector, users }, 0), describeEvent(663, {}, 0)];
    sink.accept(request);
    sink.accept(alive);
    assert.deepEqual(lines, [
      ['debug', request.message],
      ['info', alive.message],
    ]);
  });
});
