import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** A security identifier in its text form: `S-1-5-21-…-1104`. @see [MS-DTYP] SID (2.4.2) */
export type Sid = string & { readonly sid: unique symbol };

/** Sub-authorities a SID may have at most. */
const SUB_AUTHORITIES_MAX = 15;

/**
 * The SID held in its packet form: revision (1) ‖ count (1) ‖ authority (6, big-endian) ‖ count × sub-authority (4, little-endian).
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED for another revision, too many sub-authorities, or bytes left over.
 */
export function decodeSid(wire: Uint8Array): Sid {
  const reader = new Reader(wire, 'SID');
  if (reader.u8() !== 1) throw reader.malformed('the revision is not 1');
  const count = reader.u8();
  if (count > SUB_AUTHORITIES_MAX) throw reader.malformed(`${count} sub-authorities, at most ${SUB_AUTHORITIES_MAX}`);
  const authority = reader.u16be() * 2 ** 32 + reader.u32be();
  const parts: number[] = [authority];
  for (let index = 0; index < count; index += 1) parts.push(reader.u32());
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the last sub-authority`);
  return `S-1-${parts.join('-')}` as Sid;
}

/** The packet form of a SID. @throws {TypeError} when the text is not a SID. */
export function encodeSid(sid: Sid): Uint8Array {
  const match = /^S-1-(\d+)((?:-\d+)*)$/.exec(sid);
  if (!match) throw new TypeError(`not a SID: ${JSON.stringify(sid)}`);
  const authority = Number(match[1]);
  const subAuthorities = (match[2] ?? '').split('-').slice(1).map(Number);
  if (subAuthorities.length > SUB_AUTHORITIES_MAX) throw new TypeError(`too many sub-authorities: ${sid}`);
  const writer = new Writer(68).u8(1).u8(subAuthorities.length);
  writer.u16be(Math.floor(authority / 2 ** 32)).u32be(authority % 2 ** 32);
  for (const part of subAuthorities) writer.u32(part);
  return writer.finish();
}

/** The relative identifier: the last sub-authority. @throws {TypeError} when the SID has none. */
export function ridOf(sid: Sid): number {
  const match = /^S-1-\d+-(?:\d+-)*(\d+)$/.exec(sid);
  if (!match) throw new TypeError(`a SID without a relative identifier: ${JSON.stringify(sid)}`);
  return Number(match[1]);
}
