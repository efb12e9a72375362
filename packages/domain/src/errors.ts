import { CausewayError } from '@causeway/model';

/** The managed domain's DC does not serve its privileged LDAP socket at the moment. */
export function managedDomainUnavailable(socketPath: string, problem: string, cause?: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_DOMAIN_MANAGED_DC_UNAVAILABLE',
    message: `the managed domain controller does not serve ${socketPath}: ${problem}`,
    nextStep:
      'start Samba on this host, restart it when it runs and does not answer, and see that this service runs as root with the same samba.privateDir; writing goes on by itself then',
    disposition: 'retry',
    cause,
  });
}

/** The container for users is not there, and Samba refuses to make it. */
export function containerRefused(dn: string, diagnostic: string): CausewayError {
  return new CausewayError({
    code: 'ERR_DOMAIN_CONTAINER',
    message: `the container ${dn} is not there, and the managed domain refuses to make it: ${diagnostic}`,
    nextStep: 'correct container in the configuration, or make the organizational units above it',
    disposition: 'halt',
  });
}

/** The state folder cannot be read or written. A full disk becomes free again, so this is tried again. */
export function stateFolderError(folder: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_DOMAIN_STATE_DIR',
    message: `the state folder ${folder} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
    nextStep: 'free space on its disk, or set stateDir to a folder that root may write to; nothing is lost meanwhile',
    disposition: 'retry',
    cause,
  });
}

const tenantKeyProblems = {
  exists: {
    code: 'ERR_DOMAIN_KEY_EXISTS',
    problem: 'there is a tenant key already at',
    nextStep: 'keep using it; to replace it, move the file away and start the domain service with --replace-key',
  },
  write: {
    code: 'ERR_DOMAIN_KEY_WRITE',
    problem: 'the tenant key cannot be written to',
    nextStep: 'see that root may write there and that the disk has room',
  },
  read: {
    code: 'ERR_DOMAIN_KEY_READ',
    problem: 'the tenant key cannot be read from',
    nextStep: 'run the domain service as root, or as the owner of this file',
  },
  permissions: {
    code: 'ERR_DOMAIN_KEY_PERMISSIONS',
    problem: 'others than its owner may read the tenant key at',
    nextStep: 'run chmod 600 on the file; if somebody may have read it, move it away and start with --replace-key',
  },
  format: {
    code: 'ERR_DOMAIN_KEY_FORMAT',
    problem: 'there is no tenant key, base64 of 32 bytes, in',
    nextStep: 'restore the file from its backup; if there is none, move it away and start with --replace-key',
  },
} as const;

/** Something is wrong with the file of the tenant's private key. */
export function tenantKeyError(kind: keyof typeof tenantKeyProblems, path: string, cause?: unknown): CausewayError {
  const { code, problem, nextStep } = tenantKeyProblems[kind];
  return new CausewayError({ code, message: `${problem} ${path}`, nextStep, disposition: 'halt', cause });
}

/** The directory has another key for the tenant than this host. */
export function keyConflict(keys: { registered: string; here: string | undefined; path: string }): CausewayError {
  const here = keys.here === undefined ? 'has none' : `has the key ${keys.here}`;
  return new CausewayError({
    code: 'ERR_DOMAIN_KEY_CONFLICT',
    message: `the directory knows the key ${keys.registered} for this tenant, and this host ${here}`,
    nextStep: `restore the private key of ${keys.registered} to ${keys.path}, mode 600; if it is lost, start with --replace-key, give connect the new public key, and every credential is sealed and sent again`,
    disposition: 'halt',
  });
}

/** A defect of the domain service, or something of the world that nobody foresaw. */
export function unexpectedError(cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_DOMAIN_UNEXPECTED',
    message: `unexpected error: ${cause instanceof Error ? cause.message : String(cause)}`,
    nextStep: 'report this as a defect of Causeway with the log around it; the domain service goes on trying',
    disposition: 'retry',
    cause,
  });
}
