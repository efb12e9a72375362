import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from './folder.ts';

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority made with the openssl program, in a folder of its own. */
export class TestAuthority {
  readonly folder: string;
  readonly #name: string;
  #serial = 0;

  constructor(name: string) {
    this.folder = createFolder();
    this.#name = name;
    this.#openssl(
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ['-subj', `/CN=${name}`, '-keyout', 'ca.key', '-out', 'ca.pem'],
    );
  }

  /** The authority's certificate, in PEM. */
  get pem(): string {
    return readFileSync(join(this.folder, 'ca.pem'), 'utf8');
  }

  /** A server certificate for names such as `DNS:localhost` and `IP:127.0.0.1`; valid in `days` from now, may be negative. */
  issue(names: readonly string[], { from = '20200101000000Z', to = '20991231000000Z' } = {}): CertificateFiles {
    this.#serial += 1;
    const stem = `server-${this.#serial}`;
    this.#openssl(
      ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${this.#name} server`],
      ['-keyout', `${stem}.key`, '-out', `${stem}.csr`],
    );
    // `openssl ca` is the command of OpenSSL 3.0 that takes both dates.
    writeFileSync(join(this.folder, 'index.txt'), '');
    writeFileSync(
      join(this.folder, 'ca.conf'),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\nunique_subject=no\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=${names.join(',')}\n`,
    );
    this.#openssl(
      [
        'ca',
        '-batch',
        '-config',
        'ca.conf',
        '-cert',
        'ca.pem',
        '-keyfile',
        'ca.key',
        '-startdate',
        from,
        '-enddate',
        to,
      ],
      ['-in', `${stem}.csr`, '-out', `${stem}.pem`, '-notext'],
    );
    return { certificate: join(this.folder, `${stem}.pem`), key: join(this.folder, `${stem}.key`) };
  }

  #openssl(...args: readonly string[][]): void {
    execFileSync('openssl', args.flat(), { cwd: this.folder, stdio: 'pipe' });
  }
}
