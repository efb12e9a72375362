import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { FaultScene } from '../support/fault-scene.ts';

const tenantKey = '/var/lib/causeway/tenant.key';

/** Faults of the managed domain and of its key; `begun` gives the scene with everything in order. */
export function describeManagedDomainFaults(begun: () => Promise<FaultScene>): void {
  describe('faults of the managed domain and of its key', () => {
    let scene: FaultScene;

    before(async () => {
      scene = await begun();
    });

    test('a managed domain controller that is down: said once, and written to when it is back', async () => {
      scene.mark('domain');
      await scene.lab.stopDc('managed-dc1');
      let change;
      try {
        change = await scene.changePassword();
        const fault = await scene.fault('domain', 'ERR_DOMAIN_MANAGED_DC_UNAVAILABLE');
        assert.match(
          fault.message,
          /managed domain controller does not serve \/var\/lib\/samba\/private\/ldap_priv\/ldapi/,
        );
        assert.match(fault.nextStep, /start Samba on this host/);
        const status = await scene.deployment.until('the change waits', async () => {
          const answer = await scene.deployment.status();
          return answer !== undefined && answer.waitingForDomain > 0 ? answer : undefined;
        });
        assert.ok(status.waitingForDomain >= 1);
      } finally {
        await scene.lab.startDc('managed-dc1');
      }
      await scene.arrives(change);
      const recovery = scene.logged('domain').find(({ failures }) => failures !== undefined);
      assert.equal(recovery?.code, 'ERR_DOMAIN_MANAGED_DC_UNAVAILABLE');
      assert.ok(Number(recovery['failures']) > 1, 'it was tried again more than once');
      scene.assertLoggedOnce('domain');
      await scene.synchronized();
    });

    test("a pinned key that is not the managed domain's: nothing is sealed to it", async () => {
      const { deployment } = scene;
      const { tenant } = deployment.configs.connect as { tenant: { publicKey: string } };
      const { x = '' } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
      await deployment.stop('connect');
      const publicKey = Buffer.from(x, 'base64url').toString('base64');
      deployment.configure('connect', { tenant: { ...tenant, publicKey } });
      const refusal = await scene.runOnceRefusal();
      assert.equal(refusal.code, 'ERR_CONNECT_KEY_MISMATCH');
      assert.match(
        refusal.message,
        /pinned here for tenant contoso has the id [0-9a-f]{16}; .* registered [0-9a-f]{16}/,
      );
      assert.match(
        refusal.nextStep,
        /compare with the key .* write its public key to tenant\.publicKey and restart connect/,
      );

      scene.start('connect');
      await scene.fault('connect', 'ERR_CONNECT_KEY_MISMATCH');
      const change = await scene.changePassword();
      await scene.attempts('password hash sync of corp.contoso.test', 3);
      const faults = scene.faults('connect').map(({ process }) => process);
      assert.deepEqual(
        faults,
        ['password hash sync of corp.contoso.test'],
        'object sync goes on, and the fault is told once',
      );
      assert.equal(await scene.signsIn(change), false);
      await deployment.stop('connect');
      deployment.configure('connect', { tenant });
      scene.start('connect');
      await scene.arrives(change);
    });

    test("a private key on the managed domain controller's host that is not the registered one: refused, never replaced", async () => {
      const { deployment } = scene;
      const { d = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
      await deployment.stop('domain');
      const right = scene.lab.readFile('managed-dc1', tenantKey);
      let change;
      try {
        const other = `${Buffer.from(d, 'base64url').toString('base64')}\n`;
        scene.lab.writeFile('managed-dc1', tenantKey, other, 0o600);
        change = await scene.changePassword();
        const refusal = await scene.refusal('domain', ['domain', 'run']);
        assert.equal(refusal.exitCode, 1);
        assert.equal(refusal.code, 'ERR_DOMAIN_KEY_CONFLICT');
        assert.match(
          refusal.message,
          /directory knows the key [0-9a-f]{16} for this tenant, and this host has the key/,
        );
        assert.match(refusal.nextStep, /restore the private key of [0-9a-f]{16} to \/var\/lib\/causeway\/tenant\.key/);
        assert.equal(scene.lab.readFile('managed-dc1', tenantKey), other);
      } finally {
        scene.lab.writeFile('managed-dc1', tenantKey, right, 0o600);
      }
      scene.start('domain');
      await scene.arrives(change);
    });
  });
}
