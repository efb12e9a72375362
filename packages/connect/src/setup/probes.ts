import { lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { lookupServices } from '@ad-protocols/kerberos';
import { connectSecure, LdapError } from '@ad-protocols/ldap';
import { drsuapi } from '@ad-protocols/drsr';
import { RpcConnection, RpcConnectionError, RpcError, RpcTimeoutError } from '@ad-protocols/rpc';
import type { ConnectorConfig } from '../config.ts';
import { dcFailure } from '../dc/dc-errors.ts';
import { ldapPort, readCa } from '../dc/ldap-connection.ts';
import { replicationFailure } from '../passwords/replication-errors.ts';

/** A port that does not answer by then is counted as one that does not. */
const CONNECT_TIMEOUT_MS = 5_000;

/** What is asked of the network; the only input and output of the checks that need no account. */
export interface Probes {
  /** Hosts of the SRV records of a name, in the order in which they are to be tried; empty when there are none. */
  services(name: string): Promise<string[]>;
  /** Addresses of a host; empty when it does not resolve. */
  addresses(host: string): Promise<string[]>;
  /** Whether a TCP port answers: undefined when it does, otherwise why not. */
  refusal(host: string, port: number): Promise<string | undefined>;
  /** When the verified certificate of a DC ends, in milliseconds since 1970. @throws {CausewayError} ERR_CONNECT_DC_* */
  dcCertificateEnd(connector: ConnectorConfig, host: string, signal: AbortSignal): Promise<number>;
  /** When the verified certificate of the directory ends. @throws Node's error */
  directoryCertificateEnd(url: string, ca: string | undefined): Promise<number>;
  /** Resolves when the port of replication, which the endpoint mapper knows, answers. @throws {CausewayError} ERR_CONNECT_DC_* */
  findReplicationPort(host: string, account: string, signal: AbortSignal): Promise<void>;
}

/** The real network. */
export const networkProbes: Probes = {
  async services(name) {
    const records = await lookupServices(name).catch(() => []);
    return [...new Set(records.map((record) => record.name.toLowerCase().replace(/\.$/, '')))];
  },

  async addresses(host) {
    const found = await lookup(host, { all: true }).catch(() => []);
    return found.map(({ address }) => address);
  },

  async refusal(host, port) {
    return new Promise((resolve) => {
      const socket = connectTcp({ host, port, timeout: CONNECT_TIMEOUT_MS });
      const end = (why: string | undefined): void => {
        socket.destroy();
        resolve(why);
      };
      socket.once('connect', () => end(undefined));
      socket.once('timeout', () => end('no answer'));
      socket.once('error', (error) =>
        end('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : error.message),
      );
    });
  },

  async dcCertificateEnd(connector, host, signal) {
    const { tls, ca } = connector.ldap;
    if (tls === 'sasl') throw new TypeError('a connection without TLS has no certificate');
    const port = ldapPort(connector.ldap);
    const trusted = ca === undefined ? undefined : await readCa(ca);
    try {
      return endOf(await connectSecure({ host, port, timeoutMs: 10_000, signal }, { tls, ca: trusted }));
    } catch (error) {
      throw error instanceof LdapError ? dcFailure(error, { host, port }) : error;
    }
  },

  async directoryCertificateEnd(url, ca) {
    const { hostname, port } = new URL(url);
    const trusted = ca === undefined ? {} : { ca: await readCa(ca) };
    return new Promise((resolve, reject) => {
      const socket = connectTls({ host: hostname, port: Number(port || 443), servername: hostname, ...trusted });
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('the directory does not answer')));
      socket.once('secureConnect', () => resolve(endOf(socket)));
      socket.once('error', reject);
    });
  },

  async findReplicationPort(host, account, signal) {
    try {
      const connection = await RpcConnection.open({ host, interface: drsuapi, security: 'anonymous', signal });
      await connection.close();
    } catch (error) {
      if (isNoAnswer(error)) throw replicationFailure(error, { host, account });
      // A server that wants a sign-in first has answered.
      if (!(error instanceof RpcError)) throw error;
    }
  },
};

function isNoAnswer(error: unknown): boolean {
  if (error instanceof RpcConnectionError) return error.code !== 'ERR_RPC_CLOSED';
  return (
    error instanceof RpcTimeoutError ||
    (error instanceof RpcError && ['ERR_RPC_ENDPOINT_MAPPER', 'ERR_RPC_NOT_REGISTERED'].includes(error.code))
  );
}

function endOf(socket: TLSSocket): number {
  const { valid_to: end } = socket.getPeerCertificate();
  socket.destroy();
  return Date.parse(end);
}
