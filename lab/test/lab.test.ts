import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DOMAINS, HOSTS, Lab, LabError, STAFF_DN } from '@causeway/lab';
import type { HostName, LabAccount, LabUser } from '@causeway/lab';
import { partsOf, tracesOf } from './traces.ts';

const STATE = '/var/lib/causeway-lab-test';
process.env['CAUSEWAY_LAB_STATE'] = STATE;

const USERS = 250;
const CORP_DC = '10.10.0.10';
const MANAGED_DC = '10.20.0.10';
const CORP_REALM = DOMAINS['corp-dc1'].realm;

let lab: Lab;

/** Whether a TCP connection comes about within a second. */
async function reaches(host: HostName, address: string, port: number): Promise<boolean> {
  const command = ['timeout', '1', 'bash', '-c', 'exec 3<>"/dev/tcp/$1/$2"', 'bash', address, String(port)];
  return (await lab.exec(host, command)).exitCode === 0;
}

/** Asserts that none of the ways between the two sides leads anywhere. */
async function noWay(): Promise<void> {
  const attempts = [
    reaches('corp-dc1', MANAGED_DC, 389),
    reaches('corp-dc1', '192.0.2.40', 389),
    reaches('managed-dc1', CORP_DC, 389),
    reaches('vm1', CORP_DC, 389),
  ];
  assert.deepEqual(await Promise.all(attempts), [false, false, false, false]);
}

async function signsIn(user: Pick<LabUser, 'accountName'>, password: string | undefined): Promise<boolean> {
  assert.ok(password !== undefined);
  const command = ['kinit', `${user.accountName}@${CORP_REALM}`];
  const { exitCode } = await lab.exec('connect', command, { input: `${password}\n`, env: { KRB5CCNAME: 'MEMORY:' } });
  return exitCode === 0;
}

function userAt(index: number): LabUser {
  const user = lab.users[index];
  assert.ok(user !== undefined);
  return user;
}

function runCommand(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const main = join(import.meta.dirname, '../src/main.ts');
  return spawnSync(process.execPath, [main, ...args], { input, encoding: 'utf8', env: process.env });
}

before(async () => {
  lab = await Lab.up({ name: 'first', users: USERS });
});

after(async () => {
  await Lab.remove('first');
  await Lab.remove('second');
});

describe('networks', () => {
  test('hosts reach each other within a network', async () => {
    assert.equal(await reaches('connect', CORP_DC, 389), true);
    assert.equal(await reaches('vm1', MANAGED_DC, 389), true);
    const server = lab.spawn('cloud', [
      'node',
      '-e',
      'require("node:net").createServer((s) => s.end()).listen(8443, () => console.log("listening"))',
    ]);
    assert.ok(server.stdout);
    await once(server.stdout, 'data');
    assert.equal(await reaches('connect', '192.0.2.30', 8443), true);
    assert.equal(await reaches('managed-dc1', '192.0.2.30', 8443), true);
    assert.equal(await reaches('vm1', '192.0.2.30', 8443), false);
    server.kill();
    await once(server, 'exit');
    assert.equal(await reaches('connect', '192.0.2.30', 8443), false);
  });

  test('there is no way between corp-dc1 and the managed network, not even when somebody adds the routes', async () => {
    await noWay();
    const routes: [HostName, string][] = [
      ['corp-dc1', '10.20.0.0/24 via 10.10.0.20'],
      ['corp-dc1', '192.0.2.0/24 via 10.10.0.20'],
      ['connect', '10.20.0.0/24 via 192.0.2.40'],
      ['managed-dc1', '10.10.0.0/24 via 192.0.2.20'],
      ['vm1', '10.10.0.0/24 via 10.20.0.10'],
    ];
    for (const change of ['add', 'del']) {
      for (const [host, route] of routes) {
        const { exitCode, stderr } = await lab.exec(host, ['ip', 'route', change, ...route.split(' ')]);
        assert.equal(exitCode, 0, stderr);
      }
      await noWay();
    }
  });

  test('managed-dc1 serves nothing on its interface in the internet', async () => {
    for (const port of [53, 88, 135, 389, 445, 636]) assert.equal(await reaches('connect', '192.0.2.40', port), false);
  });

  test('a cable can be pulled out and plugged in again', async () => {
    await lab.disconnect('connect', 'on-premises');
    assert.equal(await reaches('connect', CORP_DC, 389), false);
    await lab.reconnect('connect', 'on-premises');
    assert.equal(await reaches('connect', CORP_DC, 389), true);
  });

  test('a capture has the packets of its host', async () => {
    const file = join(STATE, 'first', 'capture.pcap');
    const capture = await lab.capture('connect', file);
    assert.equal(await reaches('connect', CORP_DC, 389), true);
    await capture.stop();
    assert.ok(statSync(file).size > 24 + 3 * 60, 'the file has more than its header and a handshake');
  });
});

