import { copySecret, Reader } from '@ad-protocols/wire';

/** The password of a group-managed service account. */
export interface ManagedPassword {
  /** UTF-16 without the zero at its end, in practice 256 bytes of noise; its MD4 is the account's NT hash. */
  readonly current: Uint8Array;
  /** Undefined where the account has had one password only. */
  readonly previous: Uint8Array | undefined;
  /** Time after which the password must be asked for again, in units of 100 nanoseconds. */
  readonly queryInterval: bigint;
  /** Time for which the password stays the same, in units of 100 nanoseconds. */
  readonly unchangedInterval: bigint;
}

const STRUCTURE = 'MSDS-MANAGEDPASSWORD_BLOB';
/** Offsets of the fields count from here. */
const HEADER_BYTES = 16;

/**
 * The passwords in a value of `msDS-ManagedPassword`, which a domain controller gives to those who may have it.
 *
 * Layout: version 1 (2) ‖ reserved (2) ‖ length of all (4) ‖ offsets of the current password, the previous one (0 for none), and
 * both intervals (2 each) ‖ passwords, each with a zero at its end ‖ intervals (8 each). The intervals are on any boundary,
 * whatever the specification says. Returns fresh arrays, which {@link wipeManagedPassword} wipes; the caller wipes `bytes`.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-ADTS] MSDS-MANAGEDPASSWORD_BLOB (2.2.19)
 */
export function decodeManagedPassword(bytes: Uint8Array): ManagedPassword {
  const reader = new Reader(bytes, STRUCTURE);
  const version = reader.u16();
  if (version !== 1) throw reader.malformed(`version ${version} instead of 1`);
  reader.skip(2);
  const length = reader.u32();
  if (length < HEADER_BYTES) throw reader.malformed(`a length of ${length} bytes`);
  const body = new Reader(new Reader(bytes, STRUCTURE).bytes(length), STRUCTURE);
  if (bytes.length > length) throw reader.malformed(`${bytes.length - length} bytes after the end`);
  const [current, previous, query, unchanged] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const misplaced = [current, query, unchanged, previous || current].some((offset) => offset < HEADER_BYTES);
  if (misplaced) throw reader.malformed('a field inside the header');
  const queryInterval = readInterval(body, query);
  const unchangedInterval = readInterval(body, unchanged);
  // Both are found before one is copied, so that nothing is left behind by an error.
  const [currentView, previousView] = [
    viewPassword(body, current),
    previous ? viewPassword(body, previous) : undefined,
  ];
  return {
    current: copySecret(currentView),
    previous: previousView && copySecret(previousView),
    queryInterval,
    unchangedInterval,
  };
}

/** Overwrites both passwords with zeros. */
export function wipeManagedPassword(password: ManagedPassword): void {
  password.current.fill(0);
  password.previous?.fill(0);
}

function readInterval(body: Reader, offset: number): bigint {
  body.seek(offset);
  return body.u64();
}

/** A domain controller has replaced zeros inside, so the first one is the end. @see [MS-ADTS] msDS-ManagedPassword (3.1.1.4.5.39) */
function viewPassword(body: Reader, offset: number): Uint8Array {
  body.seek(offset);
  let length = 0;
  while (body.u16() !== 0) length += 2;
  if (length === 0) throw body.malformed('an empty password');
  body.seek(offset);
  return body.bytes(length);
}
