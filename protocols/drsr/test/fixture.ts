import { readFileSync } from 'node:fs';

/** A captured reply; see `fixtures/README.md`. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}.bin`, import.meta.url)));
}

/** The bytes of a hexadecimal text with spaces. */
export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}
