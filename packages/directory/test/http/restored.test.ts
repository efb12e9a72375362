import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConfig, startDirectory } from '../support/directory.ts';
import { backUp, restore } from '../support/backup.ts';
import { anchorOf, objectBatch, range } from '../support/samples.ts';

test('a directory that was restored from an older copy gives a reader everything that changed since', async () => {
  const config = createConfig();
  let copy: string;
  let place: number;
  {
    await using directory = await startDirectory(config);
    const [connect, domain] = [directory.client('connect'), directory.client('domain')];
    await connect.sendObjects(objectBatch(null, 'o1', range(0, 9)));
    copy = await backUp(config.database);
    await connect.sendObjects(objectBatch('o1', 'lost', range(100, 103)));
    const { changes, next } = await domain.readChanges({ after: 0, limit: 100, waitMs: 0 });
    assert.equal(changes.length, 12);
    place = next;
  }
  restore(copy, config.database);

  await using directory = await startDirectory(config);
  const [connect, domain] = [directory.client('connect'), directory.client('domain')];
  await assert.rejects(domain.readChanges({ after: place, limit: 100, waitMs: 30_000 }), {
    code: 'ERR_DIRECTORY_FEED_POSITION_UNKNOWN',
    disposition: 'resync',
  });
  assert.equal((await connect.readObjects({ after: 0, limit: 1 })).objectCursor, 'o1');
  // More than were lost: counted from the copy on, the last of these alone would come after the reader's place.
  await connect.sendObjects(objectBatch('o1', 'o2', range(200, 205)));
  const { changes, more } = await domain.readChanges({ after: place, limit: 100, waitMs: 0 });
  assert.deepEqual(
    changes.map(({ anchor }) => anchor),
    Array.from(range(200, 205), anchorOf),
  );
  assert.equal(more, false);
});
