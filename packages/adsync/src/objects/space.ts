import type { ConnectorStatistics, CsObject, MvObject, PasswordLogEntry, Reachability } from '@causeway/control';
import type { PsObject } from '@causeway/powershell';
import { guidOf, record, timeOf, typeNameOf } from './values.ts';

export const csObjectTypeName = typeNameOf('CsObject');

/** An object of a connector space, with all of `Get-ADSyncCSObject`'s properties. */
export function csObject(object: CsObject): PsObject {
  return record('CsObject', [
    ['ObjectId', guidOf(object.objectId)],
    ['ConnectorName', object.connectorName],
    ['DistinguishedName', object.distinguishedName],
    ['AnchorValue', object.anchorValue],
    ['ObjectType', object.objectType],
    // The engine keeps neither: a reference to an object that is not there is kept with the object that refers.
    ['IsTransient', false],
    ['IsPlaceHolder', false],
    ['IsConnector', object.isConnector],
    ['HasSyncError', object.hasSyncError],
    ['HasExportError', object.hasExportError],
    ['Error', object.error],
    ['ConnectedMVObjectId', object.connectedMVObjectId === null ? null : guidOf(object.connectedMVObjectId)],
    ['PendingExport', object.pendingExport?.operation ?? null],
    [
      'Lineage',
      object.lineage.map(({ rule, precedence, direction }) =>
        record(
          'CsObjectLineage',
          [
            ['SyncRuleName', rule],
            ['Precedence', precedence],
            ['Direction', direction],
          ],
          { text: rule },
        ),
      ),
    ],
    ['Attributes', attributesOf(object.attributes)],
  ]);
}

/** An object of the metaverse: where each value comes from, and what it is joined to. */
export function mvObject({ objectId, objectType, attributes, lineage }: MvObject): PsObject {
  return record(
    'MvObject',
    [
      ['ObjectId', guidOf(objectId)],
      ['ObjectType', objectType],
      [
        'Lineage',
        lineage.map((link) =>
          record(
            'MvObjectLineage',
            [
              ['ConnectorName', link.connectorName],
              ['ConnectedCsObjectId', guidOf(link.csObjectId)],
              ['ConnectedCsObjectDN', link.distinguishedName],
            ],
            { text: link.connectorName },
          ),
        ),
      ],
      [
        'Attributes',
        Object.entries(attributes).map(([name, { values, rule, connector }]) =>
          record(
            'MvAttribute',
            [
              ['Name', name],
              ['Values', [...values]],
              ['SyncRuleName', rule],
              ['ConnectorName', connector],
            ],
            { text: name },
          ),
        ),
      ],
    ],
    { display: { as: 'list', properties: ['ObjectId', 'ObjectType', 'Lineage', 'Attributes'] } },
  );
}

/** A line of the seven days' password log of an object. */
export function passwordLogEntry({ at, status, changedAt, detail }: PasswordLogEntry): PsObject {
  return record(
    'CsObjectLogEntry',
    [
      ['Timestamp', timeOf(at)],
      ['Status', status],
      ['ChangeDate', timeOf(changedAt)],
      ['Detail', detail],
    ],
    { display: { as: 'table', properties: ['Timestamp', 'Status', 'ChangeDate', 'Detail'] } },
  );
}

export function statisticsObject(connector: string, statistics: ConnectorStatistics): PsObject {
  return record('ConnectorStatistics', [
    ['ConnectorName', connector],
    ['TotalObjects', statistics.total],
    ['Connectors', statistics.connectors],
    ['Disconnectors', statistics.disconnectors],
    ['PendingImports', statistics.pendingImports],
    ['PendingExportAdds', statistics.pendingExportAdds],
    ['PendingExportUpdates', statistics.pendingExportUpdates],
    ['PendingExportDeletes', statistics.pendingExportDeletes],
    ['ExportErrors', statistics.exportErrors],
  ]);
}

/** Whether a domain can be reached; the exception's message says what to do as well. */
export function reachabilityObject(domain: Reachability): PsObject {
  const advice = domain.nextStep === null ? '' : ` ${domain.nextStep}`;
  return record('DomainReachabilityStatus', [
    ['FullName', domain.fullName],
    ['DomainController', domain.domainController],
    ['IsReachable', domain.isReachable],
    ['ExceptionMessage', domain.exceptionMessage === null ? null : `${domain.exceptionMessage}${advice}`],
  ]);
}

function attributesOf(attributes: CsObject['attributes']): PsObject[] {
  return Object.entries(attributes).map(([name, values]) =>
    record(
      'CsAttribute',
      [
        ['Name', name],
        ['Values', [...values]],
      ],
      { text: name },
    ),
  );
}
