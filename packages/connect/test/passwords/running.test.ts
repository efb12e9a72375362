import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, it } from 'node:test';
import { parameterSchema } from '@causeway/control';
import { DirectoryError } from '@causeway/contract';
import { forceFullPasswordSync } from '../../src/passwords/full-run.ts';
import type { PasswordHashSync } from '../../src/passwords/password-hash-sync.ts';
import { dcUnreachable } from './support/fake-domain.ts';
import { connectorId, forest, Scene, tenantConnector } from './support/scene.ts';

/** Turns of the event loop within which everything in these tests happens. */
const MOST_TURNS = 20_000;

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    if (holds()) return;
    await turn();
  }
  assert.fail(`never: ${what}`);
}

/** Ends what a test has started. */
let stop: (() => Promise<void>) | undefined;
afterEach(async () => stop?.());

async function run(scene: Scene): Promise<PasswordHashSync> {
  const sync = await scene.start();
  const controller = new AbortController();
  const ended = sync.run(controller.signal);
  stop = async () => {
    stop = undefined;
    controller.abort();
    await ended;
  };
  return sync;
}

async function sceneWith(...users: string[]): Promise<Scene> {
  const scene = await Scene.make();
  for (const user of users) scene.addUser(user);
  return scene;
}

function isWaiting(sync: PasswordHashSync): boolean {
  return sync.states()[0]?.lastCycleStatus === 'Successful';
}

async function running(): Promise<{ scene: Scene; sync: PasswordHashSync }> {
  const scene = await sceneWith('alice', 'bob');
  const sync = await run(scene);
  await until('the first run is over', () => isWaiting(sync));
  scene.directory.batches.length = 0;
  return { scene, sync };
}

