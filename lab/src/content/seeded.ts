import { createHmac } from 'node:crypto';

/** What everything in the lab that looks random is derived from, so that two labs have the same users. */
const SEED = 'causeway lab 1';

/** Bytes that look random and are the same for the same label; at most 32. */
export function deriveBytes(label: string, length: number): Uint8Array {
  return new Uint8Array(createHmac('sha256', SEED).update(label).digest().subarray(0, length));
}

/** Letters and digits that look random and are the same for the same label; at most 32. */
export function deriveText(label: string, length: number): string {
  const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return Array.from(deriveBytes(label, length), (byte) => letters[byte % letters.length]).join('');
}

/** A sequence of numbers that look random and are the same for the same label. */
export class SeededSequence {
  #state: number;

  constructor(label: string) {
    this.#state = new DataView(deriveBytes(label, 4).buffer).getUint32(0);
  }

  /** A whole number from 0 to `below` - 1. */
  integer(below: number): number {
    // Mulberry32: 32 bits of state are plenty for choosing names.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(items.length)];
    if (item === undefined) throw new RangeError('pick: there is nothing to pick from.');
    return item;
  }
}
