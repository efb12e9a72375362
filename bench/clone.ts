import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { rmSync } from 'node:fs';
import { DOMAINS, HOSTS, type Lab } from '@causeway/lab';
import { followPeakMemory } from './host-process.ts';

const PASSWORD_FILE = '/tmp/administrator.password';
const TARGET = '/tmp/clone';

/** What it took to copy a domain. */
export interface Clone {
  /** From the start of the program to its end. */
  readonly seconds: number;
  readonly peakMiB: number;
}

/**
 * Copies the domain of `corp-dc1`, secrets included, into a new database on host `connect`, by Samba's own replication:
 * `samba-tool drs clone-dc-database --include-secrets`. As an administrator, for it copies schema and configuration too.
 */
export async function cloneDomain(lab: Lab): Promise<Clone> {
  const { name, password } = lab.administrators['corp-dc1'];
  const { netbiosName, dnsName } = DOMAINS['corp-dc1'];
  const command = ['samba-tool', 'drs', 'clone-dc-database', dnsName, `--server=${HOSTS['corp-dc1'].fqdn}`];
  const how = [`--targetdir=${TARGET}`, '--include-secrets', '--quiet', '--configfile=/dev/null', '--use-kerberos=off'];
  lab.writeFile('connect', PASSWORD_FILE, `${password}\n`, 0o600);
  try {
    const started = performance.now();
    const program = lab.spawn('connect', [...command, ...how, '-U', `${netbiosName}\\${name}`], {
      env: { PASSWD_FILE: PASSWORD_FILE },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(program, 'exit').then(() => (performance.now() - started) / 1000);
    const said = program.stderr === null ? '' : text(program.stderr);
    const [seconds, peakMiB] = await Promise.all([exit, followPeakMemory(program)]);
    if (program.exitCode !== 0) throw new Error(`${command.join(' ')} failed: ${(await said).slice(-2000)}`);
    return { seconds, peakMiB };
  } finally {
    rmSync(lab.folder('connect', PASSWORD_FILE), { force: true });
    rmSync(lab.folder('connect', TARGET), { recursive: true, force: true });
  }
}
