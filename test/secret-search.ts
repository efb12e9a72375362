import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** A secret to look for; `name` says whose and what, never the secret itself. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One place where a secret was found. */
export interface Finding {
  readonly secret: string;
  /** `raw`, `hex`, `HEX` or `base64`. */
  readonly form: string;
  /** The file or memory range, with the offset in bytes. */
  readonly place: string;
}

interface Pattern {
  readonly secret: string;
  readonly form: string;
  readonly bytes: Uint8Array;
}

const chunkLength = 8 * 1024 * 1024;
const pageLength = 4096;
const blankPage = Buffer.alloc(pageLength);

/**
 * Looks for many secrets at once, each as it is, in hex of either case, and in base64 at each of the three alignments.
 *
 * A window of four bytes goes over the data; a bit table rejects nearly all positions, a map names the candidates for
 * the rest.
 */
export class SecretSearch {
  readonly #byPrefix = new Map<number, Pattern[]>();
  readonly #filter = new Uint8Array(1 << 17);
  readonly #longest: number;

  constructor(secrets: readonly Secret[]) {
    const patterns = secrets.flatMap(formsOf);
    for (const pattern of patterns) {
      const prefix = new DataView(pattern.bytes.buffer, pattern.bytes.byteOffset).getUint32(0);
      this.#byPrefix.set(prefix, [...(this.#byPrefix.get(prefix) ?? []), pattern]);
      const bit = bitOf(prefix);
      this.#filter[bit >>> 3] = (this.#filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
    this.#longest = Math.max(...patterns.map(({ bytes }) => bytes.length));
  }

  /** Every secret in some bytes. `place` names them in the findings. */
  searchBytes(data: Uint8Array, place: string): Finding[] {
    const findings: Finding[] = [];
    let prefix = 0;
    for (let end = 0; end < data.length; end += 1) {
      if (end % pageLength === 0 && isBlank(data, end)) {
        // Memory that was never written to; what begins at its very end is still found.
        end += pageLength - this.#longest;
        prefix = 0;
      }
      prefix = ((prefix << 8) | (data[end] ?? 0)) >>> 0;
      const bit = bitOf(prefix);
      if (((this.#filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0 || end < 3) continue;
      for (const { secret, form, bytes } of this.#byPrefix.get(prefix) ?? []) {
        const start = end - 3;
        if (bytes.every((byte, index) => data[start + index] === byte)) {
          findings.push({ secret, form, place: `${place} at ${start}` });
        }
      }
    }
    return findings;
  }

  /** Every secret in a file, read in overlapping pieces. */
  searchFile(file: string): Finding[] {
    const descriptor = openSync(file, 'r');
    try {
      const size = Number.MAX_SAFE_INTEGER;
      return this.#searchRange(descriptor, { start: 0, end: size, place: file });
    } finally {
      closeSync(descriptor);
    }
  }

  /** Every secret in the memory of a process that is running: what a core file of it would hold. */
  searchProcess(pid: number, name: string): Finding[] {
    const descriptor = openSync(`/proc/${pid}/mem`, 'r');
    try {
      return readFileSync(`/proc/${pid}/maps`, 'utf8')
        .split('\n')
        .flatMap((line) => {
          const match = /^([0-9a-f]+)-([0-9a-f]+) rw.. \S+ \S+ \d+\s*(.*)$/.exec(line);
          if (!match) return [];
          const [, start = '', end = '', what = ''] = match;
          const place = `memory of ${name} (${what === '' ? 'anonymous' : what}, range ${start})`;
          return this.#searchRange(descriptor, {
            start: Number.parseInt(start, 16),
            end: Number.parseInt(end, 16),
            place,
          });
        });
    } finally {
      closeSync(descriptor);
    }
  }

  #searchRange(descriptor: number, range: { start: number; end: number; place: string }): Finding[] {
    const findings: Finding[] = [];
    const chunk = Buffer.alloc(chunkLength);
    for (let position = range.start; position < range.end;) {
      const length = readPiece(descriptor, chunk, { position, length: Math.min(chunkLength, range.end - position) });
      if (length < 4) break;
      findings.push(...this.searchBytes(chunk.subarray(0, length), `${range.place} + ${position - range.start}`));
      // The next piece begins early enough to hold whole what this one cut through.
      if (length <= this.#longest) break;
      position += length - this.#longest;
    }
    return findings;
  }
}

/** Bytes read; 0 where nothing can be read, such as a guard page. */
function readPiece(descriptor: number, chunk: Buffer, range: { position: number; length: number }): number {
  try {
    return readSync(descriptor, chunk, 0, range.length, range.position);
  } catch {
    return 0;
  }
}

/** Whether the page at an offset holds nothing but zeros. */
function isBlank(data: Uint8Array, offset: number): boolean {
  return offset + pageLength <= data.length && blankPage.equals(data.subarray(offset, offset + pageLength));
}

function bitOf(prefix: number): number {
  return (Math.imul(prefix, 0x9e3779b1) >>> 12) & 0xfffff;
}

function formsOf({ name, bytes }: Secret): Pattern[] {
  const hex = Buffer.from(bytes).toString('hex');
  const forms: [string, Uint8Array][] = [
    ['raw', bytes],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
  ];
  for (const before of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The first and the last characters mix with neighbouring bytes.
    forms.push(['base64', Buffer.from(padded.slice(before === 0 ? 0 : before + 1, -1))]);
  }
  return forms.map(([form, pattern]) => ({ secret: name, form, bytes: pattern }));
}
