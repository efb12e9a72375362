/**
 * `npm run demo`: a user's corporate password signs the user in at the managed domain. Everything is real: two Samba
 * domain controllers, three services on three hosts, and sign-in programs that are not ours.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  addressOf,
  Deployment,
  HOST_NAMES,
  Lab,
  signInByKerberos,
  signInByLdap,
  signInByNtlm,
  type Capture,
  type LabUser,
  type SignIn,
} from '@causeway/lab';
import { bar, formatTable, Stages, stepBars } from './terminal.ts';

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '1000' },
    keep: { type: 'boolean', default: false },
    'end-with': { type: 'string' },
    capture: { type: 'string' },
    name: { type: 'string', default: 'demo' },
    help: { type: 'boolean', default: false },
  },
});
/** With whose end the lab goes: this process's, another's that looks at what is left, or nobody's. */
const endWith =
  options['end-with'] !== undefined ? Number(options['end-with']) : options.keep ? undefined : process.pid;
const stays = endWith !== process.pid;
const stages = new Stages();
const summary: [string, string][] = [];

type KnownUser = LabUser & { readonly password: string };

/** Lab users whose password the demo knows. */
function knownUsers(lab: Lab): KnownUser[] {
  return lab.users.filter((user): user is KnownUser => user.password !== undefined);
}

function show({ command, answer }: SignIn): void {
  console.log(`   vm1$ ${command}\n        ${answer}`);
}

/** Fails the demo unless the sign-in ended as it had to. */
function expectSignIn(signIn: SignIn, expected: 'succeeds' | 'is refused'): void {
  show(signIn);
  if (signIn.succeeded === (expected === 'succeeds')) return;
  throw new Error(`"${signIn.command}" had to ${expected === 'succeeds' ? 'succeed' : 'be refused'} and did not`);
}

async function bringUpLab(count: number): Promise<Lab> {
  await Lab.remove(options.name);
  const progress = stepBars();
  const lab = await Lab.up({
    name: options.name,
    users: count,
    ...(endWith !== undefined && { endWith }),
    onProgress: (step) => progress.update(step),
  });
  progress.stop();
  console.log(
    '   on-premises: corp-dc1 (forest corp.contoso.test), connect · internet: cloud · managed network: managed-dc1, vm1',
  );
  const managed = addressOf('managed-dc1', 'managed');
  const reach = ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${managed}/389`];
  const [fromVm, fromCorp] = await Promise.all([lab.exec('vm1', reach), lab.exec('corp-dc1', reach)]);
  if (fromVm.exitCode !== 0) throw new Error('vm1 does not reach managed-dc1, which it must');
  if (fromCorp.exitCode === 0) throw new Error('corp-dc1 reaches the managed network, which it must not');
  console.log('   corp-dc1 and the managed network have no route to each other');
  return lab;
}

/** Records every packet of every host from before the services start, each host in a file of its own. */
async function startCaptures(lab: Lab, folder: string | undefined): Promise<Capture[]> {
  if (folder === undefined) return [];
  return Promise.all(HOST_NAMES.map(async (host) => lab.capture(host, path.join(folder, `${host}.pcap`))));
}

async function synchronize(deployment: Deployment): Promise<void> {
  deployment.startAll();
  const total = deployment.lab.users.length;
  const progress = bar('users with their password in the managed domain', total);
  const started = performance.now();
  const status = await deployment.until(
    'every user is in the managed domain with the password',
    async () => {
      const answer = await deployment.status();
      progress.update(Math.min(answer?.outcomes['applied'] ?? 0, total));
      const complete =
        answer !== undefined && answer.waitingForDomain === 0 && (answer.outcomes['applied'] ?? 0) >= total;
      return complete ? answer : undefined;
    },
    300_000,
  );
  progress.stop();
  const seconds = (performance.now() - started) / 1000;
  summary.push([
    'first synchronization',
    `${status.outcomes['applied'] ?? 0} users in ${seconds.toFixed(1)} s, services' start included`,
  ]);
}

async function proveSignIn(lab: Lab): Promise<void> {
  const [ascii] = knownUsers(lab);
  const other = knownUsers(lab).find(({ displayName }) => /[^ -~]/.test(displayName));
  if (ascii === undefined || other === undefined) throw new Error('the lab has too few users with known passwords');
  for (const { accountName, userPrincipalName, displayName, password } of [ascii, other]) {
    console.log(`   ${displayName} signs in on vm1 with the corporate password:`);
    const principal = { name: userPrincipalName, byPrincipalName: true };
    expectSignIn(await signInByKerberos(lab, { name: accountName, password }), 'succeeds');
    expectSignIn(await signInByKerberos(lab, { ...principal, password }), 'succeeds');
    expectSignIn(await signInByNtlm(lab, { name: accountName, password }), 'succeeds');
    expectSignIn(await signInByLdap(lab, { ...principal, password }), 'succeeds');
    console.log('   and with a wrong password:');
    const wrong = `${password}?`;
    expectSignIn(await signInByKerberos(lab, { name: accountName, password: wrong }), 'is refused');
    expectSignIn(await signInByKerberos(lab, { ...principal, password: wrong }), 'is refused');
    expectSignIn(await signInByNtlm(lab, { name: accountName, password: wrong }), 'is refused');
    expectSignIn(await signInByLdap(lab, { ...principal, password: wrong }), 'is refused');
  }
  summary.push(['Kerberos, by account name and by UPN', 'ticket, proved with AES-256; wrong password refused']);
  summary.push(['NTLM', 'signed in; wrong password refused']);
  summary.push(['LDAP simple bind over TLS', 'signed in; wrong password refused']);
}

