import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addressOf } from '@causeway/lab';
import type { FaultScene, Relay } from '../support/fault-scene.ts';

const firstDynamicPort = 49_152;

/** Replies that are damaged on their way to connect; `begun` gives the scene with everything in order. */
export function describeDamagedReplies(begun: () => Promise<FaultScene>): void {
  describe('replies that are damaged on their way to connect', () => {
    let scene: FaultScene;
    const undo = new DisposableStack();
    let toDc: Relay;
    let toDirectory: Relay;

    before(async () => {
      scene = await begun();
      await scene.deployment.stop('connect');
      // The relays are on connect's own host, under addresses that its hosts file gives to the other two.
      const names = '127.0.0.2 corp-dc1.corp.contoso.test\n127.0.0.3 cloud.internet.test\n';
      undo.use(scene.replaceFile('connect', '/etc/hosts', (text) => names + text));
      const ports = [88, 135, 389, ...(await dynamicPorts(scene))];
      toDc = undo.use(await scene.startRelay('127.0.0.2', addressOf('corp-dc1', 'on-premises') ?? '', ports));
      toDirectory = undo.use(await scene.startRelay('127.0.0.3', addressOf('cloud', 'internet') ?? '', [8443]));
      scene.start('connect');
      await scene.arrives(await scene.changePassword());
    });
    after(() => {
      undo.dispose();
    });

    test('a bit flipped in the credentials that the domain controller sends: nothing of it is used', async () => {
      scene.mark('connect');
      await toDc.order('flip 0 600');
      const change = await scene.changePassword();
      const fault = await scene.fault('connect', 'ERR_CONNECT_DAMAGED_REPLY');
      assert.match(fault.message, /corp-dc1\.corp\.contoso\.test:\d+ was damaged or altered on the way: the signature/);
      assert.match(fault.nextStep, /connect reads it again .* look for a device that alters traffic .* corp-dc1/);
      await scene.attempts('password hash sync of corp.contoso.test', 3);
      assert.equal(await scene.signsIn(change), false);
      await toDc.order('pass');
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });

    test('the connection cut in the middle of the credentials: all of them are read again', async () => {
      scene.mark('connect');
      await toDc.order('cut 0 600');
      const changes = [await scene.changePassword(), await scene.changePassword()];
      const fault = await scene.fault('connect', 'ERR_CONNECT_DC_UNREACHABLE');
      assert.match(fault.message, /corp-dc1\.corp\.contoso\.test:\d+ closed the connection before it had answered/);
      assert.match(fault.nextStep, /none if corp-dc1\.corp\.contoso\.test was restarted: connect reads on/);
      await scene.attempts('password hash sync of corp.contoso.test', 2);
      await toDc.order('pass');
      for (const change of changes) await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });

    test('a bit flipped in what the domain controller says over LDAP: TLS ends the connection', async () => {
      scene.mark('connect');
      await toDc.order('flip 389 100');
      const change = await scene.changePassword();
      const fault = await scene.fault('connect', 'ERR_CONNECT_DC_TLS');
      assert.match(
        fault.message,
        /TLS with the domain controller corp-dc1\.corp\.contoso\.test broke: .*bad record mac/,
      );
      assert.match(fault.nextStep, /TLS 1\.2 or 1\.3; .* look for a device that alters traffic/);
      await scene.attempts('object sync', 2);
      await toDc.order('pass');
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });

    test('a bit flipped in the acknowledgement of the directory: connect sends again what it does not know', async () => {
      scene.mark('connect');
      await toDirectory.order('flip 8443 100');
      const change = await scene.changePassword();
      const lost = await scene.fault('connect', 'ERR_DIRECTORY_CONNECTION_LOST');
      assert.match(lost.message, /cloud\.internet\.test:8443 closed the connection before it had answered/);
      const fault = await scene.fault('connect', 'ERR_DIRECTORY_TLS');
      assert.match(fault.message, /cloud\.internet\.test:8443 does not complete a TLS handshake/);
      assert.match(fault.nextStep, /look for a device that alters traffic on the way/);
      await toDirectory.order('pass');
      await scene.arrives(change);
      await scene.worksAgain('password hash sync of corp.contoso.test');
      scene.assertLoggedOnce('connect');
    });
  });
}

/** The ports on which the domain controller serves MS-RPC. */
async function dynamicPorts(scene: FaultScene): Promise<number[]> {
  const { stdout } = await scene.lab.exec('corp-dc1', ['cat', '/proc/net/tcp']);
  const listening = stdout.matchAll(/^ *\d+: [0-9A-F]{8}:([0-9A-F]{4}) [0-9A-F:]+ 0A /gm);
  const ports = [...listening].map(([, port = '']) => Number.parseInt(port, 16));
  return [...new Set(ports)].filter((port) => port >= firstDynamicPort);
}
