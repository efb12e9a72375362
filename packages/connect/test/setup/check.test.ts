import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CausewayError, type Clock } from '@causeway/model';
import {
  hasFailed,
  ok,
  failed,
  runChecks,
  skipped,
  warning,
  type Check,
  type CheckOutcome,
} from '../../src/setup/check.ts';

const clock: Clock = { now: () => 0 };
const signal = new AbortController().signal;

const check = (id: string, outcome: CheckOutcome, needs: Check<object>['needs'] = []): Check<object> => ({
  id,
  title: `title of ${id}`,
  part: 'forest',
  needs,
  run: async () => outcome,
});
const good = ok('fine');
const bad = failed('it is broken', 'mend it');

async function kinds(...checks: Check<object>[]): Promise<string[]> {
  return (await runChecks(checks, {}, { clock, signal })).map(({ id, outcome }) => `${id} ${outcome.kind}`);
}

describe('checks', () => {
  it('are run in their order, each as far as what it needs is good', async () => {
    assert.deepEqual(await kinds(check('a', good), check('b', bad), check('c', good, ['a']), check('d', good, ['b'])), [
      'a ok',
      'b failed',
      'c ok',
      'd skipped',
    ]);
  });

  it('are skipped for what was skipped, and run after a warning', async () => {
    assert.deepEqual(
      await kinds(
        check('a', warning('odd', 'look')),
        check('b', good, ['a']),
        check('c', skipped('off')),
        check('d', good, ['c']),
      ),
      ['a warning', 'b ok', 'c skipped', 'd skipped'],
    );
  });

  it('take one good of a list, and wait for none that is not there', async () => {
    assert.deepEqual(
      await kinds(
        check('a', bad),
        check('b', good),
        check('c', good, [['a', 'b']]),
        check('d', good, [['a']]),
        check('e', good, ['x']),
      ),
      ['a failed', 'b ok', 'c ok', 'd skipped', 'e ok'],
    );
  });

  it('say what was missing by its title', async () => {
    const [, second] = await runChecks([check('a', bad), check('b', good, ['a'])], {}, { clock, signal });
    assert.deepEqual(second?.outcome, skipped('this has to be good first: title of a'));
  });

  it('turn an error into a failure with its own code and next step, and go on', async () => {
    const error = new CausewayError({ code: 'ERR_X', message: 'no', nextStep: 'do', disposition: 'halt' });
    const throwing: Check<object> = { ...check('a', good), run: async () => Promise.reject(error) };
    const broken: Check<object> = { ...check('b', good), run: async () => Promise.reject(new Error('odd')) };
    const results = await runChecks([throwing, broken, check('c', good)], {}, { clock, signal });
    assert.deepEqual(results[0]?.outcome, { kind: 'failed', code: 'ERR_X', message: 'no', nextStep: 'do' });
    assert.equal(results[1]?.outcome.kind, 'failed');
    assert.match(JSON.stringify(results[1]?.outcome), /report this as a defect/);
    assert.equal(results[2]?.outcome.kind, 'ok');
    assert.deepEqual([hasFailed(results), hasFailed(results, 'directory')], [true, false]);
  });

  it('end with the reason of a raised signal, whatever the check under way says', async () => {
    const controller = new AbortController();
    const stopping: Check<object> = {
      ...check('a', good),
      run: async () => {
        controller.abort(new Error('stopped'));
        throw new Error('closed');
      },
    };
    await assert.rejects(runChecks([stopping, check('b', good)], {}, { clock, signal: controller.signal }), /stopped/);
  });
});
