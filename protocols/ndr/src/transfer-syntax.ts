import { parseGuid, type Guid } from '@ad-protocols/wire';

/** How parameters are laid out: `'ndr'` is NDR 2.0, `'ndr64'` the form with 64-bit pointers and counts. */
export type TransferSyntax = 'ndr' | 'ndr64';

/**
 * The identifiers that stand for each syntax on the wire.
 *
 * @see [MS-RPCE] NDR Transfer Syntax Identifier (3.1.1.5.1), NDR64 Transfer Syntax Identifier (2.2.5.1)
 */
export const transferSyntaxIdentifiers: {
  readonly [S in TransferSyntax]: { readonly uuid: Guid; readonly version: readonly [major: number, minor: number] };
} = {
  ndr: { uuid: parseGuid('8a885d04-1ceb-11c9-9fe8-08002b104860'), version: [2, 0] },
  ndr64: { uuid: parseGuid('71710533-beba-4937-8319-b5dbef9ccc36'), version: [1, 0] },
};
