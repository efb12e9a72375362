export { NdrReader } from './ndr-reader.ts';
export { NdrWriter } from './ndr-writer.ts';
export { transferSyntaxIdentifiers, type TransferSyntax } from './transfer-syntax.ts';
export { openPickle, pickle } from './type-serialization.ts';