describe('domains', () => {
  test('users sign in with passwords of every kind, and with no other', async () => {
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7, 199]) {
      assert.equal(await signsIn(userAt(index), userAt(index).password), true, userAt(index).accountName);
    }
    assert.equal(await signsIn(userAt(0), userAt(1).password), false);
    assert.equal(userAt(200).password, undefined);
  });

  test('all users and their groups are there, non-ASCII names unchanged', async () => {
    const search = async (filter: string, attribute: string): Promise<string> => {
      const login: LabAccount = lab.serviceAccounts.withoutRights;
      lab.writeFile('connect', '/tmp/password', login.password, 0o600);
      const bind = ['-D', `${login.name}@${DOMAINS['corp-dc1'].dnsName}`, '-y', '/tmp/password'];
      const query = ['-b', STAFF_DN, '-o', 'ldif-wrap=no', '-E', 'pr=1000/noprompt', filter, attribute];
      const command = ['ldapsearch', '-LLL', '-x', '-H', `ldaps://${HOSTS['corp-dc1'].fqdn}`, ...bind, ...query];
      const { exitCode, stdout, stderr } = await lab.exec('connect', command);
      assert.equal(exitCode, 0, stderr);
      return stdout;
    };
    const names = (await search('(objectClass=user)', 'sAMAccountName')).split('\n').flatMap((line) => {
      const [, colons, value = ''] = /^sAMAccountName(::?) (.*)$/.exec(line) ?? [];
      return colons === undefined ? [] : [colons === '::' ? Buffer.from(value, 'base64').toString('utf8') : value];
    });
    assert.deepEqual(names.sort(), lab.users.map((user) => user.accountName).sort());
    const staff = await search('(cn=Contoso Staff Group)', 'member');
    assert.equal(staff.match(/^member::? /gm)?.length, 6);
  });

  test('svc-causeway may replicate password hashes, svc-norights may not', async () => {
    const replicate = async ({ name, password }: LabAccount): Promise<number> => {
      lab.writeFile('connect', '/tmp/login', `username=${name}\npassword=${password}\ndomain=CORP\n`, 0o600);
      const binding = `ncacn_ip_tcp:${HOSTS['corp-dc1'].fqdn}[seal]`;
      const query = `dsgetncchanges ${DOMAINS['corp-dc1'].baseDn}`;
      return (await lab.exec('connect', ['rpcclient', binding, '-A', '/tmp/login', '-c', query])).exitCode;
    };
    assert.equal(await replicate(lab.serviceAccounts.sync), 0);
    assert.equal(await replicate(lab.serviceAccounts.withoutRights), 1);
  });

  test('vm1 gets a ticket from the managed domain, and verifies its certificate', async () => {
    const { name, password } = lab.administrators['managed-dc1'];
    const kinit = await lab.exec('vm1', ['kinit', name], { input: `${password}\n` });
    assert.equal(kinit.exitCode, 0, kinit.stderr);
    const search = async (host: string): Promise<number> =>
      (await lab.exec('vm1', ['ldapsearch', '-x', '-ZZ', '-H', `ldap://${host}`, '-s', 'base', '-b', ''])).exitCode;
    assert.equal(await search('managed-dc1.aadds.contoso.test'), 0);
    await lab.replaceCertificate('managed-dc1', { host: 'managed-dc1', expired: true });
    await lab.stopDc('managed-dc1');
    await lab.startDc('managed-dc1');
    assert.notEqual(await search('managed-dc1.aadds.contoso.test'), 0);
    await lab.replaceCertificate('managed-dc1', { host: 'managed-dc1' });
    await lab.stopDc('managed-dc1');
    await lab.startDc('managed-dc1');
    assert.equal(await search('managed-dc1.aadds.contoso.test'), 0);
  });

  test('a domain controller that was stopped does not answer, and answers once it is started', async () => {
    await lab.stopDc('corp-dc1');
    assert.equal(await reaches('connect', CORP_DC, 389), false);
    await lab.startDc('corp-dc1');
    assert.equal(await signsIn(userAt(1), userAt(1).password), true);
  });
});

describe('snapshots', () => {
  test('reset brings a changed password back, and ends what ran, in seconds', async () => {
    const user = userAt(2);
    await lab.setPassword(user, 'another pässword 1');
    assert.equal(await signsIn(user, 'another pässword 1'), true);
    assert.equal(await signsIn(user, user.password), false);
    await lab.snapshot('changed');
    const left = lab.spawn('cloud', ['sleep', '1000']);
    const started = performance.now();
    assert.equal(await lab.reset('initial'), 'initial');
    assert.ok(performance.now() - started < 15_000);
    if (left.exitCode === null && left.signalCode === null) await once(left, 'exit');
    assert.equal(await signsIn(user, user.password), true);
    assert.equal(await signsIn(user, 'another pässword 1'), false);
    await lab.reset('changed');
    assert.equal(await signsIn(user, 'another pässword 1'), true);
    await assert.rejects(lab.reset('never-made'), { code: 'ERR_LAB_SNAPSHOT' });
  });
});

