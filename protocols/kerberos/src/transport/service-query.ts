import type { SrvRecord } from 'node:dns';
import { Reader, Writer } from '@ad-protocols/wire';

/** Type SRV and class IN. @see RFC 2782; RFC 1035 §3.2.4 */
const SRV = 33;
const INTERNET = 1;

/** Labels of a name at most, pointers included: a name has 255 bytes. @see RFC 1035 §3.1 */
const LABELS_MAX = 128;

const LABEL_BYTES_MAX = 63;

const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const RESPONSE = 0x8000;

/** What a DNS server answers. */
export interface ServiceAnswer {
  /** Only the start of the answer fits the datagram: it has to be asked for over TCP. */
  readonly truncated: boolean;
  readonly records: readonly SrvRecord[];
}

/**
 * A DNS query for service records.
 *
 * The platform's resolver refuses what Samba's DNS server answers: it compresses the target's name, which RFC 2782
 * forbids.
 *
 * @throws {RangeError} for a name with a label of more than 63 bytes, which DNS cannot have.
 * @see RFC 1035 §4.1
 */
export function encodeServiceQuery(id: number, name: string): Uint8Array {
  const writer = new Writer(64).u16be(id).u16be(RECURSION_DESIRED).u16be(1).u16be(0).u16be(0).u16be(0);
  for (const label of name.split('.')) {
    const bytes = new TextEncoder().encode(label);
    if (bytes.length > LABEL_BYTES_MAX) throw new RangeError(`a label of ${bytes.length} bytes in ${name}`);
    writer.u8(bytes.length).bytes(bytes);
  }
  return writer.u8(0).u16be(SRV).u16be(INTERNET).finish();
}

/**
 * The service records in an answer; none for a name that does not exist.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED, also for an answer to another query.
 */
export function decodeServiceAnswer(bytes: Uint8Array, id: number): ServiceAnswer {
  const reader = new Reader(bytes, 'DNS answer');
  const answered = reader.u16be();
  const flags = reader.u16be();
  if (answered !== id || (flags & RESPONSE) === 0) throw reader.malformed('not the answer to the query');
  const questions = reader.u16be();
  const answers = reader.u16be();
  reader.skip(4);
  if ((flags & TRUNCATED) !== 0) return { truncated: true, records: [] };
  for (let index = 0; index < questions; index += 1) {
    readName(reader, bytes);
    reader.skip(4);
  }
  const records: SrvRecord[] = [];
  for (let index = 0; index < answers; index += 1) {
    readName(reader, bytes);
    const type = reader.u16be();
    reader.skip(6);
    const end = reader.u16be() + reader.offset;
    if (type === SRV) records.push(readService(reader, bytes));
    reader.seek(end);
  }
  return { truncated: false, records };
}

function readService(reader: Reader, message: Uint8Array): SrvRecord {
  const [priority, weight, port] = [reader.u16be(), reader.u16be(), reader.u16be()];
  return { priority, weight, port, name: readName(reader, message) };
}

/** A name of labels; a pointer leads to the rest of it elsewhere in the message. @see RFC 1035 §4.1.4 */
function readName(reader: Reader, message: Uint8Array): string {
  const labels: string[] = [];
  let from = reader;
  for (let count = 0; count < LABELS_MAX; count += 1) {
    const length = from.u8();
    if (length === 0) return labels.join('.');
    if (length < 0xc0) {
      if (length > LABEL_BYTES_MAX) throw from.malformed(`a label of ${length} bytes`);
      labels.push(new TextDecoder().decode(from.bytes(length)));
    } else {
      const offset = ((length & 0x3f) << 8) | from.u8();
      from = new Reader(message, reader.structure);
      from.seek(offset);
    }
  }
  throw reader.malformed('a name without an end');
}
