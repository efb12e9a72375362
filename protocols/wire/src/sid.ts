import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** A security identifier in its text form: `S-1-5-21-…-1104`. @see [MS-DTYP] SID (2.4.2) */
export type Sid = string & { readonly sid: unique symbol };

/** Sub-authorities a SID may have at most. */
const SUB_AUTHORITIES_MAX = 15;

/** Authorities up to this one are written in decimal, larger ones in hexadecimal. @see [MS-DTYP] SID String Format Syntax (2.4.2.1) */
const DECIMAL_AUTHORITY_MAX = 0xffff_ffff;
const AUTHORITY_MAX = 2 ** 48 - 1;
const SUB_AUTHORITY_MAX = 0xffff_ffff;

/**
 * The SID held in its packet form: revision (1) ‖ count (1) ‖ authority (6, big-endian) ‖ count × sub-authority (4, little-endian).
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED for another revision, too many sub-authorities, or bytes left over.
 */
export function decodeSid(wire: Uint8Array): Sid {
  const reader = new Reader(wire, 'SID');
  const sid = readSid(reader);
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the last sub-authority`);
  return sid;
}

/** The SID at the reader's place, in the form that {@link decodeSid} describes; more may follow it. */
export function readSid(reader: Reader): Sid {
  if (reader.u8() !== 1) throw reader.malformed('the revision of a SID is not 1');
  const count = reader.u8();
  if (count > SUB_AUTHORITIES_MAX) throw reader.malformed(`${count} sub-authorities, at most ${SUB_AUTHORITIES_MAX}`);
  const authority = reader.u16be() * 2 ** 32 + reader.u32be();
  const parts: (number | string)[] = [formatAuthority(authority)];
  for (let index = 0; index < count; index += 1) parts.push(reader.u32());
  return `S-1-${parts.join('-')}` as Sid;
}

function formatAuthority(authority: number): string {
  return authority > DECIMAL_AUTHORITY_MAX ? `0x${authority.toString(16).padStart(12, '0')}` : String(authority);
}

/** The packet form of a SID. @throws {TypeError} when the text is not a SID. */
export function encodeSid(sid: Sid): Uint8Array {
  const match = /^S-1-(\d+|0x[0-9a-fA-F]{12})((?:-\d+)*)$/.exec(sid);
  if (!match) throw new TypeError(`not a SID: ${JSON.stringify(sid)}`);
  const authority = Number(match[1]);
  const subAuthorities = (match[2] ?? '').split('-').slice(1).map(Number);
  if (subAuthorities.length > SUB_AUTHORITIES_MAX) throw new TypeError(`too many sub-authorities: ${sid}`);
  if (authority > AUTHORITY_MAX || subAuthorities.some((part) => part > SUB_AUTHORITY_MAX)) {
    throw new TypeError(`a number of ${sid} is too large`);
  }
  const writer = new Writer(68).u8(1).u8(subAuthorities.length);
  writer.u16be(Math.floor(authority / 2 ** 32)).u32be(authority % 2 ** 32);
  for (const part of subAuthorities) writer.u32(part);
  return writer.finish();
}

/** The relative identifier: the last sub-authority. @throws {TypeError} when the SID has none. */
export function ridOf(sid: Sid): number {
  const match = /^S-1-\w+-(?:\d+-)*(\d+)$/.exec(sid);
  if (!match) throw new TypeError(`a SID without a relative identifier: ${JSON.stringify(sid)}`);
  return Number(match[1]);
}
