import type { Preview, PreviewEntry } from '@causeway/control';
import { countOf, printable } from '../text.ts';

const signs = { add: '+', update: '~', delete: '-' } as const;

/** What a cycle would do, like a diff: each object with its attributes, then the counts. */
export function formatPreview(preview: Preview): string {
  const more = preview.adds + preview.updates + preview.deletes - preview.entries.length;
  return [
    ...preview.entries.map(formatEntry),
    ...(more > 0 ? [`… and ${countOf(more, 'object')} more: --entries shows them`] : []),
    ...preview.errors.map(({ dn, code, message }) => `! ${printable(dn)}\n    ${code}: ${printable(message)}`),
    '',
    `${preview.adds} to add, ${preview.updates} to change, ${preview.deletes} to delete, ${preview.unchanged} unchanged`,
    ...(preview.errors.length > 0 ? [`${countOf(preview.errors.length, 'object')} with an error`] : []),
    ...(preview.exceedsDeletionThreshold ? [formatThreshold(preview.deletes)] : []),
  ].join('\n');
}

/** One object: what would be done with it and why, and every value that goes, comes or changes. */
export function formatEntry({ operation, objectType, name, attributes, members, reason }: PreviewEntry): string {
  return [
    `${signs[operation]} ${objectType} ${printable(name)}  (${printable(reason)})`,
    ...attributes.flatMap((attribute) => formatAttribute(attribute)),
    ...(members?.added ?? []).map((member) => `    + member: ${printable(member)}`),
    ...(members?.removed ?? []).map((member) => `    - member: ${printable(member)}`),
  ].join('\n');
}

function formatAttribute({ name, before, after }: PreviewEntry['attributes'][number]): string[] {
  const [old, ...otherOld] = before;
  const [fresh, ...otherFresh] = after;
  if (old !== undefined && fresh !== undefined && otherOld.length === 0 && otherFresh.length === 0) {
    return [`    ~ ${name}: ${printable(old)} → ${printable(fresh)}`];
  }
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((value) => !has.has(value)).map((value) => `    - ${name}: ${printable(value)}`),
    ...after.filter((value) => !had.has(value)).map((value) => `    + ${name}: ${printable(value)}`),
  ];
}

function formatThreshold(deletes: number): string {
  return [
    `warning: ${countOf(deletes, 'deletion')}, more than the deletion threshold allows: the export would stop before the first one (event 116)`,
    '  see them with causeway sync deletions; let them through once with causeway sync deletions --allow',
  ].join('\n');
}

/** What the deletion threshold holds back. */
export function formatDeletions({
  deletions,
  allowed,
}: {
  deletions: readonly PreviewEntry[];
  allowed: boolean;
}): string {
  if (deletions.length === 0) return 'no deletion is held back';
  return [
    ...deletions.map(formatEntry),
    '',
    allowed
      ? `${countOf(deletions.length, 'deletion')}, let through with the next export`
      : `${countOf(deletions.length, 'deletion')} held back; let them through once with causeway sync deletions --allow`,
  ].join('\n');
}
