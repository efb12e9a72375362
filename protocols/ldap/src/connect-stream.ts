import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { closedError, connectionError, protocolError } from './errors.ts';
import { exchange } from './exchange.ts';
import { guarded } from './guarded.ts';
import { encodeExtendedRequest } from './requests.ts';
import { resultError } from './result-errors.ts';

/** @see RFC 4511 §4.14 StartTLS operation */
const START_TLS_OID = '1.3.6.1.4.1.1466.20037';

/** Where a connection goes, and how long that may take. */
export interface LdapAddress {
  /** Name of the server, as its certificate and its service principal name have it. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds until the connection is there. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How TLS begins, and whom it trusts. */
export interface TlsOptions {
  /** `starttls` begins in the clear and turns to TLS before anything else is said; `ldaps` is TLS from the first byte. */
  readonly tls: 'starttls' | 'ldaps';
  /** Authority to trust in place of the system's, as PEM. */
  readonly ca?: string | undefined;
}

/**
 * A TCP connection without any protection. The caller destroys it.
 *
 * @throws {LdapError} ERR_LDAP_CONNECTION with Node's error as its cause, ERR_LDAP_TIMEOUT.
 */
export async function connectPlain(address: LdapAddress): Promise<Socket> {
  return await connect(address, async (plain) => plain);
}

/**
 * A TLS connection whose certificate has been verified: issuer, dates and host name. The caller destroys it.
 *
 * @throws {LdapError} ERR_LDAP_CONNECTION with Node's error as its cause (`ENOTFOUND`, `CERT_HAS_EXPIRED`, …),
 *   ERR_LDAP_TIMEOUT, ERR_LDAP_CLOSED, ERR_LDAP_PROTOCOL; LdapResultError when the server refuses StartTLS.
 */
export async function connectSecure(address: LdapAddress, options: TlsOptions): Promise<TLSSocket> {
  const { host } = address;
  return await connect(address, async (plain) => {
    if (options.tls === 'starttls') await startTls(plain, `${host}:${address.port}`);
    const secure = connectTls({
      socket: plain,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
    });
    await settled(secure, 'secureConnect', host);
    return secure;
  });
}

async function connect<Result>(
  { host, port, timeoutMs, signal }: LdapAddress,
  use: (plain: Socket) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const server = `${host}:${port}`;
  const plain = connectTcp({ host, port, noDelay: true, keepAlive: true });
  try {
    return await guarded(plain, { server, waitedFor: 'connecting', timeoutMs, signal }, async () => {
      await settled(plain, 'connect', server);
      return await use(plain);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(server, error);
  }
}

/** Asks for TLS on a plain connection. Nothing but this request ever goes over it. */
async function startTls(plain: Socket, server: string): Promise<void> {
  const answer = await exchange(plain, encodeExtendedRequest(1, START_TLS_OID), server);
  if (answer.kind !== 'extended') throw protocolError(server, 'answers StartTLS with something else');
  if (answer.result.code !== 0) throw resultError(server, answer.result);
  // Anybody on the way can have put this here; it must not be taken for what came under TLS.
  if (plain.readableLength > 0) throw protocolError(server, 'sent more before TLS began');
}

/** Resolves at the event; rejects at an error, or when the other side closes first. Later errors end nothing but the socket. */
async function settled(socket: Socket, event: 'connect' | 'secureConnect', server: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => {
    reject(closedError(server));
  };
  socket.once(event, resolve).on('error', reject).once('close', closed);
  try {
    await promise;
  } finally {
    socket.off(event, resolve).off('close', closed);
  }
}
