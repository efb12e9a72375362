export { OperationError, PowerShellError, type OperationCode, type RefusalCode } from './errors.ts';
export type { Arguments, Cmdlet, CmdletCall, ParameterSpec, TextSink, TypeSpec } from './host.ts';
export { createSession, type Outcome, type Session, type SessionOptions } from './session.ts';
export { decodeScript } from './source.ts';
export { isComplete } from './syntax/parser.ts';
export { convert, itemsOf, toNumber } from './values/convert.ts';
export { customObject, entryOf, hashtable, keyedCollection, object, type PropertySpec } from './values/object.ts';
export { textOf } from './values/text.ts';
export { timeSpan } from './values/time-spans.ts';
export { isTrue } from './values/truth.ts';
export type { ScalarType, TypeReference } from './values/type-names.ts';
export type {
  Display,
  PsCollection,
  PsFormatted,
  PsGuid,
  PsHashtable,
  PsMethod,
  PsObject,
  PsProperty,
  PsScriptBlock,
  PsTimeSpan,
  PsType,
  PsValue,
} from './values/value.ts';
