import { randomInt } from 'node:crypto';
import type { SrvRecord } from 'node:dns';
import { getServers } from 'node:dns/promises';
import { exchangeDatagram } from './datagram.ts';
import { parseKdcAddress } from './kdc-address.ts';
import { decodeServiceAnswer, encodeServiceQuery } from './service-query.ts';
import { orderServiceRecords } from './service-records.ts';
import { exchangeStream } from './stream.ts';

/** Milliseconds to wait for a DNS server over one protocol. */
export const DNS_TIMEOUT_MS = 2000;

const DNS_PORT = 53;

/**
 * The service records of a name from the first DNS server that answers, in the order in which they are to be tried; none for
 * a name without any. Unlike the platform's resolver it reads what Samba's DNS server answers.
 *
 * @param options.servers DNS servers as {@link parseKdcAddress} takes them; the host's own by default.
 * @throws the first server's error when none answers: of the socket, ERR_WIRE_TRUNCATED or ERR_WIRE_MALFORMED.
 * @throws the reason of `signal`.
 * @see RFC 2782
 */
export async function lookupServices(
  name: string,
  { servers = getServers(), signal }: { readonly servers?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<readonly SrvRecord[]> {
  const problems: unknown[] = [];
  for (const server of servers) {
    try {
      return orderServiceRecords(await serviceRecords(server, name, signal), Math.random);
    } catch (error) {
      signal?.throwIfAborted();
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
  return [];
}

/** The service records that one server has of a name, unordered. */
export async function serviceRecords(
  address: string,
  name: string,
  signal?: AbortSignal,
): Promise<readonly SrvRecord[]> {
  const server = parseKdcAddress(address, DNS_PORT);
  const id = randomInt(0x1_0000);
  const query = encodeServiceQuery(id, name);
  const limit = (): AbortSignal => AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(DNS_TIMEOUT_MS)]);
  const answer = decodeServiceAnswer(await exchangeDatagram(server, query, limit()), id);
  if (!answer.truncated) return answer.records;
  return decodeServiceAnswer(await exchangeStream(server, query, limit(), 2), id).records;
}
