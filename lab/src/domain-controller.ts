import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CA_FILE } from './host-files.ts';
import type { Container } from './container.ts';
import { ADMINISTRATORS } from './content/accounts.ts';
import { encodeClearPassword, formatReplace } from './content/ldif.ts';
import { formatSettings } from './dc-settings.ts';
import type { DcSettings } from './dc-settings.ts';
import { LabError } from './errors.ts';
import { CHILD_DC, configurationDn, DOMAINS, HOSTS } from './names.ts';
import type { DomainControllerName } from './names.ts';
import type { ProgramResult } from './program.ts';

/** What every domain controller serves over TCP: Kerberos, RPC, LDAP, SMB, password change, global catalogue. */
const SERVED_PORTS = [88, 135, 389, 445, 464, 636, 3268];

/** What those serve besides that are a DNS server. */
const DNS_PORT = 53;

/** The administrator's password for `-y` of OpenLDAP's programs, on the domain controller alone. */
const PASSWORD_FILE = '/etc/samba/administrator.password';

/** The same of the root domain's administrator, who is that of the whole forest. */
const FOREST_PASSWORD_FILE = '/etc/samba/forest-administrator.password';

/** Signs the root domain's administrator in to Samba's programs with NTLM, with the password that `PASSWD_FILE` names. */
const FOREST_ADMINISTRATOR = [
  `--user=${DOMAINS['corp-dc1'].netbiosName}\\${ADMINISTRATORS['corp-dc1'].name}`,
  '--use-kerberos=off',
];

/** The administrator's Kerberos tickets, for Samba's programs that take no file with a password. */
const TICKETS = '/tmp/administrator.tickets';

/** For OpenLDAP's programs on the domain controller itself: tests give it expired certificates, and it still serves. */
const ANY_CERTIFICATE = { LDAPTLS_REQCERT: 'never' };

const LOG_FOLDER = 'var/log/samba';

/** Samba on one host: its configuration, start, stop, and whether it really answers. */
export class DomainController {
  readonly name: DomainControllerName;
  readonly #container: Container;
  readonly #forwarder: string | undefined;

  /** `forwarder` is the address of the DNS server that it asks for the names of other forests. */
  constructor(container: Container, name: DomainControllerName, forwarder?: string) {
    this.#container = container;
    this.name = name;
    this.#forwarder = forwarder;
  }

