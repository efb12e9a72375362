import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '@causeway/contract';
import { createConfig, startDirectory } from '../support/directory.ts';
import { backUp, restore } from '../support/backup.ts';
import { anchorOf, batchOf, groupEntry, membersEntry, objectBatch, range, userEntry } from '../support/samples.ts';

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

test('a directory that was restored from an older copy says so to the engine, which exports again what is missing', async () => {
  const config = createConfig();
  let copy: string;
  let place: number;
  {
    await using directory = await startDirectory(config);
    const connect = directory.client('connect');
    await connect.sendObjects(batchOf(null, 'o1', { users: [userEntry(1), userEntry(2)], groups: [groupEntry(50)] }));
    copy = await backUp(config.database);
    const deletions = [{ anchor: anchorOf(2), type: 'user' as const }];
    await connect.sendObjects(batchOf('o1', 'lost', { members: [membersEntry(50, [1])], deletions }));
    place = (await connect.readObjects({ after: 0, limit: 100 })).next;
  }
  restore(copy, config.database);

  await using directory = await startDirectory(config);
  const connect = directory.client('connect');
  await assert.rejects(connect.readObjects({ after: place, limit: 100 }), { errorCode: 'feed_position_unknown' });
  await assert.rejects(connect.sendObjects(batchOf('lost', 'o3', {})), (error) => {
    assert.ok(error instanceof DirectoryError);
    assert.deepEqual([error.errorCode, error.details.storedCursor], ['cursor_conflict', 'o1']);
    return true;
  });
  const { objects } = await connect.readObjects({ after: 0, limit: 100 });
  assert.deepEqual(
    objects.map((object) => [object.deleted, object.type === 'group' && object.memberCount]),
    [
      [false, false],
      [false, false],
      [false, 0],
    ],
  );
});

test('two agents at once are told by the cursor, and neither undoes what the other did', async () => {
  await using directory = await startDirectory();
  const [first, second] = [directory.client('connect'), directory.client('connect')];
  await first.sendObjects(batchOf(null, 'a1', { users: [userEntry(1)] }));
  await second.sendObjects(batchOf('a1', 'b1', { users: [userEntry(1, { displayName: 'Second' })] }));
  await assert.rejects(first.sendObjects(batchOf('a1', 'a2', { users: [userEntry(1)] })), {
    errorCode: 'cursor_conflict',
  });
  const [object] = (await first.readObjects({ after: 0, limit: 1 })).objects;
  assert.equal(object?.type === 'user' && object.user.displayName, 'Second');
});
