import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { CertificateRequest } from '@causeway/lab';
import type { FaultScene, PasswordChange } from '../support/fault-scene.ts';

const agents = ['connect', 'domain'] as const;

/** Faults of the directory, as its agents meet them; `begun` gives the scene with everything in order. */
export function describeDirectoryFaults(begun: () => Promise<FaultScene>): void {
  describe('faults of the directory, as its agents meet them', () => {
    let scene: FaultScene;

    before(async () => {
      scene = await begun();
    });

    test('a directory that is down: each agent says so once, and delivers when it is back', async () => {
      for (const agent of agents) scene.mark(agent);
      await scene.deployment.stop('directory', 'SIGKILL');
      const change = await scene.changePassword();
      for (const agent of agents) {
        const fault = await scene.fault(agent, 'ERR_DIRECTORY_REFUSED');
        assert.match(fault.message, /https:\/\/cloud\.internet\.test:8443 refuses connections/);
        assert.match(fault.nextStep, /Start the directory/);
      }
      const refusal = await scene.runOnceRefusal();
      assert.equal(refusal.code, 'ERR_DIRECTORY_REFUSED');
      const status = await scene.refusal('connect', ['status']);
      assert.deepEqual(
        { code: status.code, exitCode: status.exitCode },
        { code: 'ERR_DIRECTORY_REFUSED', exitCode: 1 },
      );
      await scene.attempts('password hash sync of corp.contoso.test', 3);
      await scene.startDirectory();
      await scene.arrives(change);
      for (const agent of agents) scene.assertLoggedOnce(agent);
    });

    test("a directory's certificate that has expired, is not valid yet, or is for another name", async () => {
      const { deployment, lab } = scene;
      const serveWith = async (certificate: CertificateRequest): Promise<void> => {
        await deployment.stop('directory');
        await lab.replaceCertificate('cloud', certificate);
        await scene.startDirectory();
      };
      for (const agent of agents) scene.mark(agent);
      let change: PasswordChange;
      try {
        await serveWith({ host: 'cloud', expired: true });
        change = await scene.changePassword();
        for (const agent of agents) {
          const fault = await scene.fault(agent, 'ERR_DIRECTORY_CERTIFICATE_EXPIRED');
          assert.match(fault.message, /cloud\.internet\.test:8443 presents a certificate that has expired/);
          assert.match(fault.nextStep, /Renew the directory's certificate; .* the clock of this host/);
        }
        for (const agent of agents) await deployment.stop(agent);
        // What hosts see whose clocks are a day behind.
        await serveWith({ host: 'cloud', notYetValid: true });
        const tooEarly = await scene.runOnceRefusal();
        assert.equal(tooEarly.code, 'ERR_DIRECTORY_CERTIFICATE_NOT_YET_VALID');
        assert.match(tooEarly.message, /cloud\.internet\.test:8443 presents a certificate that is not valid yet/);
        assert.match(tooEarly.nextStep, /Set the clock of this host/);

        await serveWith({ dnsNames: ['other.internet.test'] });
        for (const agent of agents) scene.start(agent);
        for (const agent of agents) {
          const fault = await scene.fault(agent, 'ERR_DIRECTORY_CERTIFICATE_NAME');
          assert.match(fault.message, /presents a certificate for another name .*other\.internet\.test/);
          assert.match(fault.nextStep, /Use a URL with a name in the certificate/);
        }
      } finally {
        await serveWith({ host: 'cloud' });
      }
      await scene.arrives(change);
      for (const agent of agents) scene.assertLoggedOnce(agent);
    });

    test("a full disk under the directory's database: nothing is accepted by halves, and all once there is room", async () => {
      const { deployment } = scene;
      const { database } = deployment.configs.directory as { database: string };
      const onCloud = async (command: string): Promise<void> => {
        const { exitCode, stderr } = await scene.lab.exec('cloud', ['sh', '-ec', command]);
        assert.equal(exitCode, 0, stderr);
      };
      const disk = '/var/lib/causeway-small-disk';
      const smallDatabase = `${disk}/directory.sqlite`;
      await deployment.stop('directory');
      await onCloud(
        `mkdir -p ${disk}; mount -t tmpfs -o size=8m,mode=700 tmpfs ${disk}; cp ${database} ${smallDatabase}`,
      );
      try {
        deployment.configure('directory', { database: smallDatabase });
        await scene.startDirectory();
        await scene.synchronized();
        for (const agent of agents) scene.mark(agent);
        await onCloud(`cat /dev/zero > ${disk}/filling 2>/dev/null || true`);
        const change = await scene.changePassword();
        const fault = await scene.fault('connect', 'ERR_DIRECTORY_STORAGE_FULL');
        assert.match(
          fault.message,
          /https:\/\/cloud\.internet\.test:8443 refused .* \/var\/lib\/causeway-small-disk on its host, is full/,
        );
        assert.match(fault.nextStep, /Free space on that disk; the directory accepts again by itself/);
        await scene.attempts('password hash sync of corp.contoso.test', 3);
        assert.equal(await scene.signsIn(change), false);
        await onCloud(`rm ${disk}/filling`);
        await scene.arrives(change);
        for (const agent of agents) scene.assertLoggedOnce(agent);
      } finally {
        await deployment.stop('directory');
        await onCloud(`cp ${smallDatabase} ${database}; umount ${disk}; rmdir ${disk}`);
        deployment.configure('directory', { database });
        await scene.startDirectory();
      }
    });

    test("a clock on connect's host that is ten minutes ahead: the directory names the clock, and is right once it is", async () => {
      const { deployment, lab } = scene;
      const shift = '/run/clock-shift';
      const env = {
        NODE_OPTIONS: `--import=${new URL('../support/shifted-clock.ts', import.meta.url).href}`,
        CAUSEWAY_CLOCK_SHIFT: shift,
      };
      await deployment.stop('connect');
      lab.writeFile('connect', shift, String(600_000));
      const refusal = await scene.runOnceRefusal(env);
      assert.equal(refusal.code, 'ERR_DIRECTORY_CLOCK_SKEW');
      assert.match(refusal.message, /signed (599|60\d) s after the directory's time, which is \d{4}-/);
      assert.match(refusal.nextStep, /Set the clocks of both hosts by NTP/);
      scene.mark('directory');
      scene.start('connect', env);
      await scene.fault('connect', 'ERR_DIRECTORY_CLOCK_SKEW');
      const change = await scene.changePassword();
      await scene.attempts('password hash sync of corp.contoso.test', 3);
      const answers = scene.logged('directory').filter(({ code }) => code === 'clock_skew');
      assert.ok(answers.length >= 3 && answers.every(({ status }) => status === 401));
      scene.assertLoggedOnce('connect');

      // Almost right: the directory takes it, and the domain controller's own clock tells how much is missing.
      lab.writeFile('connect', shift, String(-200_000));
      await scene.arrives(change);
      const warning = await scene.fault('connect', 'ERR_CONNECT_CLOCK_SKEW');
      assert.match(warning.message, /corp-dc1\.corp\.contoso\.test is (199|20\d) s ahead of this host's/);
      assert.match(warning.nextStep, /by the same time server/);
      lab.writeFile('connect', shift, '0');
      await scene.arrives(await scene.changePassword());
      await deployment.stop('connect');
      deployment.start('connect');
    });
  });
}
