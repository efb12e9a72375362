export { NdrReader } from './ndr-reader.ts';
export { NdrWriter } from './ndr-writer.ts';
