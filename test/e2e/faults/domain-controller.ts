import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addressOf, type CertificateRequest } from '@causeway/lab';
import type { FaultScene, PasswordChange } from '../support/fault-scene.ts';

const dc = 'corp-dc1.corp.contoso.test';

/** Faults between connect and the domain controller; `begun` gives the scene with everything in order. */
export function describeDomainControllerFaults(begun: () => Promise<FaultScene>): void {
  describe('faults between connect and the domain controller', () => {
    let scene: FaultScene;

    let ownName: Disposable;

    before(async () => {
      scene = await begun();
      // As in a forest with more than one DNS server: a domain controller that is down still has a name.
      const line = `${addressOf('corp-dc1', 'on-premises') ?? ''} ${dc}`;
      ownName = scene.replaceFile('connect', '/etc/hosts', (text) => `${line}\n${text}`);
    });
    after(() => {
      ownName[Symbol.dispose]();
    });

    test('names that do not resolve: first that of the directory, then that of the domain controller', async () => {
      await scene.deployment.stop('connect');
      using noDc = scene.replaceFile('connect', '/etc/hosts', (text) => text.replace(/^.*corp-dc1.*$/m, ''));
      using noCloud = scene.replaceFile('connect', '/etc/hosts', (text) => text.replace(/^.*cloud.*$/m, ''));
      // Nobody answers DNS queries there.
      using noDns = scene.replaceFile('connect', '/etc/resolv.conf', () => 'nameserver 127.0.0.1\n');
      const refusal = await scene.runOnceRefusal();
      assert.equal(refusal.code, 'ERR_DIRECTORY_NAME');
      assert.match(refusal.message, /https:\/\/cloud\.internet\.test:8443 cannot be found: its name does not resolve/);
      assert.match(refusal.nextStep, /spelling of the URL and the DNS servers/);

      scene.start('connect');
      await scene.fault('connect', 'ERR_DIRECTORY_NAME');
      const change = await scene.changePassword();
      await scene.attempts('password hash sync of corp.contoso.test', 2);
      noCloud[Symbol.dispose]();
      const fault = await scene.fault('connect', 'ERR_CONNECT_DC_NAME');
      assert.match(fault.message, /corp-dc1\.corp\.contoso\.test does not resolve/);
      assert.match(
        fault.nextStep,
        /connectors\.domains\.domainControllers.*getent hosts corp-dc1\.corp\.contoso\.test/,
      );
      noDns[Symbol.dispose]();
      noDc[Symbol.dispose]();
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });

    test('a domain controller that is down: said once, and tried again until it is back', async () => {
      scene.mark('connect');
      await scene.lab.stopDc('corp-dc1');
      try {
        await scene.fault('connect', 'ERR_CONNECT_DC_UNREACHABLE');
        const refusal = await scene.runOnceRefusal();
        assert.equal(refusal.code, 'ERR_CONNECT_DC_UNREACHABLE');
        assert.match(refusal.message, /corp-dc1\.corp\.contoso\.test port 389 refuses connections/);
        assert.match(refusal.nextStep, /check that Active Directory Domain Services \(or samba\) runs on corp-dc1/);
        await scene.attempts('object sync', 3);
      } finally {
        await scene.lab.startDc('corp-dc1');
      }
      await scene.arrives(await scene.changePassword());
      scene.assertLoggedOnce('connect');
    });

    test('a domain controller that cannot be reached: what changes there meanwhile arrives afterwards', async () => {
      await scene.deployment.stop('connect');
      await scene.lab.disconnect('corp-dc1', 'on-premises');
      let change: PasswordChange;
      try {
        // Otherwise the host believes for some more seconds that it knows the way.
        await scene.lab.exec('connect', ['ip', 'neigh', 'flush', 'all']);
        scene.start('connect');
        change = await scene.changePassword();
        const fault = await scene.fault('connect', 'ERR_CONNECT_DC_UNREACHABLE');
        assert.match(fault.message, /corp-dc1\.corp\.contoso\.test port 389 does not answer/);
        assert.match(fault.nextStep, /check that corp-dc1\.corp\.contoso\.test runs and that this host may reach it/);
      } finally {
        await scene.lab.reconnect('corp-dc1', 'on-premises');
      }
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });

    test("a domain controller's certificate that has expired, is not valid yet, or is for another name", async () => {
      const { lab, deployment } = scene;
      const serveWith = async (certificate: CertificateRequest): Promise<void> => {
        await lab.replaceCertificate('corp-dc1', certificate);
        await lab.stopDc('corp-dc1');
        await lab.startDc('corp-dc1');
      };
      await deployment.stop('connect');
      let change: PasswordChange;
      try {
        await serveWith({ host: 'corp-dc1', expired: true });
        const expired = await scene.runOnceRefusal();
        assert.equal(expired.code, 'ERR_CONNECT_DC_CERTIFICATE');
        assert.match(expired.message, /certificate of the domain controller corp-dc1\.corp\.contoso\.test has expired/);
        assert.match(expired.nextStep, /renew the certificate on corp-dc1\.corp\.contoso\.test/);

        // What a host sees whose clock is a day behind.
        await serveWith({ host: 'corp-dc1', notYetValid: true });
        const tooEarly = await scene.runOnceRefusal();
        assert.equal(tooEarly.code, 'ERR_CONNECT_DC_CERTIFICATE');
        assert.match(tooEarly.message, /corp-dc1\.corp\.contoso\.test is not valid yet by this host's clock, \d{4}-/);
        assert.match(tooEarly.nextStep, /set the clocks of this host and of corp-dc1\.corp\.contoso\.test/);

        await serveWith({ dnsNames: ['other-dc.corp.contoso.test'] });
        scene.start('connect');
        const otherName = await scene.fault('connect', 'ERR_CONNECT_DC_CERTIFICATE');
        assert.match(otherName.message, /not issued for the name corp-dc1\.corp\.contoso\.test/);
        assert.match(
          otherName.nextStep,
          /set connectors\.domains\.domainControllers to a name that the certificate holds/,
        );
        change = await scene.changePassword();
        await scene.attempts('password hash sync of corp.contoso.test', 2);
      } finally {
        await serveWith({ host: 'corp-dc1' });
      }
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });
  });
}
