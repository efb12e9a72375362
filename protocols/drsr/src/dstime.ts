import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { dstimeToUnixMs } from '@ad-protocols/wire';

/** 1970-01-01 in seconds since 1601-01-01. */
const UNIX_EPOCH = 11_644_473_600n;

function toDate(reader: NdrReader, dstime: bigint): Date {
  const date = new Date(dstimeToUnixMs(dstime));
  if (Number.isNaN(date.getTime())) throw reader.malformed(`a time that no calendar has: ${dstime} seconds since 1601`);
  return date;
}

/** Reads a DSTIME: whole seconds since 1601-01-01T00:00:00Z, signed 64-bit, aligned to 8. @see [MS-DRSR] DSTIME (5.52) */
export function readDstime(reader: NdrReader): Date {
  return toDate(reader, reader.i64());
}

/** Reads a DSTIME whose zero stands for no time. */
export function readOptionalDstime(reader: NdrReader): Date | undefined {
  const dstime = reader.i64();
  return dstime === 0n ? undefined : toDate(reader, dstime);
}

/** Writes a DSTIME; zero for no time. What is finer than a second is cut off. */
export function writeDstime(writer: NdrWriter, time: Date | undefined): void {
  writer.i64(time === undefined ? 0n : BigInt(Math.floor(time.getTime() / 1000)) + UNIX_EPOCH);
}
