import type { CsObject, MvObject, PasswordLogEntry } from '@causeway/control';
import { formatRows, formatTable, printable } from '../text.ts';

/** What is known of one object: in its connector space, in the metaverse, and of its password. */
export interface ObjectView {
  readonly object: CsObject;
  readonly metaverse: MvObject | null;
  readonly passwordLog: readonly PasswordLogEntry[];
}

export function formatObjects(objects: readonly CsObject[]): string {
  if (objects.length === 0) return 'no objects';
  return formatTable(
    ['type', 'state', 'distinguished name'],
    objects.map((object) => [object.objectType, formatState(object), printable(object.distinguishedName)]),
  );
}

export function formatObject({ object, metaverse, passwordLog }: ObjectView): string {
  return [
    formatConnectorSpace(object),
    ...(object.pendingExport === null ? [] : [formatPending(object.pendingExport)]),
    ...(metaverse === null ? ['', 'not in the metaverse'] : [formatMetaverse(metaverse)]),
    ...(passwordLog.length === 0 ? [] : [formatPasswordLog(passwordLog)]),
  ].join('\n');
}

function formatState({ isConnector, hasSyncError, hasExportError, pendingExport }: CsObject): string {
  return [
    isConnector ? 'joined' : 'not joined',
    ...(hasSyncError ? ['synchronization error'] : []),
    ...(hasExportError ? ['export error'] : []),
    ...(pendingExport === null ? [] : [`pending ${pendingExport.operation}`]),
  ].join(', ');
}

function formatConnectorSpace(object: CsObject): string {
  return formatRows([
    ['object', printable(object.distinguishedName)],
    ['connector', object.connectorName],
    ['id', object.objectId],
    ['anchor', object.anchorValue],
    ['type', object.objectType],
    ['state', formatState(object)],
    ...(object.error === null ? [] : [['error', printable(object.error)] as const]),
    ...object.lineage.map(
      (rule) => [`${rule.direction} rule`, `${printable(rule.rule)} (${rule.precedence})`] as const,
    ),
    ...valuesOf(object.attributes),
  ]);
}

function formatPending({ operation, attributes }: NonNullable<CsObject['pendingExport']>): string {
  return `\npending ${operation}\n${formatRows(valuesOf(attributes))}`;
}

function formatMetaverse({ objectId, objectType, attributes, lineage }: MvObject): string {
  const rows = Object.entries(attributes).map(([name, { values, rule, connector }]) => [
    name,
    values.map(printable).join(', '),
    printable(rule ?? ''),
    connector ?? '',
  ]);
  return [
    `\nmetaverse ${objectType} ${objectId}`,
    ...lineage.map(
      ({ connectorName, distinguishedName }) => `joined to ${connectorName}: ${printable(distinguishedName)}`,
    ),
    formatTable(['attribute', 'value', 'from rule', 'of connector'], rows),
  ].join('\n');
}

function formatPasswordLog(entries: readonly PasswordLogEntry[]): string {
  return `\npassword log\n${formatTable(
    ['time', 'status', 'changed', 'detail'],
    entries.map(({ at, status, changedAt, detail }) => [at, status, changedAt ?? '', printable(detail ?? '')]),
  )}`;
}

function valuesOf(attributes: CsObject['attributes']): (readonly [string, string])[] {
  return Object.entries(attributes).map(([name, values]) => [name, values.map(printable).join(', ')] as const);
}
