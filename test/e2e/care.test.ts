import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Chain } from '@causeway/control';
import { Lab } from '@causeway/lab';
import {
  database,
  dc,
  failures,
  forest,
  outcomeOf,
  passwordFile,
  stateDir,
  SetupScene,
  type Answer,
} from './support/setup-scene.ts';

describe('looking after connect on its host', { timeout: 420_000 }, () => {
  let scene: SetupScene;
  before(async () => {
    scene = await SetupScene.begin(Lab.attach(process.env['CAUSEWAY_TEST_LAB']));
    await scene.startDirectory();
  });
  after(async () => {
    await scene.end();
  });
  beforeEach(() => {
    scene.forget();
  });

  describe('the secrets on its disk', () => {
    it('are sealed where an administrator wrote them in clear, at their first use', async () => {
      const { password } = scene.lab.serviceAccounts.sync;
      await scene.init();
      scene.lab.writeFile('connect', passwordFile, `${password}\n`, 0o600);
      assert.equal(scene.filesWith(password).length, 1);
      assert.equal(await scene.checkSecrets(), 1);
      const answer = await scene.answer(['connect', 'init', '--check']);
      assert.equal(outcomeOf(answer, `account.ldap:${dc}`).kind, 'ok');
      assert.deepEqual(scene.filesWith(password), []);
      assert.equal(await scene.checkSecrets(), 0);
    });

    it('are set by a command that shows nothing', async () => {
      const { password } = scene.lab.serviceAccounts.sync;
      await scene.init();
      const wrong = 'not the password';
      const set = await scene.causeway(['connect', 'secret', 'set', forest], `${wrong}\n`);
      assert.equal(set.exitCode, 0, set.stderr);
      assert.doesNotMatch(set.stdout + set.stderr, new RegExp(wrong));
      assert.deepEqual(scene.filesWith(wrong), []);
      await scene.causeway(['connect', 'secret', 'set', passwordFile], `${password}\n`);
      const answer = await scene.answer(['connect', 'init', '--check']);
      assert.equal(outcomeOf(answer, `account.ldap:${dc}`).kind, 'ok');
      assert.deepEqual(scene.filesWith(password), []);
    });

    it('do not open without the key of the machine', async () => {
      await scene.init();
      rmSync(scene.lab.folder('connect', `${stateDir}/secret.key`));
      const { exitCode, stdout } = await scene.causeway(['connect', 'secret', 'check']);
      assert.equal(exitCode, 1);
      assert.match(stdout, /does not open with this machine's key/);
    });
  });

  it('explains one user in the first line, before anything was synchronized and while the agent does not run', async () => {
    const { agentPublicKey } = await scene.init();
    await scene.startDirectory(agentPublicKey);
    const { exitCode, stdout } = await scene.causeway(['explain', scene.lab.users[0]?.accountName ?? '']);
    assert.equal(exitCode, 1);
    assert.match(stdout.split('\n')[0] ?? '', /^✖ .*the tenant has no user/);
    assert.match(stdout, /✔ domain controller .* at corp-dc1/);
    assert.match(stdout, /connector space .* not asked: /);
    const unknown = await scene.causeway(['explain', 'nobody-at-all']);
    assert.match(unknown.stdout.split('\n')[0] ?? '', /no domain controller that is read has a user nobody-at-all/);
  });

  describe('the diagnosis', () => {
    const diagnose = async (
      ...args: string[]
    ): Promise<Answer & { chain: { usable: boolean; reason: string } | null }> =>
      (await scene.answer(['diagnose', 'passwordsync', ...args])) as Awaited<ReturnType<typeof diagnose>>;

    it('does without the agent, says so, and goes on', async () => {
      const { agentPublicKey } = await scene.init();
      await scene.startDirectory(agentPublicKey);
      const answer = await diagnose('--user', scene.lab.users[0]?.accountName ?? '');
      assert.equal(answer.exitCode, 1);
      assert.deepEqual(failures(answer), ['agent.runs']);
      assert.equal(outcomeOf(answer, 'agent.runs').code, 'ERR_CONTROL_UNREACHABLE');
      assert.equal(outcomeOf(answer, 'tenant.feature').kind, 'ok');
      assert.equal(outcomeOf(answer, `replication.proof:${dc}`).kind, 'ok');
      assert.equal(answer.chain?.usable, false);
      assert.match(answer.chain?.reason ?? '', /the tenant has no user/);
    });

    it('asks the agent where it runs, which seals what is in clear when it starts; a user is explained to the end', async () => {
      const { agentPublicKey } = await scene.init();
      await scene.startDirectory(agentPublicKey);
      const { password } = scene.lab.serviceAccounts.sync;
      scene.lab.writeFile('connect', passwordFile, `${password}\n`, 0o600);
      scene.start('managed-dc1', ['domain', 'run']);
      scene.start('connect', ['connect', 'run']);
      const [good, temporary] = scene.lab.users;
      assert.ok(good && temporary);
      const explain = async (user: string): Promise<Chain> =>
        JSON.parse((await scene.causeway(['explain', user, '--json'])).stdout) as Chain;
      await scene.until('the password is usable', async () => (await explain(good.accountName)).usable);
      assert.deepEqual(scene.filesWith(password), []);

      const chain = await explain(good.dn);
      assert.deepEqual(
        chain.stages.map(({ stage, ok }) => [stage, ok]),
        [
          ['domain controller', true],
          ['connector space', true],
          ['metaverse', true],
          ['tenant connector space', true],
          ['password hash sync', true],
          ['directory', true],
          ['managed domain', true],
        ],
      );
      for (const name of ['domain controller', 'password hash sync', 'directory', 'managed domain']) {
        assert.ok(chain.stages.find(({ stage }) => stage === name)?.at, `${name} has its time`);
      }

      const input = `dn:: ${Buffer.from(temporary.dn).toString('base64')}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 0\n`;
      await scene.lab.exec('corp-dc1', ['ldbmodify', '-H', database], { input });
      await scene.until('the temporary password is held back', async () => {
        const { reason, nextStep } = await explain(temporary.accountName);
        return /FilteredByTarget/.test(reason) && /ForcePasswordChangeOnLogOn/.test(nextStep ?? '');
      });

      const answer = await diagnose('--user', good.accountName);
      assert.deepEqual([answer.exitCode, failures(answer), answer.chain?.usable], [0, [], true]);
      assert.equal(outcomeOf(answer, `channel.heartbeat:${forest}`).kind, 'ok');
      assert.equal(outcomeOf(answer, `channel.cycle:${forest}`).kind, 'ok');
      await scene.stop('connect');
      await scene.stop('managed-dc1');
    });

    it('knows no connector of another case', async () => {
      await scene.init();
      const { exitCode, stderr } = await diagnose('--connector', forest.toUpperCase());
      assert.equal(exitCode, 2);
      assert.match(stderr, /ERR_CONFIG_CONNECTOR.*case counts/);
    });
  });
});
