import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DOMAINS, type Lab, type LabUser } from '@causeway/lab';
import type { Progress } from './progress.ts';
import { median, percentile } from './statistics.ts';
import { synchronizeFromNothing } from './synchronization.ts';
import type { Row } from './table.ts';

const MEDIAN_MAX_MS = 1000;
const PERCENTILE_95_MAX_MS = 2000;
/** Pause before a change, at random within these, so that changes fall anywhere between two looks at the domain controller. */
const PAUSE_MS = { min: 1000, max: 3000 };
/** Azure AD Connect looks for changed passwords every two minutes, which cannot be changed: half of that at the median. */
const AZURE_CYCLE_SECONDS = 120;

/**
 * Signs in until it succeeds. MIT's kinit gets the password from the shell's own `printf`, through a pipe; 20 ms after a
 * refusal it is tried again.
 */
const SIGN_IN_UNTIL_SUCCESS = `
IFS= read -r password
until printf '%s\\n' "$password" | kinit -c MEMORY:bench "$1" >/dev/null 2>&1; do sleep 0.02; done`;

/**
 * Changes passwords on `corp-dc1`, one user after the other, and measures each until the user signs in on `vm1` with the new
 * password; from the domain controller's acknowledgement of the change. Beside it, how long the same sign-in takes a user whose
 * password has long been there.
 */
export async function measureLatency(lab: Lab, changes: number, progress: Progress): Promise<Row[]> {
  const { deployment } = await synchronizeFromNothing(lab, progress);
  const known = knownUser(lab);
  const users = pickUsers(lab, changes + 1);
  const latencies: number[] = [];
  const setting: number[] = [];
  const signIns: number[] = [];
  progress.step(`${changes} changes of passwords`);
  let first: number | undefined;
  for (const user of users) {
    await sleep(PAUSE_MS.min + Math.random() * (PAUSE_MS.max - PAUSE_MS.min));
    signIns.push(await signIn(lab, known.accountName, known.password));
    const password = `${randomBytes(15).toString('base64')}aA1`;
    const asked = performance.now();
    await lab.setPassword(user, password);
    const acknowledged = performance.now();
    await signIn(lab, user.accountName, password);
    const took = performance.now() - acknowledged;
    // The first one waits for connect to turn to changes after the full read; it is told apart.
    if (first === undefined) first = took;
    else {
      latencies.push(took);
      setting.push(acknowledged - asked);
      progress.update('changes', latencies.length, changes);
    }
  }
  await deployment.stopAll();
  progress.step(`ms, each: ${latencies.map((took) => took.toFixed(0)).join(' ')}`);
  progress.step(`setting a password over LDAP took ${median(setting).toFixed(0)} ms at the median, not counted`);
  return toRows({ latencies, signIn: median(signIns), first: first ?? Number.NaN });
}

function toRows({ latencies, signIn, first }: { latencies: number[]; signIn: number; first: number }): Row[] {
  const yardstick = `kinit alone: ${formatMs(signIn)}`;
  const azure = `Azure AD Connect looks every ${AZURE_CYCLE_SECONDS} s`;
  const row = (name: string, took: number): Row => ({
    measure: `changed password to kinit, ${name}`,
    causeway: formatMs(took),
    yardstick,
    ratio: took / signIn,
  });
  const [middle, high] = [median(latencies), percentile(latencies, 95)];
  return [
    { ...row(`median of ${latencies.length}`, middle), target: { text: 'below 1 s', reached: middle < MEDIAN_MAX_MS } },
    { ...row('95th percentile', high), target: { text: 'below 2 s', reached: high < PERCENTILE_95_MAX_MS } },
    {
      ...row('longest', Math.max(...latencies)),
      yardstick: azure,
      ratio: Math.max(...latencies) / 1000 / AZURE_CYCLE_SECONDS,
    },
    { ...row('the first one after a full read', first), yardstick: azure, ratio: first / 1000 / AZURE_CYCLE_SECONDS },
  ];
}

/** How long it took until the user was signed in, in milliseconds. */
async function signIn(lab: Lab, accountName: string, password: string): Promise<number> {
  const principal = `${accountName}@${DOMAINS['managed-dc1'].realm}`;
  const command = ['sh', '-c', SIGN_IN_UNTIL_SUCCESS, 'sh', principal];
  const { exitCode, durationMs } = await lab.exec('vm1', command, { input: `${password}\n`, timeoutMs: 60_000 });
  if (exitCode !== 0) throw new Error(`signing in as ${principal} ended with exit code ${exitCode}`);
  return durationMs;
}

function knownUser(lab: Lab): LabUser & { password: string } {
  const user = lab.users[0];
  if (user?.password === undefined) throw new Error('the lab has no user with a known password');
  return { ...user, password: user.password };
}

/** Users from everywhere in the domain, none of them the first. */
function pickUsers(lab: Lab, count: number): LabUser[] {
  const others = lab.users.slice(1);
  if (others.length < count) throw new Error(`${count} changes take more users than ${lab.users.length}`);
  const step = Math.floor(others.length / count);
  return others.filter((_, index) => index % step === 0).slice(0, count);
}

function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
