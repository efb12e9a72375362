import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parameterSchema } from '@causeway/control';
import { CausewayError } from '@causeway/model';
import BetterSqlite3 from 'better-sqlite3';
import { z } from 'zod';
import { openAgentState } from '../../src/agent/agent-state.ts';

const full = parameterSchema.parse({ name: 'Microsoft.Synchronize.ForceFullPasswordSync', value: '1' });
const other = parameterSchema.parse({ name: 'Another', value: 'x', description: 'with a word' });

describe('the state of an agent', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is for its owner only and survives a restart', () => {
    const first = openAgentState(folder);
    first.writeSetting('stagingMode', true);
    first.writeParameters('corp.contoso.test', [full, other]);
    first.close();
    assert.equal(statSync(join(folder, 'agent.sqlite')).mode & 0o777, 0o600);
    const second = openAgentState(folder);
    assert.equal(second.readSetting('stagingMode', z.boolean()), true);
    assert.deepEqual(second.readParameters('corp.contoso.test'), [full, other]);
    second.close();
  });

  it('has no setting until one is made, after it is removed, and of another type', () => {
    const state = openAgentState(folder);
    assert.equal(state.readSetting('stagingMode', z.boolean()), undefined);
    state.writeSetting('stagingMode', 'yes');
    assert.equal(state.readSetting('stagingMode', z.boolean()), undefined);
    state.writeSetting('stagingMode', false);
    assert.equal(state.readSetting('stagingMode', z.boolean()), false);
    state.removeSetting('stagingMode');
    assert.equal(state.readSetting('stagingMode', z.boolean()), undefined);
    state.close();
  });

  it('replaces and removes the parameters of one connector alone, whose name is case-sensitive', () => {
    const state = openAgentState(folder);
    state.writeParameters('a.test', [full, other]);
    state.writeParameters('A.test', [other]);
    assert.equal(state.removeParameter('a.test', full.name.toLowerCase()), false);
    assert.equal(state.removeParameter('a.test', full.name), true);
    assert.equal(state.removeParameter('a.test', full.name), false);
    assert.deepEqual(state.readParameters('a.test'), [other]);
    assert.deepEqual(state.readParameters('A.test'), [other]);
    state.writeParameters('a.test', []);
    assert.deepEqual(state.readParameters('a.test'), []);
    state.close();
  });

  it('keeps nothing of a transaction that fails', () => {
    const state = openAgentState(folder);
    const failure = new RangeError('stop');
    assert.throws(
      () =>
        state.transaction(() => {
          state.writeSetting('a', 1);
          throw failure;
        }),
      failure,
    );
    assert.equal(state.readSetting('a', z.number()), undefined);
    state.close();
  });

  it('says which file is damaged, of another release, or not to be written', () => {
    const file = join(folder, 'agent.sqlite');
    const refused = (error: unknown): boolean =>
      error instanceof CausewayError && error.code === 'ERR_CONNECT_AGENT_STATE' && error.message.includes(file);
    writeFileSync(file, 'no database, and long enough to be looked at as if it were one'.repeat(100));
    assert.throws(() => openAgentState(folder), refused);
    rmSync(file);
    const database = new BetterSqlite3(file);
    database.pragma('user_version = 99');
    database.close();
    assert.throws(() => openAgentState(folder), refused);
    rmSync(file);
    mkdirSync(file);
    assert.throws(() => openAgentState(folder), refused);
  });
});
