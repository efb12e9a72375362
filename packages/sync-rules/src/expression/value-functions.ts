import { failedExpression } from '../errors.ts';
import { define, type FunctionDefinition } from './function.ts';
import { parseDate } from './date-functions.ts';
import { asNumber, asText, attributeValues, isList, quote, type Scalar, type Value } from './value.ts';

const encodings = ['Unicode', 'ASCII', 'UTF8'];
const guid = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;
const yesNo = { result: 'boolean', ofNull: false } as const;

/** @see Microsoft Entra Connect Sync: Functions Reference, Conversion, Evaluation, Math and Program Flow */
export const valueFunctions: Readonly<Record<string, FunctionDefinition>> = {
  BitAnd: define(['number', 'number'], { result: 'number' }, (left: bigint, right: bigint) => left & right),
  BitOr: define(['number', 'number'], { result: 'number' }, (left: bigint, right: bigint) => left | right),
  CBool: define(['scalar'], yesNo, toBoolean),
  CGuid: define(['string'], { result: 'binary' }, encodeGuid),
  CNum: define(['scalar'], { result: 'number' }, asNumber),
  ConvertFromBase64: define(
    ['string', encodings],
    { result: 'string', required: 1 },
    (value: string, encoding = 'Unicode') => Buffer.from(value, 'base64').toString(nodeEncoding(encoding)),
  ),
  ConvertFromUTF8Hex: define(['string'], { result: 'string' }, (value: string) =>
    Buffer.from(value, 'hex').toString('utf8'),
  ),
  ConvertToUTF8Hex: define(['string'], { result: 'string' }, (value: string) =>
    Buffer.from(value, 'utf8').toString('hex').toUpperCase(),
  ),
  CRef: define(['string'], { result: 'reference' }, (value: string) => value),
  CStr: define(['scalar'], { result: 'string' }, asText),
  Error: define(['value'], { result: 'null' }, (message: Value) => {
    throw failedExpression(attributeValues(isControl(message) ? null : message).join(' ') || 'the rule says so');
  }),
  IsBitSet: define(['number', 'number'], yesNo, (value: bigint, flag: bigint) => (value & flag) !== 0n),
  IsDate: define(['scalar'], yesNo, (value: Scalar) => value instanceof Date || parseDate(asText(value)) !== undefined),
  IsEmpty: define(['value'], { result: 'boolean' }, (value: Value) => value === ''),
  IsGuid: define(['string'], yesNo, (value: string) => guid.test(value)),
  IsNull: define(['value'], { result: 'boolean' }, (value: Value) => value === null),
  IsNullOrEmpty: define(['value'], { result: 'boolean' }, (value: Value) => !isPresent(value)),
  IsNumeric: define(
    ['scalar'],
    yesNo,
    (value: Scalar) => typeof value === 'bigint' || (typeof value === 'string' && /^\s*[-+]?\d{1,20}\s*$/.test(value)),
  ),
  IsPresent: define(['value'], { result: 'boolean' }, isPresent),
  StringFromGuid: define(['binary'], { result: 'string' }, decodeGuid),
  StringFromSid: define(['binary'], { result: 'string' }, decodeSid),
};

function isControl(value: Value): value is symbol & Value {
  return typeof value === 'symbol';
}

function isPresent(value: Value): boolean {
  return value !== null && value !== '' && !(isList(value) && value.length === 0);
}

function toBoolean(value: Scalar): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return asNumber(value) !== 0n;
}

function nodeEncoding(name: string): BufferEncoding {
  if (name === 'UTF8') return 'utf8';
  return name === 'ASCII' ? 'latin1' : 'utf16le';
}

/** Base64 of the 16 bytes, the first three groups little-endian. @see [MS-DTYP] GUID (2.3.4) */
function encodeGuid(value: string): string {
  const groups = guid.exec(value)?.slice(1);
  if (groups === undefined) throw failedExpression(`${quote(value)} is not a GUID`);
  const [first, second, third, ...rest] = groups.map((group) => Buffer.from(group, 'hex'));
  return Buffer.concat([first, second, third].map((group) => group?.reverse() ?? Buffer.of()).concat(rest)).toString(
    'base64',
  );
}

function decodeGuid(value: string): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== 16) throw failedExpression('a GUID has 16 bytes');
  const hex = (from: number, to: number): string => bytes.subarray(from, to).toString('hex');
  const reversed = (from: number, to: number): string =>
    Buffer.from(bytes.subarray(from, to)).reverse().toString('hex');
  return `${reversed(0, 4)}-${reversed(4, 6)}-${reversed(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}

/**
 * `S-1-…` of a binary SID: revision, count, 6 bytes of authority, then 4 bytes each. A connector may give it as text
 * already. @see [MS-DTYP] SID (2.4.2.2)
 */
function decodeSid(value: string): string {
  if (/^S-1(?:-\d{1,15}){1,16}$/.test(value)) return value;
  const bytes = Buffer.from(value, 'base64');
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || count > 15 || bytes.length !== 8 + 4 * count)
    throw failedExpression('a SID has another length');
  let text = `S-1-${bytes.readUIntBE(2, 6)}`;
  for (let index = 0; index < count; index += 1) text += `-${bytes.readUInt32LE(8 + 4 * index)}`;
  return text;
}
