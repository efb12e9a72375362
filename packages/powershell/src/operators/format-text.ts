import { OperationError } from '../errors.ts';
import { itemsOf } from '../values/convert.ts';
import { formatDate } from '../values/dates.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { MAX_LENGTH } from './arithmetic.ts';

/** `template -f values`: `{index[,width][:format]}`, doubled braces for braces (7.5). */
export function formatText(template: string, operand: PsValue): string {
  const values = Array.isArray(operand) ? operand : operand === null ? [null] : itemsOf(operand);
  return template.replaceAll(
    /\{\{|\}\}|\{(?<index>\d{1,6})(?:,(?<width>-?\d{1,6}))?(?::(?<format>[^{}]*))?\}|[{}]/gu,
    (part: string, ...found: unknown[]) => {
      if (part === '{{' || part === '}}') return part.charAt(0);
      const { index, width, format } = found.at(-1) as { index?: string; width?: string; format?: string };
      const value = index === undefined ? undefined : values[Number(index)];
      if (value === undefined) throw badFormat(template);
      const text = formatValue(value, format ?? '');
      const columns = Number(width ?? 0);
      if (Math.abs(columns) > MAX_LENGTH) throw badFormat(template);
      return columns < 0 ? text.padEnd(-columns) : text.padStart(columns);
    },
  );
}

/** A value as a .NET format of numbers or dates says; other values have no formats and stay as they are. */
export function formatValue(value: PsValue, format: string): string {
  if (format === '') return textOf(value);
  if (value instanceof Date) return formatDate(value, format);
  return typeof value === 'number' ? formatNumber(value, format) : textOf(value);
}

function formatNumber(value: number, format: string): string {
  const standard = /^(?<kind>[CDEFGNPX])(?<digits>\d{1,2})?$/iu.exec(format);
  if (standard === null) return customNumber(value, format);
  const { kind = '', digits } = standard.groups ?? {};
  switch (kind.toUpperCase()) {
    case 'D': {
      if (!Number.isInteger(value)) throw badFormat(format);
      return `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(Number(digits ?? 0), '0')}`;
    }
    case 'F':
      return value.toFixed(Number(digits ?? 2));
    case 'N':
      return grouped(value, Number(digits ?? 2));
    case 'P':
      return `${grouped(value * 100, Number(digits ?? 2))} %`;
    case 'X': {
      if (!Number.isInteger(value)) throw badFormat(format);
      const bits = value < 0 ? BigInt.asUintN(value >= -(2 ** 31) ? 32 : 64, BigInt(value)) : BigInt(value);
      const text = bits.toString(16).padStart(Number(digits ?? 0), '0');
      return kind === 'X' ? text.toUpperCase() : text;
    }
    default:
      throw badFormat(format);
  }
}

/** `0`, `#`, `.`, `,` and `%` in one section. */
function customNumber(value: number, format: string): string {
  const found = /^(?<whole>[#0,]*)(?:\.(?<fraction>[#0]*))?(?<percent>%?)$/u.exec(format);
  if (found === null) throw badFormat(format);
  const { whole = '', fraction = '', percent } = found.groups ?? {};
  return (
    (value * (percent === '%' ? 100 : 1)).toLocaleString('en-US', {
      minimumIntegerDigits: Math.max(1, whole.replaceAll(/[^0]/gu, '').length),
      minimumFractionDigits: fraction.replaceAll('#', '').length,
      maximumFractionDigits: fraction.length,
      useGrouping: whole.includes(','),
    }) + (percent ?? '')
  );
}

function grouped(number: number, places: number): string {
  return number.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

function badFormat(format: string): OperationError {
  return new OperationError(
    'ERR_POWERSHELL_OPERATION',
    `The format '${format.slice(0, 100)}' does not fit the values.`,
    'See docs/powershell.md for the formats that are understood.',
  );
}
