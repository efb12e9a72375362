import { failedExpression } from '../errors.ts';
import { define, type FunctionDefinition } from './function.ts';

/** @see Microsoft Entra Connect Sync: Functions Reference, Directory */
export const nameFunctions: Readonly<Record<string, FunctionDefinition>> = {
  DNComponent: define(['reference', 'count'], { result: 'string' }, (dn: string, number: number) =>
    component(components(dn), number),
  ),
  DNComponentRev: define(
    ['reference', 'count', ['DC']],
    { result: 'string', required: 2 },
    (dn: string, number: number, leaveOut?: string) => {
      const all = components(dn);
      const kept = leaveOut === undefined ? all : all.filter(({ type }) => type.toLowerCase() !== 'dc');
      return component(kept.reverse(), number);
    },
  ),
  EscapeDNComponent: define(['string'], { result: 'string' }, escape),
};

interface Component {
  readonly type: string;
  readonly value: string;
}

/** Values stay escaped as they are in the name. @see RFC 4514 */
function components(dn: string): Component[] {
  return (dn.match(/(?:[^\\,]|\\[^])+/gu) ?? []).map((part) => {
    const equals = part.indexOf('=');
    return { type: part.slice(0, Math.max(equals, 0)).trim(), value: part.slice(equals + 1).trim() };
  });
}

function component(all: readonly Component[], number: number): string {
  const found = all[number - 1];
  if (found === undefined) throw failedExpression(`the name has no component ${number}`);
  return found.value;
}

/** The value of a component, `type=` in front of it left as it is. */
function escape(text: string): string {
  const [, type = '', value = ''] = /^([A-Za-z][A-Za-z0-9-]*=)?([^]*)$/u.exec(text) ?? [];
  const inner = value.replaceAll(/[\\,+"<>;=]/gu, String.raw`\$&`).replaceAll('\0', String.raw`\00`);
  return type + inner.replace(/^[ #]/u, String.raw`\$&`).replace(/(?<!\\) $/u, String.raw`\ `);
}
