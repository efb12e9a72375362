import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parameterSchema } from '@causeway/control';
import { forceFullPasswordSync } from '../../src/passwords/full-run.ts';
import { dcUnreachable } from './support/fake-domain.ts';
import { forest, Scene } from './support/scene.ts';

const MINUTE = 60_000;

async function sceneWith(...users: string[]): Promise<Scene> {
  const scene = await Scene.make();
  for (const user of users) scene.addUser(user);
  return scene;
}

function force(scene: Scene): void {
  const parameter = parameterSchema.parse({ name: forceFullPasswordSync, value: '1' });
  scene.agent.writeParameters(forest, [parameter]);
}

/** What the password log says of a user, newest first. */
async function logOf(scene: Scene, user: string): Promise<string[]> {
  const sync = await scene.makeSync();
  return sync.readLog(forest, scene.domain.guid(user), 100).map(({ status }) => status);
}

describe('the first password hash sync', () => {
  it('sends everybody once, in batches of at most 50, and tells it in the order administrators know', async () => {
    const scene = await Scene.make();
    for (let index = 0; index < 130; index += 1) scene.addUser(`user${index}`);
    scene.domain.pageObjects = 120;
    await scene.cycle();
    assert.equal(scene.directory.credentials.size, 130);
    const batch = [650, 656, 657, 651];
    assert.deepEqual(scene.events.ids, [617, 618, ...batch, ...batch, ...batch, ...batch, 619, 622, 623]);
    assert.deepEqual(
      scene.events.of(656).map(({ users }) => users.length),
      [50, 50, 20, 10],
    );
    assert.deepEqual(scene.events.of(623)[0]?.users, 130);
  });

  it('names in its events the anchor, the name and the time of the change', async () => {
    const scene = await sceneWith('alice');
    await scene.cycle();
    const user = scene.events.of(656)[0]?.users[0];
    assert.equal(user?.dn, scene.domain.dn('alice'));
    assert.match(user?.changeDate ?? '', /^2026-11-01T\d\d:\d\d:\d\dZ$/);
    assert.equal(scene.directory.versionOf(user?.anchor ?? ''), 1);
  });

  it('sends in the order in which the passwords were changed', async () => {
    const scene = await sceneWith('first', 'second', 'third');
    scene.domain.setPassword('first');
    scene.domain.setAccountControl('third', 0x200);
    await scene.cycle();
    const dns = scene.events.of(656).flatMap(({ users }) => users.map(({ dn }) => dn));
    assert.deepEqual(
      dns,
      ['second', 'third', 'first'].map((name) => scene.domain.dn(name)),
    );
  });

  it('is refused when not one user of the domain is known', async () => {
    const scene = await Scene.make();
    scene.domain.addUser('stranger');
    await assert.rejects(scene.cycle(), { code: 'ERR_CONNECT_NO_USERS' });
    assert.equal(scene.directory.batches.length, 0);
  });

  it('waits until the objects of the connector have been synchronized', async () => {
    const scene = await sceneWith('alice');
    scene.scope.ready = false;
    const sync = await scene.cycle();
    assert.deepEqual(scene.events.ids, [613]);
    assert.equal(scene.directory.credentials.size, 0);
    assert.equal(sync.states()[0]?.lastCycleStatus, 'Paused');
    scene.scope.ready = true;
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 1);
  });

  it('runs each domain of a forest by itself and ends with the last', async () => {
    const scene = await Scene.make([forest, `child.${forest}`]);
    const [parent, child] = scene.domains;
    assert.ok(parent && child);
    for (const [domain, name] of [
      [parent, 'alice'],
      [child, 'carol'],
    ] as const) {
      domain.addUser(name);
      scene.scope.add(domain, name);
    }
    await scene.cycle();
    assert.deepEqual(
      scene.events.ids.filter((id) => id < 624),
      [617, 618, 619, 622, 618, 619, 622, 623],
    );
    assert.deepEqual(
      scene.events.of(619).map(({ total }) => total),
      [1, 1],
    );
    assert.deepEqual([...scene.directory.spans.keys()], [parent.name, child.name]);
  });
});

