import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { HOSTS, Lab } from '@causeway/lab';
import {
  baseDn,
  ca,
  configFile,
  database,
  dc,
  failures,
  forest,
  outcomeOf,
  passwordFile,
  stateDir,
  url,
  SetupScene,
  type Answer,
} from './support/setup-scene.ts';

const anotherCa = path.join(import.meta.dirname, '../../packages/connect/test/certificates/ca.pem');

describe('setting connect up on its host', { timeout: 420_000 }, () => {
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

  it('tests all, writes a configuration without a secret, and says how the directory gets to know the agent', async () => {
    const first = await scene.init();
    assert.deepEqual([first.exitCode, first.written, failures(first)], [1, true, ['directory.agent']]);
    const { nextStep = '' } = outcomeOf(first, 'directory.agent');
    assert.ok(nextStep.includes(`{ id: connect-1, role: connect, publicKey: "${first.agentPublicKey}" }`), nextStep);

    await scene.startDirectory(first.agentPublicKey);
    const second = await scene.answer(['connect', 'init', '--check']);
    assert.deepEqual([second.exitCode, second.written, failures(second)], [0, false, []]);
    assert.equal(outcomeOf(second, 'directory.key').kind, 'warning');
    assert.equal(outcomeOf(second, `replication.proof:${dc}`).kind, 'ok');

    scene.start('managed-dc1', ['domain', 'run']);
    await scene.until('the key is registered', async () => {
      const third = await scene.answer(['connect', 'init', '--check']);
      return outcomeOf(third, 'directory.key').kind === 'ok';
    });
    await scene.stop('managed-dc1');

    const { password } = scene.lab.serviceAccounts.sync;
    assert.deepEqual(scene.filesWith(password), []);
    assert.doesNotMatch(JSON.stringify([first, second]), new RegExp(password));
    assert.match(scene.lab.readFile('connect', passwordFile), /^causeway-secret:1:/);
    assert.match(scene.lab.readFile('connect', `${stateDir}/agent.key`), /^causeway-secret:1:/);
    await scene.startDirectory();
  });

  it('leaves a configuration that is there alone, unless it is told not to, and then keeps a copy', async () => {
    scene.lab.writeFile('connect', configFile, '# of my own\n', 0o600);
    const refused = await scene.answer(['connect', 'init', '--forest', forest, '--yes']);
    assert.deepEqual(
      [refused.exitCode, (JSON.parse(refused.stderr) as { code: string }).code],
      [2, 'ERR_CONFIG_EXISTS'],
    );
    assert.equal(scene.lab.readFile('connect', configFile), '# of my own\n');
    assert.equal((await scene.init()).written, true);
    const folder = scene.lab.folder('connect', '/etc/causeway');
    const copies = readdirSync(folder).filter((name) => /^connect\.yaml\.\d{8}T\d{6}Z$/.test(name));
    assert.deepEqual(
      copies.map((name) => readFileSync(path.join(folder, name), 'utf8')),
      ['# of my own\n'],
    );
    for (const name of copies) rmSync(path.join(folder, name));
  });

  it('takes answers from a file, and names those that are missing', async () => {
    const { name, password } = scene.lab.serviceAccounts.sync;
    const answers = {
      forest,
      account: name,
      tenant: 'contoso',
      publicKey: scene.tenantKey,
      directory: url,
      ca,
      directoryCa: ca,
    };
    scene.lab.writeFile('connect', '/tmp/answers.yaml', JSON.stringify(answers));
    const good = await scene.answer(['connect', 'init', '--answers', '/tmp/answers.yaml', '--yes'], `${password}\n`);
    assert.equal(good.written, true, good.stderr);
    scene.forget();
    const missing = await scene.answer(['connect', 'init', '--forest', forest, '--account', name, '--yes']);
    assert.equal(missing.exitCode, 2);
    assert.match(missing.stderr, /ERR_CONFIG_ANSWERS.*--tenant, --public-key, --directory/);
  });

  it('tries a wrong password once and says what to do', async () => {
    const { name } = scene.lab.serviceAccounts.enterpriseName;
    const badPasswords = async (): Promise<string | undefined> => {
      const command = ['ldbsearch', '-H', database, '-b', baseDn, `(sAMAccountName=${name})`, 'badPwdCount'];
      return /badPwdCount: (\d+)/.exec(await scene.onDc(command))?.[1];
    };
    // Without a lockout policy nobody counts.
    await scene.onDc(['samba-tool', 'domain', 'passwordsettings', 'set', '--account-lockout-threshold=10']);
    const answer = await scene.init({ account: name }, 'a wrong password');
    assert.equal(answer.exitCode, 1);
    assert.deepEqual(failures(answer).slice(0, 1), [`account.kerberos:${forest}`]);
    const { code, nextStep = '' } = outcomeOf(answer, `account.kerberos:${forest}`);
    assert.equal(code, 'ERR_CONNECT_ACCOUNT_REFUSED');
    assert.match(nextStep, /password/);
    assert.equal(outcomeOf(answer, `account.ldap:${dc}`).kind, 'skipped');
    assert.equal(answer.written, false);
    assert.equal(await badPasswords(), '1');
  });

  it('prints, for an account without rights, the commands that grant them; they do, one right by the other', async () => {
    const { name, password } = scene.lab.serviceAccounts.withoutRights;
    const init = async (): Promise<Answer> => scene.init({ account: name }, password);
    const one = `rights.get-changes:${forest}`;
    const all = `rights.get-changes-all:${forest}`;
    const proof = `replication.proof:${dc}`;

    const none = await init();
    assert.deepEqual(
      [one, all, proof].map((id) => outcomeOf(none, id).kind),
      ['failed', 'failed', 'failed'],
    );
    assert.equal(outcomeOf(none, proof).code, 'ERR_CONNECT_ACCESS_DENIED');
    assert.deepEqual([none.exitCode, none.written], [1, false]);
    const { nextStep = '' } = outcomeOf(none, one);
    assert.ok(nextStep.includes(`dsacls "${baseDn}" /G "CORP\\${name}:CA;Replicating Directory Changes"`), nextStep);
    const commands = nextStep.match(/samba-tool dsacl set .*/g) ?? [];
    assert.equal(commands.length, 2);

    await scene.onDc(['sh', '-c', commands[0] ?? '']);
    const half = await init();
    assert.deepEqual(
      [one, all, proof].map((id) => outcomeOf(half, id).kind),
      ['ok', 'failed', 'failed'],
    );

    await scene.onDc(['sh', '-c', commands[1] ?? '']);
    const both = await init();
    assert.deepEqual(
      [one, all, proof].map((id) => outcomeOf(both, id).kind),
      ['ok', 'ok', 'ok'],
    );
    assert.equal(both.written, true);
  });

  it('warns of an account that is an administrator', async () => {
    const { name, password } = scene.lab.administrators['corp-dc1'];
    const { kind, message = '' } = outcomeOf(
      await scene.init({ account: name }, password),
      `rights.too-wide:${forest}`,
    );
    assert.deepEqual(
      [kind, /Domain Admins.*Enterprise Admins.*Administrators/.test(message)],
      ['warning', true],
      message,
    );
  });

  it('finds a domain controller that has replication switched off (8456)', async () => {
    const settings = `CN=NTDS Settings,CN=CORP-DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,${baseDn}`;
    const setOptions = async (options: number): Promise<void> => {
      const input = `dn: ${settings}\nchangetype: modify\nreplace: options\noptions: ${options}\n`;
      const { exitCode, stderr } = await scene.lab.exec('corp-dc1', ['ldbmodify', '-H', database], { input });
      assert.equal(exitCode, 0, stderr);
    };
    await setOptions(5);
    try {
      const answer = await scene.init();
      const { kind, nextStep = '' } = outcomeOf(answer, `replication.enabled:${dc}`);
      assert.deepEqual([kind, /-DISABLE_OUTBOUND_REPL/.test(nextStep)], ['failed', true]);
      assert.match(outcomeOf(answer, `replication.proof:${dc}`).message ?? '', /8456/);
      assert.equal(answer.written, false);
    } finally {
      await setOptions(1);
    }
  });

  const faults: readonly (readonly [string, Record<string, string | undefined>, string, RegExp])[] = [
    [
      'a name that does not resolve',
      { dc: `nowhere.${forest}` },
      `dns.address:nowhere.${forest}`,
      /getent hosts nowhere/,
    ],
    [
      'a host where nothing listens',
      { dc: HOSTS.connect.fqdn },
      `network.ports:${HOSTS.connect.fqdn}`,
      /check that .* runs/,
    ],
    ['another authority of certificates', { ca: '/tmp/another-ca.pem' }, `certificate:${dc}`, /connectors\.ldap\.ca/],
    [
      'an account that does not exist',
      { account: 'svc-nobody' },
      `account.kerberos:${forest}`,
      /connectors\.account\.name/,
    ],
  ];
  for (const [what, changes, id, cure] of faults) {
    it(`names ${what}, with the cure, and writes nothing`, async () => {
      scene.lab.writeFile('connect', '/tmp/another-ca.pem', readFileSync(anotherCa));
      const answer = await scene.init(changes);
      assert.deepEqual([answer.exitCode, answer.written], [1, false]);
      assert.match(outcomeOf(answer, id).nextStep ?? '', cure);
    });
  }

  it('names a forest that DNS does not know', async () => {
    const { exitCode, stderr } = await scene.init({ forest: 'nowhere.test' });
    assert.equal(exitCode, 1);
    assert.match(stderr, /ERR_CONNECT_DC_NAME.*_ldap\._tcp\.dc\._msdcs\.nowhere\.test/);
  });

  it('writes the configuration all the same when only the directory does not answer', async () => {
    await scene.stop('cloud');
    const answer = await scene.init();
    assert.deepEqual([answer.exitCode, answer.written, failures(answer)], [1, true, ['directory.reach']]);
    assert.match(outcomeOf(answer, 'directory.reach').nextStep ?? '', /Start the directory/);
    await scene.startDirectory();
  });

  it('does not accept an agent in the role of another', async () => {
    const { agentPublicKey } = await scene.init();
    await scene.startDirectory(agentPublicKey, 'domain');
    const answer = await scene.answer(['connect', 'init', '--check']);
    assert.match(outcomeOf(answer, 'directory.agent').nextStep ?? '', /role: connect/);
    await scene.startDirectory();
  });
});
