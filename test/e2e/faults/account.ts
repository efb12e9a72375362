import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { DOMAINS } from '@causeway/lab';
import type { FaultScene } from '../support/fault-scene.ts';

const domain = DOMAINS['corp-dc1'];
const samDatabase = '/var/lib/samba/private/sam.ldb';
const passwordFile = '/etc/causeway/svc-causeway.password';

/** Faults of the service account; `begun` gives the scene with everything in order. */
export function describeAccountFaults(begun: () => Promise<FaultScene>): void {
  describe('faults of the service account', () => {
    let scene: FaultScene;

    before(async () => {
      scene = await begun();
    });

    test('a wrong password: refused by name, not tried again until its file is corrected, and then by itself', async () => {
      await scene.deployment.stop('connect');
      using wrong = scene.replaceFile('connect', passwordFile, () => 'not the password\n', 0o600);

      const refusal = await scene.runOnceRefusal();
      assert.equal(refusal.code, 'ERR_CONNECT_ACCOUNT_REFUSED');
      assert.match(refusal.message, /corp-dc1\.corp\.contoso\.test refuses .* svc-causeway: wrong name or password/);
      assert.match(refusal.nextStep, /write the account's present password to \/etc\/causeway\/svc-causeway\.password/);

      scene.start('connect');
      const fault = await scene.fault('connect', 'ERR_CONNECT_ACCOUNT_REFUSED');
      assert.equal(fault.nextStep, refusal.nextStep);
      const change = await scene.changePassword();
      wrong[Symbol.dispose]();
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
    });

    test('an account without the two replication rights: named with the rights; granting them is enough', async () => {
      const { name, password } = scene.lab.serviceAccounts.withoutRights;
      const file = '/etc/causeway/svc-norights.password';
      scene.lab.writeFile('connect', file, `${password}\n`, 0o600);
      const { account } = scene.deployment.connector();
      await scene.deployment.stop('connect');
      scene.deployment.configureConnector({ account: { name, passwordFile: file } });

      const refusal = await scene.runOnceRefusal();
      assert.equal(refusal.code, 'ERR_CONNECT_ACCESS_DENIED');
      assert.match(refusal.message, /corp-dc1\.corp\.contoso\.test does not let .* svc-norights read what has changed/);
      assert.match(refusal.nextStep, /"Replicating Directory Changes" and "Replicating Directory Changes All"/);

      scene.start('connect');
      await scene.fault('connect', 'ERR_CONNECT_ACCESS_DENIED');
      const change = await scene.changePassword();
      await scene.attempts('password hash sync of corp.contoso.test', 3);
      await using _ = await grant(
        scene,
        name,
        refusal.nextStep.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [],
      );
      await scene.arrives(change);
      scene.assertLoggedOnce('connect');
      await scene.deployment.stop('connect');
      scene.deployment.configureConnector({ account });
    });
  });
}

/** Grants an account control access rights on the root of the on-premises domain, until disposed of. */
async function grant(scene: FaultScene, account: string, rights: readonly string[]): Promise<AsyncDisposable> {
  const run = async (command: string[], input = ''): Promise<string> => {
    const { exitCode, stdout, stderr } = await scene.lab.exec('corp-dc1', command, { input });
    assert.equal(exitCode, 0, stderr);
    return stdout;
  };
  const search = ['ldbsearch', '-H', samDatabase, '-s', 'base', '-b'];
  const found = await run([...search, `CN=${account},CN=Users,${domain.baseDn}`, 'objectSid']);
  const sid = /^objectSid: (\S+)$/m.exec(found)?.[1] ?? '';
  const before = /^nTSecurityDescriptor::? .*(\n .*)*/m.exec(
    await run([...search, domain.baseDn, 'nTSecurityDescriptor']),
  );
  const sddl = rights.map((right) => `(OA;;CR;${right};;${sid})`).join('');
  await run(['samba-tool', 'dsacl', 'set', '-H', samDatabase, `--objectdn=${domain.baseDn}`, `--sddl=${sddl}`]);
  return {
    [Symbol.asyncDispose]: async () => {
      const change = `dn: ${domain.baseDn}\nchangetype: modify\nreplace: nTSecurityDescriptor\n${before?.[0] ?? ''}\n`;
      await run(['ldbmodify', '-H', samDatabase], change);
    },
  };
}
