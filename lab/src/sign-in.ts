import { DOMAINS, HOSTS } from './names.ts';
import type { Lab } from './lab.ts';

/** One attempt to sign in at the managed domain, made on `vm1` by a program that is not ours. */
export interface SignIn {
  /** The command line as a person would type it. */
  readonly command: string;
  readonly succeeded: boolean;
  /** What the program said, in one line. */
  readonly answer: string;
}

/** Who signs in, with which password. */
export interface SignInRequest {
  /** `sAMAccountName`, or the user principal name where `byPrincipalName` is set. */
  readonly name: string;
  readonly password: string;
  readonly byPrincipalName?: boolean;
}

const { realm, netbiosName, baseDn } = DOMAINS['managed-dc1'];
const controller = HOSTS['managed-dc1'].fqdn;
const TICKETS = '/tmp/tickets';
/** As MIT's trace names aes256-cts-hmac-sha1-96. */
const AES256 = 'aes256-cts';
/** Why smbclient or ldapsearch was refused, among much else that they say. */
const REFUSAL = /NT_STATUS_\w+|Invalid credentials \(49\)/;

/**
 * Kerberos, by MIT's kinit. Succeeds when there is a ticket-granting ticket whose reply was encrypted with the
 * user's AES-256 key; the password goes through standard input.
 */
export async function signInByKerberos(lab: Lab, request: SignInRequest): Promise<SignIn> {
  const command =
    request.byPrincipalName === true ? ['kinit', '-E', request.name] : ['kinit', `${request.name}@${realm}`];
  const trace = `${TICKETS}.trace`;
  const { exitCode, stdout, stderr } = await lab.exec('vm1', [...command, '-c', TICKETS], {
    input: `${request.password}\n`,
    env: { KRB5_TRACE: trace },
  });
  const key = /Selected etype info: etype ([^,\s]+),/.exec(lab.readFile('vm1', trace))?.[1];
  lab.writeFile('vm1', trace, '');
  if (exitCode !== 0) return { command: command.join(' '), succeeded: false, answer: lastLine(`${stdout}\n${stderr}`) };
  const tickets = await lab.exec('vm1', ['klist', '-c', TICKETS]);
  const principal = /Default principal: (.*)/.exec(tickets.stdout)?.[1] ?? 'nobody';
  return {
    command: command.join(' '),
    succeeded: key === AES256,
    answer: `ticket for ${principal}, proved with ${key ?? 'no key'}`,
  };
}

/** NTLM, by Samba's smbclient, which lists the domain controller's NETLOGON share. */
export async function signInByNtlm(lab: Lab, request: SignInRequest): Promise<SignIn> {
  const file = '/tmp/smbclient.auth';
  const command = ['smbclient', '-A', file, '--use-kerberos=off', `//${controller}/netlogon`, '-c', 'ls'];
  lab.writeFile('vm1', file, `username=${request.name}\npassword=${request.password}\ndomain=${netbiosName}\n`, 0o600);
  try {
    const { exitCode, stdout, stderr } = await lab.exec('vm1', command);
    const output = `${stdout}\n${stderr}`;
    return {
      command: [...command.slice(0, -1), "'ls'"].join(' '),
      succeeded: exitCode === 0,
      answer: exitCode === 0 ? 'listed the NETLOGON share' : (REFUSAL.exec(output)?.[0] ?? lastLine(output)),
    };
  } finally {
    lab.writeFile('vm1', file, '', 0o600);
  }
}

/** LDAP simple bind over TLS, by OpenLDAP's ldapsearch, which reads the domain's own entry. */
export async function signInByLdap(lab: Lab, request: SignInRequest): Promise<SignIn> {
  const file = '/tmp/ldap.password';
  const name = request.byPrincipalName === true ? request.name : `${netbiosName}\\${request.name}`;
  const bind = ['-x', '-H', `ldaps://${controller}`, '-D', name, '-y', file];
  const command = ['ldapsearch', '-LLL', ...bind, '-b', baseDn, '-s', 'base', 'name'];
  lab.writeFile('vm1', file, request.password, 0o600);
  try {
    const { exitCode, stdout, stderr } = await lab.exec('vm1', command);
    const output = `${stdout}\n${stderr}`;
    return {
      command: command.join(' '),
      succeeded: exitCode === 0,
      answer: exitCode === 0 ? `read ${baseDn}` : (REFUSAL.exec(output)?.[0] ?? lastLine(output)),
    };
  } finally {
    lab.writeFile('vm1', file, '', 0o600);
  }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}
