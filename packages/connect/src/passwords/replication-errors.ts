import { DrsError } from '@ad-protocols/drsr';
import { CausewayError, type Disposition } from '@causeway/model';
import { RpcError } from '@ad-protocols/rpc';
import { accountRefused, type DcContext } from '../dc/dc-errors.ts';
import { isSignInError, signInFailure } from '../dc/sign-in-errors.ts';

/** Which of connect's errors a failure of replication is, and what happens after it. */
const kinds: Readonly<Record<string, readonly [code: string, disposition: Disposition]>> = {
  ERR_RPC_NAME_NOT_FOUND: ['ERR_CONNECT_DC_NAME', 'retry'],
  ERR_RPC_REFUSED: ['ERR_CONNECT_DC_UNREACHABLE', 'retry'],
  ERR_RPC_UNREACHABLE: ['ERR_CONNECT_DC_UNREACHABLE', 'retry'],
  ERR_RPC_CLOSED: ['ERR_CONNECT_DC_UNREACHABLE', 'retry'],
  ERR_RPC_TIMEOUT: ['ERR_CONNECT_DC_UNREACHABLE', 'retry'],
  ERR_RPC_SIGNATURE: ['ERR_CONNECT_DAMAGED_REPLY', 'retry'],
  ERR_RPC_PROTOCOL: ['ERR_CONNECT_DAMAGED_REPLY', 'retry'],
  ERR_DRSR_CHECKSUM: ['ERR_CONNECT_DAMAGED_REPLY', 'retry'],
  ERR_DRSR_REPLY: ['ERR_CONNECT_DAMAGED_REPLY', 'retry'],
  ERR_DRSR_ACCESS_DENIED: ['ERR_CONNECT_ACCESS_DENIED', 'halt'],
  ERR_DRSR_BUSY: ['ERR_CONNECT_DC_BUSY', 'retry'],
  // OpenSSL in FIPS mode has no MD5.
  ERR_OSSL_EVP_UNSUPPORTED: ['ERR_CONNECT_MD5_BLOCKED', 'halt'],
};

const readAgain = (host: string): string =>
  `none: connect reads it again over a new connection; if this is said again and again, look for a device that alters traffic between this host and ${host}`;

/** What an administrator does where the protocol packages speak to a programmer, who is to repeat what connect repeats. */
const nextSteps: Readonly<Record<string, (host: string) => string>> = {
  ERR_RPC_CLOSED: (host) =>
    `none if ${host} was restarted: connect reads on over a new connection; otherwise look into its event log`,
  ERR_RPC_SIGNATURE: readAgain,
  ERR_RPC_PROTOCOL: readAgain,
  ERR_DRSR_CHECKSUM: readAgain,
  ERR_DRSR_REPLY: readAgain,
  ERR_OSSL_EVP_UNSUPPORTED: () =>
    'domain controllers wrap passwords with MD5 and RC4: run causeway on a host, or with an OpenSSL configuration, without FIPS mode',
};

/** A fault with this status means the same as {@link kinds}' ERR_DRSR_ACCESS_DENIED. @see [MS-ERREF] ERROR_ACCESS_DENIED */
const ACCESS_DENIED = 5;

/** The CausewayError for anything that replication from a DC may fail with; anything unknown stays as it is. */
export function replicationFailure(error: unknown, context: DcContext & { account: string }): unknown {
  if (error instanceof CausewayError || !(error instanceof Error) || !('code' in error)) return error;
  if (isSignInError(error)) return signInFailure(error, context);
  const code = String(error.code);
  if (code === 'ERR_RPC_LOGON_REFUSED') return accountRefused(error, context);
  if (code === 'ERR_DRSR_ACCESS_DENIED' || ('status' in error && error.status === ACCESS_DENIED)) {
    return accessDenied(error, context);
  }
  const kind = kinds[code];
  if (kind === undefined && !(error instanceof RpcError) && !(error instanceof DrsError)) return error;
  const [name, disposition] = kind ?? ['ERR_CONNECT_REPLICATION', 'retry'];
  return new CausewayError({
    code: name,
    message: `reading passwords from the domain controller ${context.host} failed: ${error.message}`,
    nextStep: nextSteps[code]?.(context.host) ?? nextStepOf(error),
    disposition,
    cause: error,
  });
}

function accessDenied(error: Error, { host, account }: DcContext & { account: string }): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_ACCESS_DENIED',
    message: `the domain controller ${host} does not let the service account ${account} replicate passwords`,
    nextStep:
      `grant ${account} "Replicating Directory Changes" and "Replicating Directory Changes All" on the root of the domain ` +
      '(1131f6aa-9c07-11d1-f79f-00c04fc2dcd2 and 1131f6ad-9c07-11d1-f79f-00c04fc2dcd2); no other right is needed',
    disposition: 'halt',
    cause: error,
  });
}

function nextStepOf(error: Error): string {
  return 'nextStep' in error && typeof error.nextStep === 'string' ? error.nextStep : 'see the log around this line';
}