describe('following changes', () => {
  it('sends a changed password and no other', async () => {
    const scene = await sceneWith('alice', 'bob');
    await scene.cycle();
    scene.directory.batches.length = 0;
    scene.domain.setPassword('bob');
    await scene.cycle();
    assert.deepEqual([scene.versionOf('alice'), scene.versionOf('bob')], [1, 2]);
    assert.equal(scene.directory.batches.flatMap(({ anchors }) => anchors).length, 1);
  });

  it('reads nothing twice and sends no batch when nothing has changed', async () => {
    const scene = await sceneWith('alice', 'bob');
    await scene.cycle();
    const { sent } = scene.domain;
    scene.events.written.length = 0;
    scene.directory.batches.length = 0;
    await scene.cycle();
    assert.equal(scene.domain.sent, sent);
    assert.deepEqual(scene.directory.batches, []);
    assert.deepEqual(scene.events.ids, []);
  });

  it('moves an old cursor without passwords only once a minute', async () => {
    const scene = await sceneWith('alice');
    const sync = await scene.cycle();
    scene.directory.batches.length = 0;
    await sync.runOnce(new AbortController().signal);
    assert.equal(scene.directory.batches.length, 0);
  });

  it('carries a user who was made later, one with a long name, and one of other letters', async () => {
    const scene = await sceneWith('alice');
    await scene.cycle();
    const names = ['bob', 'a-name-that-is-longer-than-twenty-characters', 'Žofie Müller-Łukasz 山田'];
    for (const name of names) scene.addUser(name);
    await scene.cycle();
    assert.deepEqual(
      names.map((name) => scene.versionOf(name)),
      [1, 1, 1],
    );
  });

  it('counts objects of which only pwdLastSet has changed', async () => {
    const scene = await sceneWith('alice', 'bob');
    await scene.cycle();
    scene.domain.setTemporary('alice', true);
    scene.domain.setPassword('bob');
    await scene.cycle();
    assert.deepEqual(
      scene.events.of(668).map(({ count }) => count),
      [1],
    );
  });

  it('sends everything again when the domain controller has gone back to an older state', async () => {
    const scene = await sceneWith('alice', 'bob');
    const putBack = scene.domain.copy();
    for (let count = 0; count < 3; count += 1) scene.domain.setPassword('bob');
    await scene.cycle();
    putBack();
    scene.events.written.length = 0;
    scene.domain.setPassword('alice');
    const { sent } = scene.domain;
    await scene.cycle();
    assert.equal(scene.domain.sent - sent, 2);
    assert.deepEqual([scene.versionOf('alice'), scene.versionOf('bob')], [2, 4]);
    assert.ok(scene.events.ids.includes(617));
  });

  it('seals everything anew to another key', async () => {
    const scene = await sceneWith('alice');
    await scene.cycle();
    const place = scene.directory.spans.get(forest);
    assert.ok(place);
    const other = 'c1:0011223344556677:';
    scene.directory.spans.set(forest, { ...place, to: place.to.replace(/^c1:[0-9a-f]{16}:/, other) });
    for (const credential of scene.directory.credentials.values()) credential.keyId = '0011223344556677';
    await scene.cycle();
    assert.deepEqual(
      [...scene.directory.credentials.values()].map(({ keyId }) => keyId),
      [scene.directory.keyId],
    );
  });
});

describe('temporary passwords', () => {
  it('stay in the forest by default, and go once they have been changed', async () => {
    const scene = await sceneWith('bob');
    scene.addUser('alice', 'ready', { temporary: true });
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), undefined);
    assert.deepEqual(await logOf(scene, 'alice'), ['FilteredByTarget']);
    scene.domain.setPassword('alice');
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 2);
    assert.deepEqual(await logOf(scene, 'alice'), ['Success', 'FilteredByTarget']);
  });

  it('go when the mark is taken away, though the password is the same', async () => {
    const scene = await sceneWith('bob');
    scene.addUser('alice', 'ready', { temporary: true });
    await scene.cycle();
    scene.domain.setTemporary('alice', false);
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 1);
  });

  it('go with a mark where the tenant takes them', async () => {
    const scene = await sceneWith('bob');
    scene.directory.settings.features.ForcePasswordChangeOnLogOn = true;
    scene.addUser('alice', 'ready', { temporary: true });
    await scene.cycle();
    const marks = [...scene.directory.credentials.values()].map(({ mustChangePassword }) => mustChangePassword);
    assert.deepEqual(marks, [undefined, true]);
    scene.domain.setTemporary('alice', false);
    await scene.cycle();
    assert.deepEqual(
      [...scene.directory.credentials.values()].map(({ mustChangePassword }) => mustChangePassword),
      [undefined, undefined],
    );
  });
});

