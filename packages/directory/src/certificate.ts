import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { CausewayError, type Clock, type Logger } from '@causeway/model';

/** The server's certificate chain and private key, in PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly validTo: Date;
}

/**
 * The certificate and key in two files, checked to belong together.
 *
 * @throws {CausewayError} ERR_DIRECTORY_TLS_READ: a file cannot be read.
 * @throws {CausewayError} ERR_DIRECTORY_TLS_FORMAT: a file is not PEM of its kind.
 * @throws {CausewayError} ERR_DIRECTORY_TLS_MISMATCH: the key is of another certificate.
 */
export async function readServerCertificate(paths: { certificate: string; key: string }): Promise<ServerCertificate> {
  const certificate = await read(paths.certificate, 'certificate');
  const key = await read(paths.key, 'private key');
  const parsed = parse(paths.certificate, 'certificate', () => new X509Certificate(certificate));
  const privateKey = parse(paths.key, 'private key', () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new CausewayError({
      code: 'ERR_DIRECTORY_TLS_MISMATCH',
      message: `The private key ${paths.key} is not the one of the certificate ${paths.certificate}.`,
      nextStep: 'Name the two files that were issued together, the server certificate first in its file.',
      disposition: 'halt',
    });
  }
  return { certificate, key, validTo: parsed.validToDate };
}

/** Keeps the server's certificate up to date with its files, so that one that was renewed needs no restart. */
export class CertificateKeeper {
  readonly #paths: { certificate: string; key: string };
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** The certificate in use, in PEM. */
  #inUse = '';

  constructor(options: { paths: { certificate: string; key: string }; logger: Logger; clock: Clock }) {
    this.#paths = options.paths;
    this.#logger = options.logger;
    this.#clock = options.clock;
  }

  /** The certificate to start with; throws as {@link readServerCertificate} does. */
  async load(): Promise<ServerCertificate> {
    const tls = await readServerCertificate(this.#paths);
    this.#inUse = tls.certificate;
    if (tls.validTo.getTime() <= this.#clock.now()) {
      this.#logger.warn(
        { certificate: this.#paths.certificate, validTo: tls.validTo.toISOString() },
        'the certificate has expired: agents will refuse to connect until it is renewed',
      );
    }
    return tls;
  }

  /** Gives the server the certificate in the files when it is another; one that cannot be used changes nothing. */
  async renew(server: Server): Promise<void> {
    const before = this.#inUse;
    try {
      const tls = await this.load();
      if (tls.certificate === before) return;
      server.setSecureContext({ cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' });
      this.#logger.info({ validTo: tls.validTo.toISOString() }, 'certificate renewed');
    } catch (error) {
      this.#inUse = before;
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#logger.warn({ problem }, 'the certificate files cannot be used; the certificate in use stays');
    }
  }
}

async function read(path: string, kind: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CausewayError({
      code: 'ERR_DIRECTORY_TLS_READ',
      message: `The directory's ${kind} ${path} cannot be read.`,
      nextStep: 'Correct the path in the configuration, or let the user of this process read the file.',
      disposition: 'halt',
      cause,
    });
  }
}

function parse<Parsed>(path: string, kind: string, parser: () => Parsed): Parsed {
  try {
    return parser();
  } catch {
    // The cause is left out: it is of the file with the private key.
    throw new CausewayError({
      code: 'ERR_DIRECTORY_TLS_FORMAT',
      message: `The file ${path} is not a ${kind} in PEM.`,
      nextStep: `Give the ${kind} as PEM, a private key without a passphrase.`,
      disposition: 'halt',
    });
  }
}
