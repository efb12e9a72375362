import { copySecret, Reader, Writer } from '@ad-protocols/wire';
import type { ServiceTicket } from '../client/service-ticket.ts';
import { KerberosError } from '../errors.ts';
import type { PrincipalName } from '../messages/principal-name.ts';

/** What a credential cache file holds. */
export interface CredentialCache {
  /** Whose tickets they are. */
  readonly client: PrincipalName;
  readonly clientRealm: string;
  /** Settings of MIT's library are among them, as tickets for the realm `X-CACHECONF:`. */
  readonly tickets: readonly ServiceTicket[];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** File format versions whose numbers are big-endian. 4 adds a header; 3 writes an encryption type twice. */
const VERSION_3 = 0x0503;
const VERSION_4 = 0x0504;

/**
 * The content of a credential cache file of version 3 or 4:
 *
 *     2 bytes version   [4: 2 length, header]
 *     principal: 4 name type  4 components  (4 length, realm)  components × (4 length, text)
 *     credentials: principal client, principal server, 2 enctype [3: twice]  4 length, key
 *              4 authtime  4 starttime  4 endtime  4 renew till  1 is-skey  4 flags
 *              4 count × (2 type  4 length, address)   4 count × (2 type  4 length, authorization data)
 *              4 length, ticket   4 length, second ticket
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {KerberosError} ERR_KRB5_CCACHE for another version.
 * @see MIT Kerberos documentation, "Credential cache file format"
 */
export function decodeCredentialCache(bytes: Uint8Array): CredentialCache {
  const reader = new Reader(bytes, 'credential cache');
  const version = reader.u16be();
  if (version !== VERSION_3 && version !== VERSION_4)
    throw new KerberosError({
      code: 'ERR_KRB5_CCACHE',
      message: `the credential cache is of version 0x${version.toString(16).padStart(4, '0')}, which is not supported`,
      nextStep: 'Check that the file is a credential cache, and get its tickets again with a current program.',
    });
  if (version === VERSION_4) reader.skip(reader.u16be());
  const { name: client, realm: clientRealm } = readPrincipal(reader);
  const tickets: ServiceTicket[] = [];
  while (reader.remaining > 0) tickets.push(readTicket(reader, version));
  return { client, clientRealm, tickets };
}

function readData(reader: Reader): Uint8Array {
  return reader.bytes(reader.u32be());
}

function readPrincipal(reader: Reader): { name: PrincipalName; realm: string } {
  const type = reader.u32be() | 0;
  const count = reader.u32be();
  const realm = utf8.decode(readData(reader));
  const components: string[] = [];
  // Each component takes bytes, so that an absurd count ends with them.
  for (let index = 0; index < count; index += 1) components.push(utf8.decode(readData(reader)));
  return { name: { type, components }, realm };
}

function readTicket(reader: Reader, version: number): ServiceTicket {
  const client = readPrincipal(reader);
  const server = readPrincipal(reader);
  const enctype = reader.u16be();
  if (version === VERSION_3) reader.skip(2);
  const value = copySecret(readData(reader));
  const [authTime, startTime, endTime, renewTill] = [
    readTime(reader),
    readTime(reader),
    readTime(reader),
    readTime(reader),
  ];
  reader.skip(1);
  const flags = reader.u32be();
  skipTypedData(reader);
  skipTypedData(reader);
  // Not `slice`, which of a Buffer gives a view.
  const ticket = new Uint8Array(readData(reader));
  readData(reader);
  return {
    client: client.name,
    clientRealm: client.realm,
    server: server.name,
    serverRealm: server.realm,
    ticket,
    sessionKey: { enctype, value },
    flags,
    authTime,
    startTime: startTime || authTime,
    endTime,
    renewTill: renewTill || undefined,
  };
}

function readTime(reader: Reader): number {
  return reader.u32be() * 1000;
}

/** Addresses and authorization data are not used. */
function skipTypedData(reader: Reader): void {
  for (let left = reader.u32be(); left > 0; left -= 1) {
    reader.skip(2);
    readData(reader);
  }
}

/** A credential cache file of version 4. It holds session keys: the caller wipes it. */
export function encodeCredentialCache({ client, clientRealm, tickets }: CredentialCache): Uint8Array {
  const writer = new Writer(4096).u16be(VERSION_4).u16be(0);
  writePrincipal(writer, client, clientRealm);
  for (const ticket of tickets) {
    writePrincipal(writer, ticket.client, ticket.clientRealm);
    writePrincipal(writer, ticket.server, ticket.serverRealm);
    writer.u16be(ticket.sessionKey.enctype);
    writeData(writer, ticket.sessionKey.value);
    for (const time of [ticket.authTime, ticket.startTime, ticket.endTime, ticket.renewTill ?? 0])
      writer.u32be(Math.trunc(time / 1000));
    writer.u8(0).u32be(ticket.flags);
    // No addresses and no authorization data.
    writer.u32be(0).u32be(0);
    writeData(writer, ticket.ticket);
    writeData(writer, new Uint8Array());
  }
  return writer.finish();
}

function writeData(writer: Writer, data: Uint8Array): void {
  writer.u32be(data.length).bytes(data);
}

function writePrincipal(writer: Writer, { type, components }: PrincipalName, realm: string): void {
  writer.u32be(type).u32be(components.length);
  for (const text of [realm, ...components]) writeData(writer, encoder.encode(text));
}