describe('programs on hosts', () => {
  test('exec passes standard input, output and exit code through', async () => {
    const result = await lab.exec('cloud', ['sh', '-c', 'cat; hostname; exit 7'], { input: 'given\n' });
    assert.deepEqual([result.exitCode, result.stdout], [7, 'given\ncloud\n']);
    const command = runCommand(['exec', '--name', 'first', 'vm1', 'sh', '-c', 'cat; hostname -f; exit 9'], 'given\n');
    assert.deepEqual([command.status, command.stdout], [9, 'given\nvm1.aadds.contoso.test\n']);
  });

  test('kill reaches the whole process group, and the program may end in its own way', async () => {
    const sleeper = 'sh -c "echo asleep; exec sleep 998"';
    const child = lab.spawn('cloud', ['sh', '-c', `trap "echo ended; exit 3" TERM; ${sleeper} & wait`]);
    assert.ok(child.stdout);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    await once(child.stdout, 'data');
    child.kill();
    const [exitCode] = (await once(child, 'close')) as [number];
    assert.deepEqual([exitCode, output], [3, 'asleep\nended\n']);
    assert.equal((await lab.exec('cloud', ['pgrep', '-f', '^sleep 998'])).stdout, '');
  });

  test('a file with a secret is readable for its owner alone, and each host has its own', () => {
    lab.writeFile('connect', '/etc/causeway/secret', 'x', 0o600);
    assert.equal(statSync(lab.folder('connect', '/etc/causeway/secret')).mode & 0o777, 0o600);
    assert.equal(lab.readFile('connect', '/etc/causeway/secret'), 'x');
    assert.throws(() => lab.readFile('cloud', '/etc/causeway/secret'));
  });

  test('a program that takes too long is killed with everything it started', async () => {
    await assert.rejects(lab.exec('cloud', ['sh', '-c', 'sleep 997 & wait'], { timeoutMs: 300 }), {
      code: 'ERR_LAB_PROGRAM',
    });
    assert.equal((await lab.exec('cloud', ['pgrep', '-f', '^sleep 997'])).stdout, '');
  });
});

describe('labs side by side', () => {
  test('a second lab has the same addresses, and goes without a trace while the first stays', async () => {
    const second = await Lab.up({ name: 'second' });
    const folder = join(STATE, 'second');
    assert.equal((await second.exec('vm1', ['ip', '-br', 'address'])).stdout.includes('10.20.0.50/24'), true);
    const child = second.spawn('vm1', ['sh', '-c', 'sleep 1000 & exec sleep 1000']);
    const parts = partsOf(folder);
    assert.equal(parts.namespaces.size, 6 * 5, 'five hosts and the switch have five namespaces each');
    assert.notDeepEqual(tracesOf(folder, parts), []);
    await second.down();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.deepEqual(tracesOf(folder, parts), []);
    assert.equal(Lab.status('second').state, 'down');
    assert.equal(Lab.status('first').state, 'up');
    assert.equal(await reaches('connect', CORP_DC, 389), true);
    await assert.rejects(second.exec('vm1', ['true']), { code: 'ERR_LAB_NOT_UP' });
  });
});

describe('commands', () => {
  test('errors name the thing and the next step', () => {
    const wrongHost = runCommand(['exec', '--name', 'first', 'vm9', 'true']);
    assert.equal(wrongHost.status, 1);
    assert.match(wrongHost.stderr, /"vm9".*corp-dc1.*ERR_LAB_HOST/);
    const noLab = runCommand(['snapshot', '--name', 'nowhere']);
    assert.equal(noLab.status, 1);
    assert.match(noLab.stderr, /"nowhere" is not up.*up.*ERR_LAB_NOT_UP/);
    assert.equal(runCommand(['up', '--users', 'many']).status, 2);
  });

  test('up of a lab that is up gives it back, but not with another number of users', async () => {
    assert.equal((await Lab.up({ name: 'first', users: USERS })).users.length, USERS);
    await assert.rejects(Lab.up({ name: 'first', users: USERS + 1 }), (error) => {
      assert.ok(error instanceof LabError);
      return error.code === 'ERR_LAB_EXISTS';
    });
    const status = runCommand(['status', '--name', 'first', '--json']);
    const { labs } = JSON.parse(status.stdout) as { labs: { name: string; state: string; users: number }[] };
    assert.deepEqual(
      labs.map(({ name, state, users }) => [name, state, users]),
      [['first', 'up', USERS]],
    );
  });
});