/** One cycle; gives what it fails with. */
async function failureOf(scene: Scene): Promise<unknown> {
  return scene.cycle().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('password hash sync while it runs', () => {
  it('starts, beats, follows changes and stops', async () => {
    const scene = await sceneWith('alice');
    const sync = await run(scene);
    await until('the first run is over', () => isWaiting(sync) && scene.events.of(654).length === 1);
    assert.equal(scene.events.ids[0], 601);
    assert.deepEqual(scene.events.of(654), [{ connector: forest, connectorId }]);
    scene.domain.setPassword('alice');
    await until('the change has arrived', () => scene.versionOf('alice') === 2);
    assert.equal(scene.delivered.length, 2);
    await stop?.();
    assert.deepEqual(scene.events.ids.slice(-2), [602, 609]);
  });

  it('says so when it is told to start twice', async () => {
    const scene = await sceneWith('alice');
    const sync = await run(scene);
    await sync.run(new AbortController().signal);
    assert.equal(scene.events.of(614).length, 1);
  });

  it('runs what the published script asks for: the parameter, off and on again', async () => {
    const scene = await sceneWith('alice', 'bob');
    const sync = await run(scene);
    await until('the first run is over', () => isWaiting(sync));
    scene.events.written.length = 0;
    scene.agent.writeParameters(forest, [parameterSchema.parse({ name: forceFullPasswordSync, value: '1' })]);
    const configuration = { sourceConnector: forest, targetConnector: tenantConnector };
    await sync.writePasswordSync({ ...configuration, enabled: false });
    assert.equal(sync.states()[0]?.lastCycleStatus, 'Disabled');
    assert.deepEqual(sync.readPasswordSync(), [{ ...configuration, enabled: false }]);
    await sync.writePasswordSync({ ...configuration, enabled: true });
    await until('the full run is over', () => scene.events.of(623).length === 1);
    const ids = scene.events.ids.filter((id) => id !== 653 && id !== 654);
    assert.deepEqual(ids, [617, 618, 650, 656, 657, 651, 619, 622, 623]);
    assert.deepEqual(scene.agent.readParameters(forest), []);
  });

  it('stays off after a restart when it was switched off', async () => {
    const scene = await sceneWith('alice');
    const first = await run(scene);
    await until('the first run is over', () => isWaiting(first));
    await first.writePasswordSync({ sourceConnector: forest, targetConnector: tenantConnector, enabled: false });
    await stop?.();
    scene.domain.setPassword('alice');
    const second = await run(scene);
    assert.equal(second.states()[0]?.lastCycleStatus, 'Disabled');
    assert.equal(scene.versionOf('alice'), 1);
    await assert.rejects(second.syncPasswords({ user: 'alice' }), { code: 'ERR_CONNECT_PASSWORD_SYNC_NOT_RUNNING' });
  });

  it('takes names of connectors as they are written', async () => {
    const scene = await sceneWith('alice');
    const sync = await scene.start();
    const on = { sourceConnector: forest, targetConnector: tenantConnector, enabled: true };
    const unknown = { code: 'ERR_CONNECT_CONNECTOR_UNKNOWN' };
    await assert.rejects(sync.writePasswordSync({ ...on, sourceConnector: forest.toUpperCase() }), unknown);
    await assert.rejects(sync.writePasswordSync({ ...on, targetConnector: '' }), unknown);
    await assert.rejects(sync.syncPasswords({ all: true, sendAll: false, connector: 'another' }), unknown);
    assert.throws(() => sync.readPasswordSync('another'), unknown);
  });

  it('sends nothing in staging mode, not even a beat, and goes on from where the tenant is', async () => {
    const scene = await sceneWith('alice', 'bob');
    const sync = await run(scene);
    await until('the first run is over', () => isWaiting(sync));
    await sync.setStaging(true);
    scene.events.written.length = 0;
    scene.directory.batches.length = 0;
    const { pings } = scene.directory;
    scene.domain.setPassword('alice');
    scene.addUser('carol', 'TargetNotExportedToDirectory');
    await turn();
    assert.equal(sync.states()[0]?.lastCycleStatus, 'Paused');
    assert.deepEqual([scene.directory.batches.length, scene.directory.pings - pings], [0, 0]);
    await assert.rejects(sync.syncPasswords({ user: 'alice' }), { code: 'ERR_CONNECT_PASSWORD_SYNC_NOT_RUNNING' });
    await sync.setStaging(false);
    await until('the change has arrived', () => scene.versionOf('alice') === 2);
    assert.deepEqual(
      scene.directory.batches.flatMap(({ anchors }) => anchors).length,
      1,
      'no more than what has changed',
    );
    assert.equal(scene.events.of(617).length, 0);
  });

  it('takes over from another agent without reading everything: the queue of the other is found out anew', async () => {
    const scene = await sceneWith('alice', 'bob');
    scene.addUser('dora', 'notInScope');
    await scene.cycle();
    scene.addUser('carol', 'TargetNotExportedToDirectory');
    scene.domain.setPassword('bob');
    await scene.cycle();
    // The other agent has a disk of its own, where nothing of this is known.
    scene.agent.database.exec('DELETE FROM password_channels; DELETE FROM password_queue');
    scene.staging = true;
    const sync = await run(scene);
    assert.equal(sync.states()[0]?.lastCycleStatus, 'Paused');
    scene.scope.add(scene.domain, 'carol', 'ready');
    const { sent } = scene.domain;
    await sync.setStaging(false);
    await until('the password that waited has arrived', () => scene.versionOf('carol') === 1);
    scene.scope.add(scene.domain, 'dora', 'ready');
    await until('the one that was out of scope has arrived', () => scene.versionOf('dora') === 1);
    assert.equal(scene.domain.sent, sent);
  });

  it('waits for the first synchronization of objects and begins by itself after it', async () => {
    const scene = await sceneWith('alice');
    scene.scope.ready = false;
    const sync = await run(scene);
    await until('it is paused', () => scene.events.of(613).length === 1);
    await assert.rejects(sync.syncPasswords({ all: true, sendAll: false }), {
      code: 'ERR_CONNECT_PASSWORD_SYNC_NOT_RUNNING',
    });
    scene.scope.setReady(true);
    await until('the password has arrived', () => scene.versionOf('alice') === 1);
  });

  it('sends a waiting password as soon as object synchronization says so', async () => {
    const scene = await sceneWith('alice');
    const sync = await run(scene);
    await until('the first run is over', () => isWaiting(sync));
    scene.addUser('bob', 'NoTargetConnection');
    await until('it waits', () => scene.events.of(605).length === 1);
    scene.scope.add(scene.domain, 'bob', 'ready');
    await until('it has arrived', () => scene.versionOf('bob') === 1);
  });
});

describe('one user, one unit, or all, now', () => {
  it('sends the password of one user though it has not changed, and leaves the cursor alone', async () => {
    const { scene, sync } = await running();
    const before = scene.directory.spans.get(forest)?.to;
    const answer = await sync.syncPasswords({ user: 'alice' });
    assert.deepEqual(answer, {
      started: false,
      results: [{ dn: scene.domain.dn('alice'), status: 'Success', detail: null }],
    });
    assert.equal(scene.directory.batches.length, 1);
    assert.equal(scene.directory.spans.get(forest)?.to, before);
    scene.domain.setPassword('bob');
    await until('the stream goes on', () => scene.versionOf('bob') === 2);
  });

  it('sends those of a unit that the tenant does not have, or all of them', async () => {
    const { scene, sync } = await running();
    const ou = `OU=Staff,${scene.domain.baseDn}`;
    const [lost] = scene.directory.credentials.keys();
    scene.directory.credentials.delete(lost ?? '');
    const first = await sync.syncPasswords({ ou, sendAll: false });
    assert.deepEqual(
      first.results.map(({ status }) => status),
      ['Success', 'Success'],
    );
    assert.deepEqual(
      scene.directory.batches.flatMap(({ anchors }) => anchors),
      [lost],
    );
    await sync.syncPasswords({ ou, sendAll: true });
    assert.equal(scene.directory.batches.flatMap(({ anchors }) => anchors).length, 3);
  });

  it('says of each user what became of the password', async () => {
    const { scene, sync } = await running();
    scene.addUser('temporary', 'ready', { temporary: true });
    scene.addUser('keyless', 'ready', { noPassword: true });
    scene.addUser('disabled', 'notInScope');
    const statuses = [];
    for (const user of ['temporary', 'keyless', 'disabled', 'nobody']) {
      const { results } = await sync.syncPasswords({ user });
      statuses.push(...results.map(({ status }) => status));
    }
    assert.deepEqual(statuses, ['FilteredByTarget', 'Error', 'NoTargetConnection', 'SourceConnectorNotPresent']);
    assert.deepEqual(
      scene.events.of(664).map(({ dn }) => dn),
      [scene.domain.dn('keyless')],
    );
  });

  it('fails with what the channel fails with', async () => {
    const { scene, sync } = await running();
    scene.directory.failure = { error: new DirectoryError('unavailable'), call: 'sendCredentials' };
    await assert.rejects(sync.syncPasswords({ user: 'alice' }), { code: 'ERR_DIRECTORY_UNAVAILABLE' });
    assert.equal(scene.events.of(664).length, 1);
    assert.equal((await sync.syncPasswords({ user: 'alice' })).results[0]?.status, 'Success');
  });

  it('fails at once while the channel waits for somebody to act', async () => {
    const { scene, sync } = await running();
    scene.directory.onCall = () => {
      throw new DirectoryError('forbidden');
    };
    scene.domain.setPassword('bob');
    await until('it has failed', () => sync.states()[0]?.lastCycleStatus === 'Failed');
    await assert.rejects(sync.syncPasswords({ user: 'alice' }), { code: 'ERR_DIRECTORY_FORBIDDEN' });
    scene.directory.onCall = undefined;
    await until('it works again', () => scene.versionOf('bob') === 2 && isWaiting(sync));
    assert.equal((await sync.syncPasswords({ user: 'alice' })).results[0]?.status, 'Success');
  });

  it('begins a full run of all and tells how far it is', async () => {
    const { scene, sync } = await running();
    scene.events.written.length = 0;
    assert.deepEqual(await sync.syncPasswords({ all: true, sendAll: false }), { started: true, results: [] });
    assert.notEqual(sync.states()[0]?.full, null);
    await until('it is over', () => scene.events.of(623).length === 1);
    assert.equal(sync.states()[0]?.full, null);
  });
});

describe('faults', () => {
  it('tell a tenant with password hash sync turned off by code 90, and go on when it is on again', async () => {
    const scene = await Scene.make();
    scene.addUser('alice');
    scene.directory.settings.features.PasswordHashSync = false;
    await failureOf(scene);
    assert.deepEqual(
      scene.events.of(652).map(({ errorCode, server }) => [errorCode, server]),
      [[90, 'directory.contoso.test']],
    );
    const [result] = scene.events.of(657)[0]?.users ?? [];
    assert.equal(result?.result, 'Failed');
    scene.directory.settings.features.PasswordHashSync = true;
    await scene.cycle();
    assert.equal(scene.versionOf('alice'), 1);
  });

  it('tell a busy tenant by code 81, once in the log of each user', async () => {
    const scene = await Scene.make();
    scene.addUser('alice');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      scene.directory.failure = { error: new DirectoryError('unavailable'), call: 'sendCredentials' };
      await failureOf(scene);
    }
    assert.deepEqual(
      scene.events.of(652).map(({ errorCode }) => errorCode),
      [81, 81, 81],
    );
    const sync = await scene.cycle();
    const log = sync.readLog(forest, scene.domain.guid('alice'), 10);
    assert.deepEqual(
      log.map(({ status }) => status),
      ['Success', 'Error'],
    );
  });

  it('lose nothing when an acknowledgement is lost', async () => {
    const scene = await Scene.make();
    for (let index = 0; index < 60; index += 1) scene.addUser(`user${index}`);
    scene.directory.failure = { error: new TypeError('lost'), call: 'sendCredentials', after: true };
    await failureOf(scene);
    await scene.cycle();
    assert.equal(scene.directory.credentials.size, 60);
    assert.deepEqual(scene.events.of(623)[0]?.users, 60);
  });

  it('of a domain controller are told once by 611, and during a full run by 621', async () => {
    const scene = await Scene.make();
    scene.addUser('alice');
    let attempts = 0;
    scene.directory.onCall = (call) => {
      if (call !== 'findMissingCredentials' || attempts === 3) return;
      attempts += 1;
      throw dcUnreachable();
    };
    await run(scene);
    await until('it works', () => scene.versionOf('alice') === 1);
    assert.equal(attempts, 3);
    assert.equal(scene.events.of(611).length, 1);
    assert.equal(scene.events.of(621).length, 1);
  });

  it('of the preferred domain controller make another take over, and it comes back when it works again', async () => {
    const scene = await Scene.make();
    scene.config = scene.configWith({ domainControllers: [`dc1.${forest}`, `dc2.${forest}`] });
    scene.addUser('alice');
    scene.domain.down.add(`dc1.${forest}`);
    await run(scene);
    await until('it works', () => scene.versionOf('alice') === 1);
    assert.deepEqual(
      scene.events.of(616).map(({ domainController }) => domainController),
      [`dc1.${forest}`],
    );
    scene.domain.down.clear();
    scene.domain.hosts.length = 0;
    const { sent } = scene.domain;
    scene.now += 4 * 60_000;
    scene.domain.setPassword('alice');
    await until('the change has arrived', () => scene.versionOf('alice') === 2);
    assert.deepEqual(scene.domain.hosts, [`dc1.${forest}`]);
    assert.equal(scene.domain.sent - sent, 1);
  });
});
