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
