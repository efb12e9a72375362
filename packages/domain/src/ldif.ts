import type { Attribute, Operation } from './operation.ts';

/**
 * Operations as LDIF, every value in base64: the input of Samba's ldb tools.
 *
 * The bytes hold whatever the operations hold, in exactly one copy and in no string: the caller wipes them.
 *
 * @see RFC 2849
 */
export function encodeLdif(operations: readonly Operation[]): Uint8Array {
  const pieces = operations.flatMap(formatOperation);
  const sizes = pieces.map((piece) => (typeof piece === 'string' ? piece.length : base64Size(piece.length)));
  const ldif = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  pieces.forEach((piece, index) => {
    if (typeof piece === 'string') encoder.encodeInto(piece, ldif.subarray(at));
    else writeBase64(piece, ldif, at);
    at += sizes[index] ?? 0;
  });
  return ldif;
}

const encoder = new TextEncoder();

/** ASCII text, or bytes that become base64. */
type Piece = string | Uint8Array;

function formatOperation(operation: Operation): Piece[] {
  const head: Piece[] = ['dn:: ', encoder.encode(operation.dn), '\n'];
  if (operation.kind === 'add') {
    return [...head, 'changetype: add\n', ...operation.attributes.flatMap(formatValues), '\n'];
  }
  if (operation.kind === 'delete') return [...head, 'changetype: delete\n\n'];
  if (operation.kind === 'rename') {
    return [...head, 'changetype: modrdn\nnewrdn:: ', encoder.encode(operation.rdn), '\ndeleteoldrdn: 1\n\n'];
  }
  const changes = operation.replace.flatMap((attribute) => [
    `replace: ${attribute.name}\n`,
    ...formatValues(attribute),
    '-\n',
  ]);
  return [...head, 'changetype: modify\n', ...changes, '\n'];
}

function formatValues({ name, values }: Attribute): Piece[] {
  return values.flatMap((value) => [`${name}:: `, value, '\n']);
}

const alphabet = encoder.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;

function base64Size(length: number): number {
  return Math.ceil(length / 3) * 4;
}

function writeBase64(bytes: Uint8Array, target: Uint8Array, start: number): void {
  let at = start;
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    target[at] = alphabet[group >> 18] ?? 0;
    target[at + 1] = alphabet[(group >> 12) & 63] ?? 0;
    target[at + 2] = left > 1 ? (alphabet[(group >> 6) & 63] ?? 0) : PAD;
    target[at + 3] = left > 2 ? (alphabet[group & 63] ?? 0) : PAD;
    at += 4;
  }
}
