/** 100-nanosecond intervals since 1601-01-01T00:00:00Z. @see [MS-DTYP] FILETIME (2.3.3) */
export type Filetime = bigint;

/** Seconds from 1601-01-01 to 1970-01-01. */
const UNIX_EPOCH_SECONDS = 11_644_473_600n;

/** Milliseconds since 1970 of a FILETIME; what is finer than a millisecond is cut off. */
export function filetimeToUnixMs(filetime: Filetime): number {
  return Number(filetime / 10_000n - UNIX_EPOCH_SECONDS * 1000n);
}

/** The FILETIME of a number of milliseconds since 1970. */
export function unixMsToFiletime(unixMs: number): Filetime {
  return (BigInt(Math.trunc(unixMs)) + UNIX_EPOCH_SECONDS * 1000n) * 10_000n;
}

/** Milliseconds since 1970 of a DSTIME: seconds since 1601-01-01T00:00:00Z. @see [MS-DRSR] DSTIME (5.52) */
export function dstimeToUnixMs(dstime: bigint): number {
  return Number((dstime - UNIX_EPOCH_SECONDS) * 1000n);
}
