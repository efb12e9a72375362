/**
 * Runs on the lab's host `connect`: reads a domain controller with `@ad-protocols/ldap`, one JSON command a line in, one JSON
 * answer a line out. Values are base64.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TLSSocket } from 'node:tls';
import { NegotiateMechanism, type Mechanism } from '@ad-protocols/gss';
import { KerberosClient, KerberosMechanism } from '@ad-protocols/kerberos';
import {
  bindSimple,
  ChangeNotifications,
  connectPlain,
  LdapClient,
  openLdapStream,
  showDeletedControl,
  type DirSyncFlags,
  type LdapEntry,
  type LdapOpenOptions,
} from '@ad-protocols/ldap';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { Client } from 'ldapts';

/** How a connection is protected, and by what the account signs in. */
export type SignInKind = 'ntlm' | 'kerberos' | 'negotiated kerberos' | 'negotiated ntlm' | 'starttls' | 'ldaps';

/** Who signs in where. */
export interface SignIn {
  readonly kind: SignInKind;
  readonly host: string;
  readonly realm: string;
  readonly domain: string;
  readonly user: string;
  readonly password: string;
  readonly ca: string;
}

/** What a test may ask of the reader. */
export type LdapCommand =
  | { do: 'open'; signIn: SignIn }
  | { do: 'search'; base: string; filter: string; attributes: readonly string[]; pageSize?: number; deleted?: boolean }
  | { do: 'ldapts'; signIn: SignIn; base: string; filter: string; attributes: readonly string[] }
  | {
      do: 'dirSync';
      base: string;
      filter: string;
      attributes: readonly string[];
      cookie?: string;
      flags?: DirSyncFlags;
    }
  | { do: 'watch'; signIn: SignIn; base: string; attributes: readonly string[] }
  | { do: 'next change' }
  | { do: 'sign in without protection'; signIn: SignIn };

/** An entry with its values in base64. */
export interface FoundEntry {
  readonly dn: string;
  readonly attributes: Record<string, string[]>;
}

/** All pages of a DirSync search. */
export interface DirSyncResult {
  readonly entries: FoundEntry[];
  readonly cookie: string;
  readonly pages: number;
}

let client: LdapClient | undefined;
let changes: AsyncIterator<LdapEntry> | undefined;

function mechanismOf({ kind, realm, domain, user, password, host }: SignIn): Mechanism {
  const ntlm = new NtlmMechanism({ domain, user, password });
  const kerberos = new KerberosMechanism(new KerberosClient({ user, realm, credential: { password } }));
  if (kind === 'negotiated ntlm') return new NegotiateMechanism([ntlm]);
  if (kind === 'negotiated kerberos') return new NegotiateMechanism([kerberos]);
  if (kind === 'kerberos') return kerberos;
  if (kind === 'ntlm') return ntlm;
  throw new TypeError(`${kind} on ${host} signs in without a mechanism`);
}

function connectionOf(signIn: SignIn): LdapOpenOptions {
  const { kind, host, realm, user, password, ca } = signIn;
  if (kind !== 'starttls' && kind !== 'ldaps') {
    return { host, protection: { kind: 'sasl', mechanism: mechanismOf(signIn) } };
  }
  const name = `${user}@${realm.toLowerCase()}`;
  return { host, protection: { kind: 'tls', tls: kind, ca: readFileSync(ca, 'utf8'), name, password } };
}

function opened(): LdapClient {
  if (client === undefined) throw new TypeError('the first command has to be "open"');
  return client;
}

function found({ dn, attributes }: LdapEntry): FoundEntry {
  const values = [...attributes].map(([name, all]) => [
    name,
    all.map((value) => Buffer.from(value).toString('base64')),
  ]);
  return { dn, attributes: Object.fromEntries(values) };
}

async function search(command: LdapCommand & { do: 'search' }): Promise<FoundEntry[]> {
  const { base, filter, attributes, pageSize, deleted } = command;
  const entries: FoundEntry[] = [];
  const options = {
    ...(pageSize === undefined ? {} : { pageSize }),
    controls: deleted === true ? [showDeletedControl] : [],
  };
  for await (const page of opened().pages({ base, scope: 'sub', filter, attributes }, options)) {
    entries.push(...page.map(found));
  }
  return entries;
}

async function dirSync({ base, filter, attributes, ...more }: LdapCommand & { do: 'dirSync' }): Promise<DirSyncResult> {
  const entries: FoundEntry[] = [];
  let cookie: Uint8Array | undefined = more.cookie === undefined ? undefined : Buffer.from(more.cookie, 'base64');
  let pages = 0;
  for await (const page of opened().dirSync({ base, filter, attributes, cookie, ...more.flags })) {
    entries.push(...page.entries.map(found));
    cookie = page.cookie;
    pages += 1;
  }
  return { entries, cookie: Buffer.from(cookie ?? []).toString('base64'), pages };
}

/** The names that ldapts finds over a connection that it has not made. */
async function searchWithLdapts(command: LdapCommand & { do: 'ldapts' }): Promise<string[]> {
  const { signIn, base, filter, attributes } = command;
  const stream = await openLdapStream(connectionOf(signIn));
  const ldapts = new Client({ url: 'ldap://bound.invalid', createConnection: () => stream as never });
  const { searchEntries } = await ldapts.search(base, {
    scope: 'sub',
    filter,
    attributes: [...attributes],
    paged: { pageSize: 100 },
  });
  await ldapts.unbind();
  return searchEntries.map(({ dn }) => dn);
}

async function watch({ signIn, base, attributes }: LdapCommand & { do: 'watch' }): Promise<void> {
  const notifications = await ChangeNotifications.open(connectionOf(signIn), { base, scope: 'sub', attributes });
  changes = notifications[Symbol.asyncIterator]();
}

async function nextChange(): Promise<FoundEntry | undefined> {
  const change = await changes?.next();
  return change?.value === undefined ? undefined : found(change.value);
}

/** What no program should do, and what the types of the package do not allow. */
async function signInWithoutProtection({ host, realm, user, password }: SignIn): Promise<void> {
  const socket = await connectPlain({ host, port: 389, timeoutMs: 5000 });
  const name = `${user}@${realm.toLowerCase()}`;
  await bindSimple(socket as TLSSocket, { server: host, name, password, timeoutMs: 5000 });
  socket.destroy();
}

async function answer(command: LdapCommand): Promise<unknown> {
  switch (command.do) {
    case 'open':
      client?.close();
      client = await LdapClient.open(connectionOf(command.signIn));
      return undefined;
    case 'search':
      return await search(command);
    case 'ldapts':
      return await searchWithLdapts(command);
    case 'dirSync':
      return await dirSync(command);
    case 'watch':
      return await watch(command);
    case 'next change':
      return await nextChange();
    case 'sign in without protection':
      return await signInWithoutProtection(command.signIn);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ result: await answer(JSON.parse(line) as LdapCommand) }));
  } catch (error) {
    const { code, message, nextStep } = error as { code?: string; message: string; nextStep?: string };
    const { reason } = error as { reason?: string };
    console.log(JSON.stringify({ error: { code, message, nextStep, reason } }));
  }
}
