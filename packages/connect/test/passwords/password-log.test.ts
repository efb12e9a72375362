import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPasswordLog, type LogLine } from '../../src/passwords/password-log.ts';
import { guidOf } from './support/fake-domain.ts';
import { forest, Scene } from './support/scene.ts';

const DAY = 86_400_000;
const alice = guidOf('alice');

function line(changes: Partial<LogLine> = {}): LogLine {
  return {
    objectGuid: alice,
    anchor: 'dPIcugoqSuG2pc15jsgcmA==',
    dn: 'CN=Alice,DC=corp,DC=contoso,DC=test',
    status: 'Success',
    changedAt: '2026-11-27T07:00:00Z',
    detail: undefined,
    ...changes,
  };
}

describe('the password log', () => {
  it('gives the lines of one object of one connector, newest first and no more than asked for', async () => {
    const { agent } = await Scene.make();
    let now = Date.parse('2026-11-27T08:00:00Z');
    const log = openPasswordLog(agent, () => now);
    log.append(forest, [line({ status: 'FilteredByTarget', detail: 'why' }), line({ objectGuid: guidOf('bob') })]);
    log.append('another', [line({ status: 'Error' })]);
    now += 1_000;
    log.append(forest, [line({ changedAt: undefined })]);
    assert.deepEqual(log.read(forest, alice, 10), [
      { at: '2026-11-27T08:00:01.000Z', status: 'Success', changedAt: null, detail: null },
      { at: '2026-11-27T08:00:00.000Z', status: 'FilteredByTarget', changedAt: '2026-11-27T07:00:00Z', detail: 'why' },
    ]);
    assert.equal(log.read(forest, alice, 1).length, 1);
  });

  it('keeps seven days', async () => {
    const { agent } = await Scene.make();
    let now = 30 * DAY;
    const log = openPasswordLog(agent, () => now);
    log.append(forest, [line({ status: 'Error' })]);
    now += 6 * DAY;
    log.append(forest, [line()]);
    assert.equal(log.read(forest, alice, 10).length, 2);
    now += 2 * DAY;
    log.append(forest, [line()]);
    assert.deepEqual(
      log.read(forest, alice, 10).map(({ status }) => status),
      ['Success', 'Success'],
    );
  });
});
