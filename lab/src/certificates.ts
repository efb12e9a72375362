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
  /** Its validity ended a day ago. */
  readonly expired?: boolean;
  /** Its validity begins in a day, as a host sees it whose clock is behind. */
  readonly notYetValid?: boolean;
}

const NEW_EC_KEY = 'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'.split(' ');

const SIGN_ITSELF =
  'x509 -req -in request.pem -out cert.pem -sha256 -extfile openssl.cnf -extensions extensions -days 3650'.split(' ');

/** The command of OpenSSL 3.0 that takes the first moment of a certificate as well as the last. */
const ISSUE = 'ca -batch -notext -config openssl.cnf -in request.pem -out cert.pem -extensions extensions'.split(' ');

/** What that command asks for; its list of issued certificates begins empty each time. */
const ISSUING = `[ca]
default_ca = issuing
[issuing]
database = issued.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
organizationName = supplied
commonName = supplied
`;

const DAY_MS = 86_400_000;

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
    const extensions = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign'];
    await this.#makeKeyAndRequest(this.#folder, 'Causeway lab CA', extensions);
    await this.#openssl(this.#folder, [...SIGN_ITSELF, '-signkey', 'key.pem']);
  }

  /** The authority's own certificate. */
  async readCertificate(): Promise<string> {
    return readFile(join(this.#folder, 'cert.pem'), 'utf8');
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
    const folder = await mkdtemp(join(this.#folder, 'issue-'));
    try {
      await this.#makeKeyAndRequest(folder, dnsNames[0] ?? ipAddresses[0] ?? 'nobody', [
        'basicConstraints = critical, CA:FALSE',
        'keyUsage = critical, digitalSignature',
        'extendedKeyUsage = serverAuth',
        `subjectAltName = ${names.join(', ')}`,
      ]);
      await writeFile(join(folder, 'issued.txt'), '');
      const authority = ['-cert', join(this.#folder, 'cert.pem'), '-keyfile', join(this.#folder, 'key.pem')];
      await this.#openssl(folder, [...ISSUE, ...authority, ...validityOf(request)]);
      return {
        certificatePem: await readFile(join(folder, 'cert.pem'), 'utf8'),
        privateKeyPem: await readFile(join(folder, 'key.pem'), 'utf8'),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Leaves `key.pem`, `request.pem` and the extensions to sign, in `openssl.cnf`, in the folder. */
  async #makeKeyAndRequest(folder: string, commonName: string, extensions: readonly string[]): Promise<void> {
    const lines = ['[req]', 'distinguished_name = subject', 'prompt = no', '[subject]', 'O = Causeway lab'];
    lines.push(`CN = ${commonName}`, '[extensions]', ...extensions, ISSUING);
    await writeFile(join(folder, 'openssl.cnf'), lines.join('\n'));
    await this.#openssl(folder, [...NEW_EC_KEY, '-config', 'openssl.cnf', '-keyout', 'key.pem', '-out', 'request.pem']);
  }

  async #openssl(folder: string, args: readonly string[]): Promise<void> {
    await runOrThrow(['openssl', ...args], { env: this.#environment, cwd: folder });
  }
}

/** A year that has begun a day ago, has ended a day ago, or begins in a day. */
function validityOf({ expired, notYetValid }: CertificateRequest): string[] {
  const firstDay = expired === true ? -366 : notYetValid === true ? 1 : -1;
  return ['-startdate', formatMoment(firstDay), '-enddate', formatMoment(firstDay + 365)];
}

/** A moment that many days from now, as `YYYYMMDDHHMMSSZ`. */
function formatMoment(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
}
