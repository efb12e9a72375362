import { isIPv6 } from 'node:net';
import { KerberosError } from '../errors.ts';

/** Where a KDC, or the DNS server that names it, listens. */
export interface KdcAddress {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
}

/** Kerberos, over UDP and TCP. @see RFC 4120 §7.2.1 */
const KERBEROS_PORT = 88;

/**
 * The address in `host`, `host:port`, `2001:db8::1` or `[2001:db8::1]:port`.
 *
 * @throws {KerberosError} ERR_KRB5_CONFIGURATION
 */
export function parseKdcAddress(text: string, defaultPort: number = KERBEROS_PORT): KdcAddress {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d+))?$/.exec(text);
  const { v6, host, port } = match?.groups ?? {};
  const name = isIPv6(text) ? text : (v6 ?? host);
  const number = Number(port ?? defaultPort);
  if (name === undefined || number < 1 || number > 0xffff)
    throw new KerberosError({
      code: 'ERR_KRB5_CONFIGURATION',
      message: `"${text}" is not an address`,
      nextStep: 'Write it as host, host:port or [address]:port.',
    });
  return { host: name, port: number };
}

/** For messages. */
export function formatKdcAddress({ host, port }: KdcAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
