/**
 * Runs on the lab's host `connect`: gets tickets with `@ad-protocols/kerberos`, one JSON command a line in, one JSON answer
 * a line out.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import {
  configuredKdcs,
  decodeKeytab,
  dnsKdcs,
  FileTicketCache,
  KerberosClient,
  type ClientCredential,
} from '@ad-protocols/kerberos';

/** What a test may ask for: a ticket, with everything that the client needs for it. */
export interface TicketCommand {
  readonly user: string;
  readonly realm: string;
  readonly target: { readonly service: string; readonly host: string };
  readonly password?: string;
  /** Path of a keytab on the host. */
  readonly keytab?: string;
  /** Path of a credential cache on the host. */
  readonly cache?: string;
  readonly kdcs?: readonly string[];
  readonly protocol?: 'udp' | 'tcp';
  readonly enctypes?: readonly number[];
  readonly allowRc4?: boolean;
  /** How far the host's clock seems to be ahead. */
  readonly clockAheadMs?: number;
}

/** What a test is told of a ticket. */
export interface TicketResult {
  readonly client: string;
  readonly server: string;
  readonly sessionEnctype: number;
  readonly clockOffsetMs: number;
}

async function credentialOf({ password, keytab }: TicketCommand): Promise<ClientCredential | undefined> {
  if (password !== undefined) return { password };
  return keytab === undefined ? undefined : { keytab: decodeKeytab(await readFile(keytab)) };
}

async function getTicket(command: TicketCommand): Promise<TicketResult> {
  const { user, realm, target, cache, kdcs, protocol, enctypes, allowRc4, clockAheadMs = 0 } = command;
  const client = new KerberosClient({
    user,
    realm,
    credential: await credentialOf(command),
    locator: kdcs ? configuredKdcs({ [realm.toUpperCase()]: kdcs }) : dnsKdcs(),
    cache: cache === undefined ? undefined : new FileTicketCache(cache),
    now: () => Date.now() + clockAheadMs,
    protocol,
    enctypes,
    allowRc4,
  });
  const ticket = await client.getTicket(target, AbortSignal.timeout(20_000));
  return {
    client: `${ticket.client.components.join('/')}@${ticket.clientRealm}`,
    server: `${ticket.server.components.join('/')}@${ticket.serverRealm}`,
    sessionEnctype: ticket.sessionKey.enctype,
    clockOffsetMs: client.clockOffsetMs,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await getTicket(JSON.parse(line) as TicketCommand).then(
    (result) => ({ result }),
    (error: Error & { code?: string; nextStep?: string }) => ({
      error: { code: error.code, message: error.message, nextStep: error.nextStep },
    }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
