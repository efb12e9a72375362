import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOSTS, networksOf } from './names.ts';
import type { HostName } from './names.ts';
import { runOrThrow } from './program.ts';

/** A certificate with its private key. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Whom a certificate is for: a host of the lab, or any names and addresses (for a wrong one). */
export interface CertificateRequest {
  readonly host?: HostName;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Days it is valid from now. Default: 365. */
  readonly days?: number;
  /** Its validity ended a day ago. */
  readonly expired?: boolean;
}

const NEW_EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** The lab's certification authority: one P-256 key in the lab's state folder, used through openssl. */
export class CertificationAuthority {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  /** `environment` goes to every openssl that it runs; it carries the lab's mark. */
  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /** Makes key and certificate of the authority. */
  async create(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // The machine's openssl.cnf would add extensions of its own.
    await writeFile(this.#path('openssl.cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
    await this.#request([
      '-keyout',
      this.#path('key.pem'),
      '-out',
      this.#path('cert.pem'),
      '-days',
      '3650',
      '-subj',
      '/O=Causeway lab/CN=Causeway lab CA',
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    ]);
  }

  /** The authority's own certificate. */
  async readCertificate(): Promise<string> {
    return readFile(this.#path('cert.pem'), 'utf8');
  }

  /** Issues a certificate for a server, with a new P-256 key. */
  async issue(request: CertificateRequest): Promise<IssuedCertificate> {
    const dnsNames = [...(request.dnsNames ?? [])];
    const ipAddresses = [...(request.ipAddresses ?? [])];
    if (request.host !== undefined) {
      const plan = HOSTS[request.host];
      dnsNames.push(plan.fqdn, request.host);
      for (const network of networksOf(request.host)) ipAddresses.push(plan.addresses[network] ?? '');
    }
    const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
    const folder = await mkdtemp(this.#path('issue-'));
    try {
      const key = join(folder, 'key.pem');
      const certificate = join(folder, 'cert.pem');
      await this.#request([
        '-CA',
        this.#path('cert.pem'),
        '-CAkey',
        this.#path('key.pem'),
        '-keyout',
        key,
        '-out',
        certificate,
        '-days',
        request.expired === true ? '-1' : String(request.days ?? 365),
        '-subj',
        `/O=Causeway lab/CN=${dnsNames[0] ?? ipAddresses[0] ?? 'nobody'}`,
        '-addext',
        `subjectAltName=${names.join(',')}`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
        '-addext',
        'keyUsage=critical,digitalSignature',
        '-addext',
        'extendedKeyUsage=serverAuth',
      ]);
      const [certificatePem, privateKeyPem] = await Promise.all([readFile(certificate, 'utf8'), readFile(key, 'utf8')]);
      return { certificatePem, privateKeyPem };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  async #request(args: readonly string[]): Promise<void> {
    await runOrThrow(['openssl', 'req', '-x509', '-config', this.#path('openssl.cnf'), ...NEW_EC_KEY, ...args], {
      env: this.#environment,
    });
  }
}
