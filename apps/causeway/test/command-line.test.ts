import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';

const program = path.resolve(import.meta.dirname, '../bin/causeway');

function causeway(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, args, { encoding: 'utf8' });
}

describe('the causeway command', () => {
  test('explains itself and each of its parts', () => {
    for (const args of [['--help'], ['connect', '--help'], ['directory', 'run', '--help'], ['status', '--help']]) {
      const { status, stdout } = causeway(...args);
      assert.equal(status, 0);
      assert.match(stdout, /Usage: causeway/);
    }
  });

  test('ends with 2 when used wrongly, and says how to use it', () => {
    for (const args of [['conect'], ['connect', 'run', '--fast'], ['directory', 'run', '--log-level', 'loud']]) {
      const { status, stderr } = causeway(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /error: /);
    }
  });

  test('ends with 2 for a configuration that is not there, in words or in JSON', () => {
    const words = causeway('connect', 'run', '--config', '/nonexistent.yaml');
    assert.equal(words.status, 2);
    assert.match(words.stderr, /\/nonexistent\.yaml.*\n {2}next step: /);
    const json = causeway('connect', 'run', '--config', '/nonexistent.yaml', '--json');
    assert.equal(json.status, 2);
    assert.deepEqual(Object.keys(JSON.parse(json.stderr) as object), ['code', 'message', 'nextStep']);
  });
});
