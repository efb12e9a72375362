export {
  boolean,
  elementSize,
  encodeBer,
  integer,
  octets,
  readElement,
  readElements,
  readNumber,
  sequence,
  tags,
  type BerElement,
  type ReadElement,
} from './ber.ts';
export { application, applicationTag, contextTag, explicit } from './context-tags.ts';
export { DerReader, type BitString } from './der-reader.ts';
export { objectIdentifier, readObjectIdentifier } from './object-identifier.ts';
export { bitString, generalString, kerberosTime } from './universal-types.ts';
