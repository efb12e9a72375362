import { decodeAcl, type AccessControlEntry } from './access-control-list.ts';
import { Reader } from './reader.ts';
import { readSid, type Sid } from './sid.ts';

/** Who may do what with an object. */
export interface SecurityDescriptor {
  readonly owner: Sid | undefined;
  readonly group: Sid | undefined;
  /** Bits of the field Control, as they came. @see [MS-DTYP] SECURITY_DESCRIPTOR (2.4.6) */
  readonly control: number;
  /** Entries in the order in which they are evaluated; undefined where there is no list, which lets everybody do everything. */
  readonly dacl: readonly AccessControlEntry[] | undefined;
}

const STRUCTURE = 'SECURITY_DESCRIPTOR';
const DACL_PRESENT = 0x0004;
const SELF_RELATIVE = 0x8000;

/**
 * A security descriptor in the one form that travels, as the attribute `nTSecurityDescriptor` holds it. The list of what is to be
 * audited (SACL) is not read.
 *
 * Layout: revision 1 (1) ‖ resource manager control (1) ‖ control (2) ‖ offsets of owner, group, SACL and DACL from the start, 0 for
 * none (4 each) ‖ what they point to, in any order.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-DTYP] SECURITY_DESCRIPTOR (2.4.6)
 */
export function decodeSecurityDescriptor(bytes: Uint8Array): SecurityDescriptor {
  const reader = new Reader(bytes, STRUCTURE);
  const revision = reader.u8();
  if (revision !== 1) throw reader.malformed(`revision ${revision} instead of 1`);
  reader.skip(1);
  const control = reader.u16();
  if ((control & SELF_RELATIVE) === 0) throw reader.malformed('it is not self-relative');
  const [ownerOffset, groupOffset] = [reader.u32(), reader.u32()];
  reader.skip(4);
  const daclOffset = reader.u32();
  const hasDacl = (control & DACL_PRESENT) !== 0 && daclOffset !== 0;
  return {
    owner: sidAt(reader, ownerOffset),
    group: sidAt(reader, groupOffset),
    control,
    dacl: hasDacl ? decodeAcl(from(reader, daclOffset)) : undefined,
  };
}

function sidAt(reader: Reader, offset: number): Sid | undefined {
  return offset === 0 ? undefined : readSid(new Reader(from(reader, offset), STRUCTURE));
}

function from(reader: Reader, offset: number): Uint8Array {
  reader.seek(offset);
  return reader.bytes(reader.remaining);
}