describe('the retry queue', () => {
  it('keeps a user whose object is not exported yet, and sends the password as soon as it is', async () => {
    const scene = await sceneWith('bob');
    await scene.cycle();
    scene.addUser('alice', 'TargetNotExportedToDirectory');
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), undefined);
    assert.deepEqual(scene.events.of(605)[0]?.users, [scene.domain.dn('alice')]);
    scene.scope.add(scene.domain, 'alice', 'ready');
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 1);
    assert.deepEqual(scene.events.of(606)[0]?.users, [scene.domain.dn('alice')]);
    assert.deepEqual(await logOf(scene, 'alice'), [
      'Success',
      'RetryRequestedByTarget',
      'TargetNotExportedToDirectory',
    ]);
  });

  it('survives another change of the password while it waits, and sends the last one', async () => {
    const scene = await sceneWith('bob');
    await scene.cycle();
    scene.addUser('alice', 'NoTargetConnection');
    await scene.cycle();
    scene.domain.setPassword('alice');
    await scene.cycle();
    scene.scope.add(scene.domain, 'alice', 'ready');
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 2);
    assert.equal(scene.events.of(605).length, 1);
  });

  it('gives a user up who leaves the scope, and sends the password when the user comes back', async () => {
    const scene = await sceneWith('bob');
    await scene.cycle();
    scene.addUser('alice', 'TargetNotExportedToDirectory');
    await scene.cycle();
    scene.scope.add(scene.domain, 'alice', 'notInScope');
    await scene.cycle();
    assert.deepEqual(scene.events.of(620)[0]?.users, [scene.domain.dn('alice')]);
    scene.scope.add(scene.domain, 'alice', 'ready');
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 1);
  });

  it('forgets a user who was deleted', async () => {
    const scene = await sceneWith('bob');
    await scene.cycle();
    scene.addUser('alice', 'TargetNotExportedToDirectory');
    await scene.cycle();
    scene.domain.remove('alice');
    scene.scope.drop(scene.domain.guid('alice'));
    await scene.cycle();
    assert.equal(scene.events.of(620).length, 1);
    scene.scope.add(scene.domain, 'alice', 'ready');
    scene.domain.singles.length = 0;
    await scene.cycle();
    assert.deepEqual(scene.domain.singles, []);
  });

  it('sends the password of a disabled user when the user is enabled, though it has not changed', async () => {
    const scene = await sceneWith('bob');
    scene.addUser('alice', 'notInScope', { accountControl: 0x202 });
    await scene.cycle();
    assert.deepEqual(await logOf(scene, 'alice'), ['NoTargetConnection']);
    assert.equal(scene.events.of(605).length, 0);
    scene.scope.add(scene.domain, 'alice', 'ready');
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 1);
  });

  it('says nothing twice of those who are not in scope, and reads none of them', async () => {
    const scene = await sceneWith('bob');
    scene.addUser('alice', 'notInScope');
    scene.domain.addUser('stranger');
    await scene.cycle();
    force(scene);
    await scene.cycle();
    scene.now += 5 * MINUTE;
    await scene.cycle();
    assert.deepEqual(await logOf(scene, 'alice'), ['NoTargetConnection']);
    assert.deepEqual(await logOf(scene, 'stranger'), ['SourceConnectorNotPresent']);
    assert.deepEqual(scene.domain.singles, []);
  });
});

describe('what the managed domain would miss', () => {
  it('is told for each user: MissingAttribute', async () => {
    const scene = await sceneWith('bob');
    scene.config = scene.configWith({ passwordHashSync: { syncNtlm: false } });
    scene.addUser('alice');
    scene.domain.change('alice', { supplementalCredentials: new Uint8Array(0) });
    await scene.cycle();
    assert.equal(scene.versionOf('bob'), 1);
    assert.equal(scene.versionOf('alice'), undefined);
    assert.deepEqual(await logOf(scene, 'alice'), ['MissingAttribute']);
  });

  it('is not told of a user without a password, whose log stays empty', async () => {
    const scene = await sceneWith('bob');
    scene.addUser('alice', 'ready', { noPassword: true });
    await scene.cycle();
    assert.deepEqual(await logOf(scene, 'alice'), []);
  });
});