  /** Writes smb.conf; the certificate that it names is in its place before the first start. */
  writeConfiguration(settings: DcSettings = {}): void {
    writeFileSync(join(this.#container.folder, 'etc/samba/smb.conf'), this.#format(settings));
    const { password } = ADMINISTRATORS[this.name];
    writeFileSync(join(this.#container.folder, PASSWORD_FILE), password, { mode: 0o600 });
    if (DOMAINS[this.name].forest !== DOMAINS['corp-dc1'].forest) return;
    const { password: ofForest } = ADMINISTRATORS['corp-dc1'];
    writeFileSync(join(this.#container.folder, FOREST_PASSWORD_FILE), ofForest, { mode: 0o600 });
  }

  /** Whether Samba's processes are there. */
  isRunning(): boolean {
    return this.#sambaProcesses().length > 0;
  }

  /**
   * Starts Samba and returns when LDAP over TLS, Kerberos and DRSUAPI have each answered.
   *
   * @throws {LabError} ERR_LAB_NOT_READY: it ended, or did not answer in time; the message has the end of its log.
   */
  async start(timeoutMs = 60_000): Promise<void> {
    // What the last run left: sockets, locks, its process id.
    const runtime = join(this.#container.folder, 'run/samba');
    rmSync(runtime, { recursive: true, force: true });
    mkdirSync(runtime, { mode: 0o755 });
    await this.#container.execOrThrow(['samba', '--daemon', '--no-process-group']);
    const deadline = performance.now() + timeoutMs;
    while (!this.#listens()) await this.#pause(deadline, 'does not listen on all its ports');
    for (const [service, answers] of this.#probes()) {
      let result = await answers();
      while (result.exitCode !== 0) {
        await this.#pause(deadline, `does not answer to ${service} (${result.stderr.trim().split('\n').at(-1) ?? ''})`);
        result = await answers();
      }
    }
  }

  /** Ends Samba and returns when its last process is gone. */
  async stop(): Promise<void> {
    const deadline = performance.now() + 15_000;
    // Every process is asked, as systemd does: the programs that smbd starts on demand (rpcd_*) do not end with it.
    let left = this.#sambaProcesses();
    if (left.length > 0) await this.#container.signal('TERM', left);
    for (; left.length > 0; left = this.#sambaProcesses()) {
      if (performance.now() > deadline) await this.#container.signal('KILL', left);
      await sleep(10);
    }
  }

  /**
   * Sets a user's password as an administrator does: over LDAP with TLS, with a simple bind.
   *
   * @throws {LabError} ERR_LAB_PROGRAM: refused, or nobody by that name.
   */
  async setPassword(dn: string, password: string): Promise<void> {
    const administrator = `${ADMINISTRATORS[this.name].name}@${DOMAINS[this.name].realm}`;
    await this.#container.execOrThrow(
      ['ldapmodify', '-x', '-H', `ldaps://${HOSTS[this.name].fqdn}`, '-D', administrator, '-y', PASSWORD_FILE],
      { input: formatReplace(dn, [['unicodePwd', encodeClearPassword(password)]]), env: ANY_CERTIFICATE },
    );
  }

  /**
   * Replicates all that another domain controller of the forest has and this one lacks, as far as both have it: the whole
   * domain, or schema and configuration alone. Returns when it is there.
   *
   * @throws {LabError} ERR_LAB_PROGRAM: one of the two does not serve.
   */
  async replicateFrom(source: DomainController): Promise<void> {
    const { baseDn, dnsName } = DOMAINS[this.name];
    const contexts = ['', 'CN=Configuration,', 'DC=DomainDnsZones,', 'DC=ForestDnsZones,'].map((part) => part + baseDn);
    if (dnsName !== DOMAINS[source.name].dnsName) return this.#replicateConfiguration(source);
    await this.getTickets(TICKETS);
    for (const context of contexts) {
      const pull = ['samba-tool', 'drs', 'replicate', HOSTS[this.name].fqdn, HOSTS[source.name].fqdn, context];
      await this.#container.execOrThrow([...pull, `--use-krb5-ccache=${TICKETS}`]);
    }
  }

  /**
   * Takes over the configuration and the schema of a domain controller of another domain of the forest, as the administrator
   * of the forest with NTLM. Samba's own way between domains is Kerberos, with a name that the other domain's KDC does not take.
   */
  async #replicateConfiguration(source: DomainController): Promise<void> {
    const configuration = configurationDn(this.name);
    for (const context of [`CN=Schema,${configuration}`, configuration]) {
      const pull = ['samba-tool', 'drs', 'replicate', HOSTS[this.name].fqdn, HOSTS[source.name].fqdn, context];
      await this.#container.execOrThrow([...pull, '--local', ...FOREST_ADMINISTRATOR], {
        env: { PASSWD_FILE: FOREST_PASSWORD_FILE },
      });
    }
  }

  /** Gets the administrator's ticket-granting ticket, from a domain controller that serves, into a file on this host. */
  async getTickets(file: string): Promise<void> {
    const { name, password } = ADMINISTRATORS[this.name];
    await this.#container.execOrThrow(['kinit', '-c', file, name], { input: `${password}\n` });
  }

  /**
   * The long-term keys of an account as a keytab in MIT's format, in a file that only root of this host may read.
   *
   * @throws {LabError} ERR_LAB_PROGRAM: no such principal.
   */
  async exportKeytab(principal: string, file: string): Promise<void> {
    await this.#container.execOrThrow(['samba-tool', 'domain', 'exportkeytab', file, `--principal=${principal}`]);
  }

  #format(settings: DcSettings): string {
    const forwarder = this.#forwarder === undefined ? {} : { 'dns forwarder': this.#forwarder };
    return formatConfiguration(this.name, { ...settings, smbConf: { ...forwarder, ...settings.smbConf } });
  }

  /** Programs of the distribution that each need one service to be fully there. */
  #probes(): [service: string, answers: () => Promise<ProgramResult>][] {
    const { fqdn } = HOSTS[this.name];
    const { realm, dnsName } = DOMAINS[this.name];
    const { name, password } = ADMINISTRATORS[this.name];
    // With the tickets of the probe before it: NTLM may be disabled.
    const rpc = [`ncacn_ip_tcp:${fqdn}[krb5,seal]`, `--use-krb5-ccache=${TICKETS}`];
    const run = async (command: string[], input = ''): Promise<ProgramResult> =>
      this.#container.exec(command, { input, timeoutMs: 10_000, env: { KRB5CCNAME: TICKETS, ...ANY_CERTIFICATE } });
    return [
      [
        'LDAP over TLS',
        async () => run(['ldapsearch', '-x', '-H', `ldaps://${fqdn}`, '-s', 'base', '-b', '', 'dnsHostName']),
      ],
      ['Kerberos', async () => run(['kinit', `${name}@${realm}`], `${password}\n`)],
      ['DRSUAPI', async () => run(['rpcclient', ...rpc, '-c', `dsgetdcinfo ${dnsName}`])],
      ...(this.name === CHILD_DC ? [this.#probeForest()] : []),
    ];
  }

  /** The child domain asks its parent about an account of that; until it has a way there, it calls each of them a bad logon. */
  #probeForest(): [service: string, answers: () => Promise<ProgramResult>] {
    const { fqdn } = HOSTS[this.name];
    const command = ['rpcclient', `ncacn_ip_tcp:${fqdn}[ntlm,seal]`, ...FOREST_ADMINISTRATOR];
    const options = { timeoutMs: 10_000, env: { PASSWD_FILE: FOREST_PASSWORD_FILE } };
    const ask = ['-c', `dsgetdcinfo ${DOMAINS[this.name].dnsName}`];
    return ['accounts of its forest', async () => this.#container.exec([...command, ...ask], options)];
  }

  #listens(): boolean {
    const listening = new Set<number>();
    for (const line of readFileSync(`/proc/${this.#container.initPid()}/net/tcp`, 'utf8').split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      // 0A is TCP_LISTEN.
      if (state === '0A') listening.add(Number.parseInt(local?.split(':')[1] ?? '', 16));
    }
    return [...SERVED_PORTS, ...(isDnsServer(this.name) ? [DNS_PORT] : [])].every((port) => listening.has(port));
  }

  async #pause(deadline: number, problem: string): Promise<void> {
    if (!this.isRunning() || performance.now() > deadline) {
      const what = this.isRunning() ? `Samba on ${this.name} ${problem}` : `Samba on ${this.name} has ended`;
      throw new LabError('ERR_LAB_NOT_READY', `${what}. The end of its logs:\n${this.#readLogs()}`);
    }
    await sleep(25);
  }

  #readLogs(): string {
    const logs = readdirSync(join(this.#container.folder, LOG_FOLDER)).filter((name) => name.startsWith('log.'));
    return logs.flatMap((name) => this.#readFile(join(LOG_FOLDER, name)).trim().split('\n').slice(-8)).join('\n');
  }

  #readFile(path: string): string {
    try {
      return readFileSync(join(this.#container.folder, path), 'utf8');
    } catch {
      return '';
    }
  }

  #sambaProcesses(): number[] {
    const programs = /^(samba|smbd|winbindd|rpcd_)/;
    return [...this.#container.processes()].filter(([, program]) => programs.test(program)).map(([pid]) => pid);
  }
}

/** Whether a domain controller serves its domain's names; a child domain's are served by its parent's. */
function isDnsServer(dc: DomainControllerName): boolean {
  return HOSTS[dc].resolvers[0] === dc;
}

/** smb.conf of a domain controller. Everything about authentication and encryption is Samba's default, or in the settings. */
function formatConfiguration(dc: DomainControllerName, settings: DcSettings): string {
  const { realm, dnsName, netbiosName, network } = DOMAINS[dc];
  return `[global]
  server role = active directory domain controller
  realm = ${realm}
  workgroup = ${netbiosName}
  netbios name = ${dc.toUpperCase()}

  # Only the network of its own domain: managed-dc1 has a second interface, in the internet.
  interfaces = lo ${HOSTS[dc].addresses[network]}/24
  bind interfaces only = yes

  # Everything a domain controller serves, without what needs other domain controllers or old clients: WINS and
  # NetBIOS names (nbt, wrepl), signed NTP (ntp_signd), the topology of several controllers (kcc) and the update of
  # their DNS records (dnsupdate), which both start Python programs every few minutes.
  server services = s3fs, rpc, ldap, cldap, kdc, drepl, winbindd${isDnsServer(dc) ? ', dns' : ''}
  disable netbios = yes
  smb ports = 445

  tls enabled = yes
  tls certfile = /etc/causeway/tls/cert.pem
  tls keyfile = /etc/causeway/tls/key.pem
  tls cafile = ${CA_FILE}

  # No printers to look for.
  load printers = no
  printcap name = /dev/null

  # Errors and warnings; more would be written for each request.
  log level = 1

${formatSettings(settings)}
[sysvol]
  path = /var/lib/samba/sysvol
  read only = no

[netlogon]
  path = /var/lib/samba/sysvol/${dnsName}/scripts
  read only = no
`;
}
