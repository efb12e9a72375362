import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client } from 'ldapts';

/** @see RFC 4511 §4.14 StartTLS operation */
const START_TLS_OID = '1.3.6.1.4.1.1466.20037';

/** Where and how a connection to a DC is made. */
export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  /** `starttls` begins in the clear and turns to TLS before anything else is said; `ldaps` is TLS from the first byte. */
  readonly tls: 'starttls' | 'ldaps';
  /** Authority to trust in place of the system's, as PEM. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
}

/**
 * A connected TLS socket whose certificate has been verified: issuer, dates and host name.
 *
 * The caller destroys it. Rejects with Node's own errors (`ENOTFOUND`, `ECONNREFUSED`, `CERT_HAS_EXPIRED`, …) and with
 * ldapts' when the server refuses StartTLS.
 */
export async function connectTlsSocket(target: TlsTarget, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  const plain = connectTcp({ host: target.host, port: target.port, noDelay: true, keepAlive: true });
  const giveUp = (): void => {
    plain.destroy(abortError(signal));
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const timer = setTimeout(() => {
    plain.destroy(Object.assign(new Error(`no answer within ${target.timeoutMs} ms`), { code: 'ETIMEDOUT' }));
  }, target.timeoutMs);
  try {
    await settled(plain, 'connect');
    if (target.tls === 'starttls') await startTls(plain, target);
    const secure = connectTls({
      socket: plain,
      host: target.host,
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ...(target.ca === undefined ? {} : { ca: target.ca }),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
    });
    await settled(secure, 'secureConnect');
    return secure;
  } catch (error) {
    plain.destroy();
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

/** Asks for TLS on a plain connection. Nothing but this request ever goes over it. */
async function startTls(plain: Socket, target: TlsTarget): Promise<void> {
  const client = new Client({
    url: 'ldap://starttls.invalid',
    timeout: target.timeoutMs,
    createConnection: () => plain,
  });
  await client.exop(START_TLS_OID);
  plain.removeAllListeners('data');
}

/** Resolves at the event; rejects at an error, or when the other side closes first. */
async function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => {
    reject(Object.assign(new Error('the other side closed the connection'), { code: 'ECONNRESET' }));
  };
  socket.once(event, resolve).once('error', reject).once('close', closed);
  try {
    await promise;
  } finally {
    socket.off(event, resolve).off('error', reject).off('close', closed);
  }
}

function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('stopped');
}