describe('a full password hash sync', () => {
  it('is begun by the parameter, compares, sends only what differs and removes the parameter', async () => {
    const scene = await sceneWith('alice', 'bob');
    await scene.cycle();
    const [lost] = scene.directory.credentials.keys();
    scene.directory.credentials.delete(lost ?? '');
    scene.directory.batches.length = 0;
    scene.events.written.length = 0;
    force(scene);
    await scene.cycle();
    assert.equal(scene.directory.credentials.size, 2);
    assert.deepEqual(
      scene.directory.batches.flatMap(({ anchors }) => anchors),
      [lost],
    );
    assert.deepEqual(scene.events.ids, [617, 618, 650, 656, 657, 651, 619, 622, 623]);
    assert.deepEqual(
      scene.events.of(657)[0]?.users.map(({ result, extendedError }) => [result, extendedError?.split(':')[0]]),
      [
        ['Success', undefined],
        ['Success', 'unchanged'],
      ],
    );
    assert.deepEqual(scene.agent.readParameters(forest), []);
  });

  it('is not begun by another value of the parameter', async () => {
    const scene = await sceneWith('alice');
    await scene.cycle();
    scene.events.written.length = 0;
    scene.agent.writeParameters(forest, [parameterSchema.parse({ name: forceFullPasswordSync, value: '0' })]);
    await scene.cycle();
    assert.deepEqual(scene.events.ids, []);
  });

  it('leaves the cursor of the stream where it is, and follows changes meanwhile', async () => {
    const scene = await sceneWith('alice');
    for (let index = 0; index < 60; index += 1) scene.addUser(`user${index}`);
    await scene.cycle();
    const before = scene.directory.spans.get(forest)?.to;
    force(scene);
    const { onDelivered } = changeInTheMiddle(scene);
    await scene.cycle();
    assert.equal(onDelivered(), 1);
    assert.equal(scene.versionOf('alice'), 2);
    assert.notEqual(scene.directory.spans.get(forest)?.to, before);
    assert.equal(scene.events.of(622).length, 2);
  });

  it('goes on after it was cut off, from where it was', async () => {
    const scene = await sceneWith();
    for (let index = 0; index < 100; index += 1) scene.addUser(`user${index}`);
    await scene.cycle();
    force(scene);
    scene.events.written.length = 0;
    cutOff(scene, 3);
    await assert.rejects(scene.cycle());
    const { sent } = scene.domain;
    await scene.cycle();
    assert.ok(scene.domain.sent - sent < 100);
    assert.deepEqual(
      scene.events.ids.filter((id) => id < 619 || id === 622 || id === 623),
      [617, 618, 622, 623],
    );
    assert.deepEqual(scene.events.of(623)[0]?.users, 100);
  });

  it('compares everything when what the agent remembered is gone', async () => {
    const scene = await sceneWith('alice', 'bob');
    await scene.cycle();
    scene.agent.database.exec('DELETE FROM password_channels; DELETE FROM password_queue');
    scene.directory.credentials.clear();
    await scene.cycle();
    assert.equal(scene.directory.credentials.size, 2);
  });

  it('compares everything when the directory was put back to an older copy', async () => {
    const scene = await sceneWith('alice', 'bob');
    await scene.cycle();
    const older = { ...scene.directory.spans.get(forest) };
    scene.domain.setPassword('alice');
    await scene.cycle();
    scene.domain.setPassword('bob');
    await scene.cycle();
    scene.directory.spans.set(forest, { from: older.from ?? null, to: older.to ?? '' });
    scene.directory.credentials.clear();
    await scene.cycle();
    assert.deepEqual([scene.versionOf('alice'), scene.versionOf('bob')], [2, 2]);
  });

  it('begins anew when another asks for everybody, and sends all then', async () => {
    const scene = await sceneWith('alice', 'bob');
    const sync = await scene.cycle();
    scene.directory.batches.length = 0;
    assert.deepEqual(await sync.syncPasswords({ all: true, sendAll: true }), { started: true, results: [] });
    await sync.runOnce(new AbortController().signal);
    assert.equal(scene.directory.batches.flatMap(({ anchors }) => anchors).length, 2);
  });
});

describe('a full password hash sync that is asked for once more', () => {
  it('sends all when it is to, also what the one under way had compared and left', async () => {
    const scene = await sceneWith();
    for (let index = 0; index < 60; index += 1) scene.addUser(`user${index}`);
    const sync = await scene.cycle();
    scene.directory.batches.length = 0;
    await sync.syncPasswords({ all: true, sendAll: false });
    let calls = 0;
    scene.directory.onCall = (call) => {
      if (call !== 'findMissingCredentials') return;
      calls += 1;
      if (calls === 2) void sync.syncPasswords({ all: true, sendAll: true });
    };
    const { signal } = new AbortController();
    await sync.runOnce(signal);
    await sync.runOnce(signal);
    assert.equal(new Set(scene.directory.batches.flatMap(({ anchors }) => anchors)).size, 60);
    assert.equal(scene.events.of(623).length, 2);
  });
});

/** Changes alice's password while the first page of the next full run is looked at. */
function changeInTheMiddle(scene: Scene): { onDelivered: () => number } {
  let changes = 0;
  const find = scene.directory.findMissingCredentials.bind(scene.directory);
  scene.directory.findMissingCredentials = async (...parameters) => {
    changes += 1;
    if (changes === 1) scene.domain.setPassword('alice');
    return find(...parameters);
  };
  return { onDelivered: () => Math.min(changes, 1) };
}

/** Cuts the connection to the domain controller off after that many pages of the next run. */
function cutOff(scene: Scene, pages: number): void {
  let calls = 0;
  const find = scene.directory.findMissingCredentials.bind(scene.directory);
  scene.directory.findMissingCredentials = async (...parameters) => {
    calls += 1;
    if (calls === pages) scene.domain.failure = dcUnreachable();
    return find(...parameters);
  };
}