async function provePasswordChange(lab: Lab): Promise<void> {
  const user = knownUsers(lab)[2];
  if (user === undefined) throw new Error('the lab has too few users with known passwords');
  const password = `${user.password}-changed`;
  console.log(`   ${user.displayName} gets a new password on corp-dc1 …`);
  await lab.setPassword(user, password);
  const started = performance.now();
  let attempt = await signInByKerberos(lab, { name: user.accountName, password });
  while (!attempt.succeeded && performance.now() - started < 30_000) {
    attempt = await signInByKerberos(lab, { name: user.accountName, password });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(`   … and signs in with it ${seconds} s later:`);
  expectSignIn(attempt, 'succeeds');
  console.log('   The old password no longer works:');
  expectSignIn(await signInByKerberos(lab, { name: user.accountName, password: user.password }), 'is refused');
  expectSignIn(await signInByNtlm(lab, { name: user.accountName, password: user.password }), 'is refused');
  expectSignIn(await signInByLdap(lab, { name: user.accountName, password: user.password }), 'is refused');
  summary.push(['password change to sign-in', `${seconds} s; old password refused`]);
}

/** Runs `causeway …` on connect's host as an administrator would; gives what it says. */
async function administer(deployment: Deployment, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await deployment.causeway('connect', args);
  if (exitCode !== 0) throw new Error(`"causeway ${args.join(' ')}" ended with ${exitCode}: ${stderr.trim()}`);
  console.log(`   connect$ causeway ${args.join(' ')}`);
  return stdout;
}

function showAnswer(answer: string): void {
  for (const line of answer.split('\n').filter((text) => text.trim() !== '')) console.log(`        ${line}`);
}

async function proveDeletion(deployment: Deployment): Promise<void> {
  const { lab } = deployment;
  const user = knownUsers(lab)[3];
  if (user === undefined) throw new Error('the lab has too few users with known passwords');
  const { accountName, displayName, password } = user;
  showAnswer(await administer(deployment, ['explain', accountName]));
  await administer(deployment, ['sync', 'scheduler', '--cycle', 'off']);
  console.log(`   ${displayName} is deleted on corp-dc1; what a cycle would do is seen before it does it:`);
  const { exitCode, stderr } = await lab.exec('corp-dc1', ['samba-tool', 'user', 'delete', accountName]);
  if (exitCode !== 0) throw new Error(`the user was not deleted: ${stderr.trim()}`);
  // Attributes and members are indented; the objects are enough here.
  showAnswer((await administer(deployment, ['sync', 'preview'])).replaceAll(/^ .*$/gm, ''));
  expectSignIn(await signInByKerberos(lab, { name: accountName, password }), 'succeeds');
  await administer(deployment, ['sync', 'scheduler', '--cycle', 'on']);
  const started = performance.now();
  const refusal = await deployment.until('the deleted user is refused', async () => {
    const attempt = await signInByKerberos(lab, { name: accountName, password });
    return attempt.succeeded ? undefined : attempt;
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(`   Once cycles run again, it took ${seconds} s:`);
  expectSignIn(refusal, 'is refused');
  summary.push(['deletion', `seen by preview; sign-in refused ${seconds} s after it was let through`]);
}

function printHowToGoOn(): void {
  const lab = 'npm run -s lab --';
  console.log(`
Everything is still running. Look around:
  ${lab} status --name ${options.name}
  ${lab} exec --name ${options.name} connect tail -f /var/log/causeway/connect.log
  ${lab} exec --name ${options.name} vm1 bash            a Linux machine in the managed network
  ${lab} exec --name ${options.name} managed-dc1 samba-tool user list
Stop everything, leaving nothing behind:
  ${lab} down --name ${options.name}`);
}

async function main(): Promise<void> {
  const count = Number(options.users);
  if (!Number.isInteger(count) || count < 20 || count > 100_000)
    throw new Error('--users takes a number from 20 to 100000');
  const lab = await stages.run(`Bring up five hosts in three networks, with ${count} users on corp-dc1`, async () =>
    bringUpLab(count),
  );
  const captures = await startCaptures(lab, options.capture);
  const deployment = await stages.run('Set up connect, directory and domain on their hosts', async () => {
    const installed = await Deployment.install(lab);
    console.log('   keys made where they are used; public keys exchanged; configuration in /etc/causeway on each host');
    return installed;
  });
  await stages.run('First synchronization', async () => synchronize(deployment));
  await stages.run('Sign in at the managed domain, from vm1', async () => proveSignIn(lab));
  await stages.run('Change a password on-premises', async () => provePasswordChange(lab));
  await stages.run('Delete a user on-premises', async () => proveDeletion(deployment));
  console.log(`\n${formatTable(['what', 'result'], summary)}`);
  await Promise.all(captures.map(async (capture) => capture.stop()));
  if (!stays) await stages.run('Take everything down', async () => lab.down());
}

if (options.help) {
  console.log(
    'npm run demo [-- --users N] [--keep | --end-with PID] [--capture FOLDER]\n' +
      '  --keep          leaves everything running and says how to look around and how to stop\n' +
      '  --end-with PID  leaves everything running until that process ends\n' +
      '  --capture       records every packet of every host in pcap files',
  );
} else {
  try {
    await main();
    if (stays) printHowToGoOn();
    process.exit(0);
  } catch (error) {
    console.error(
      `\nThe demo failed in the stage "${stages.current}": ${error instanceof Error ? error.message : String(error)}`,
    );
    if (stays) printHowToGoOn();
    else await Lab.remove(options.name);
    process.exit(1);
  }
}
