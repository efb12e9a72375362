import { OperationError } from '../errors.ts';
import { convert, itemsOf, roundHalfEven, toNumber } from '../values/convert.ts';
import { formatText } from '../operators/format-text.ts';
import { textOf } from '../values/text.ts';
import { millisecondsOf, timeSpan } from '../values/time-spans.ts';
import type { ScalarType } from '../values/type-names.ts';
import type { PsValue } from '../values/value.ts';

/** Where the time and new identifiers come from. */
export interface StaticSources {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** A new random GUID. */
  newGuid(): string;
}

interface Static {
  readonly name: string;
  /** Absent for a property. */
  readonly arguments?: readonly [minimum: number, maximum: number];
  readonly give: (values: readonly PsValue[], sources: StaticSources) => PsValue;
}

const property = (name: string, give: Static['give']): Static => ({ name, give });
const method = (name: string, [minimum, maximum]: readonly [number, number], give: Static['give']): Static => ({
  name,
  arguments: [minimum, maximum],
  give,
});
const parser = (scalar: ScalarType) =>
  method('Parse', [1, 1], ([text = null]) => convert(text, { scalar, isArray: false }));
const fromUnit = (name: string, unit: number) =>
  method(name, [1, 1], ([count = null]) => timeSpan(toNumber(count) * unit));
const mathOf = (name: string, calculate: (value: number) => number) =>
  method(name, [1, 1], ([value = null]) => calculate(toNumber(value)));

/** The static members that exist. */
const statics: Partial<Record<ScalarType, readonly Static[]>> = {
  int: [property('MaxValue', () => 2 ** 31 - 1), property('MinValue', () => -(2 ** 31)), parser('int')],
  string: [
    property('Empty', () => ''),
    method('IsNullOrEmpty', [1, 1], ([text = null]) => textOf(text) === ''),
    method('IsNullOrWhiteSpace', [1, 1], ([text = null]) => textOf(text).trim() === ''),
    method('Join', [2, 100], ([separator = null, ...items]) =>
      items.flatMap(itemsOf).map(textOf).join(textOf(separator)),
    ),
    method('Format', [1, 100], ([template = null, ...values]) => formatText(textOf(template), values)),
  ],
  bool: [parser('bool')],
  guid: [
    property('Empty', () => ({ kind: 'guid', text: '00000000-0000-0000-0000-000000000000' })),
    method('NewGuid', [0, 0], (_, sources) => ({ kind: 'guid', text: sources.newGuid().toLowerCase() })),
    parser('guid'),
  ],
  datetime: [
    property('Now', (_, sources) => new Date(sources.now())),
    property('UtcNow', (_, sources) => new Date(sources.now())),
    property('Today', (_, sources) => new Date(Math.floor(sources.now() / millisecondsOf.day) * millisecondsOf.day)),
    property('MinValue', () => new Date('0001-01-01T00:00:00Z')),
    parser('datetime'),
  ],
  timespan: [
    property('Zero', () => timeSpan(0)),
    fromUnit('FromDays', millisecondsOf.day),
    fromUnit('FromHours', millisecondsOf.hour),
    fromUnit('FromMinutes', millisecondsOf.minute),
    fromUnit('FromSeconds', millisecondsOf.second),
    fromUnit('FromMilliseconds', 1),
    parser('timespan'),
  ],
  math: [
    mathOf('Abs', Math.abs),
    mathOf('Ceiling', Math.ceil),
    mathOf('Floor', Math.floor),
    method('Max', [2, 2], ([left = null, right = null]) => Math.max(toNumber(left), toNumber(right))),
    method('Min', [2, 2], ([left = null, right = null]) => Math.min(toNumber(left), toNumber(right))),
    method('Round', [1, 2], ([value = null, digits = 0]) => rounded(toNumber(value), toNumber(digits))),
  ],
};

/** The static member of a type, as a call of it or as a property; undefined when there is none. */
export function staticOf(scalar: ScalarType, name: string, isCall: boolean): Static | undefined {
  const found = statics[scalar]?.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return found !== undefined && (found.arguments !== undefined) === isCall ? found : undefined;
}

/** Whether a call of a static method has a number of arguments that it takes. */
export function acceptsCount(member: Static, count: number): boolean {
  const [minimum, maximum] = member.arguments ?? [0, 0];
  return count >= minimum && count <= maximum;
}

function rounded(value: number, digits: number): number {
  if (!Number.isInteger(digits) || digits < 0 || digits > 15) {
    throw new OperationError(
      'ERR_POWERSHELL_OPERATION',
      'A number is rounded to 0 to 15 digits.',
      'Correct the second argument.',
    );
  }
  const factor = 10 ** digits;
  return roundHalfEven(value * factor) / factor;
}
