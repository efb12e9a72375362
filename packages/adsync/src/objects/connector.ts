import type { ConfigurationParameter, Connector, ReceivedOf } from '@causeway/control';
import { object, type PsObject, type PsValue } from '@causeway/powershell';
import { argumentInvalid } from '../errors.ts';
import { parameterCollection, parameterOf, textParameter } from './configuration-parameter.ts';
import { guidOf, isKind, propertyOf, record, timeOf, typeNameOf } from './values.ts';

const connectorTypeName = typeNameOf('Connector');

/**
 * A connector for scripts: a copy. Its global parameters can be changed, which changes nothing until it is given to
 * `Add-ADSyncConnector`.
 */
export function connectorObject(connector: Connector): PsObject {
  const isTenant = connector.kind === 'tenant';
  const properties: readonly (readonly [string, PsValue])[] = [
    ['Name', connector.name],
    ['Identifier', guidOf(connector.identifier)],
    ['Type', isTenant ? 'Extensible2' : 'AD'],
    ['SubType', isTenant ? 'Windows Azure Active Directory (Microsoft)' : ''],
    ['ConnectorTypeName', isTenant ? 'Extensible2' : 'AD'],
    ['CreationTime', timeOf(connector.createdAt)],
    ['Partitions', connector.partitions.map(partitionObject)],
    ['ConnectivityParameters', parameterCollection(connectivityOf(connector))],
    ['GlobalParameters', parameterCollection(connector.globalParameters)],
  ];
  return object({
    typeName: connectorTypeName,
    properties: properties.map(([name, value]) => ({ name, value, readOnly: true })),
    display: { as: 'list', properties: properties.map(([name]) => name) },
    text: () => connector.name,
  });
}

/**
 * What `Add-ADSyncConnector` saves of a connector that a script holds.
 *
 * @throws {CausewayError} ERR_ADSYNC_ARGUMENT when it is something else.
 */
export function connectorOf(value: PsValue): ReceivedOf<'saveConnector'> {
  const [name, identifier, parameters] = ['Name', 'Identifier', 'GlobalParameters'].map((property) =>
    propertyOf(value, connectorTypeName, property),
  );
  if (typeof name !== 'string' || !isKind(identifier, 'guid') || !isKind(parameters, 'collection')) {
    throw argumentInvalid(
      '-Connector is no connector',
      'Give it what Get-ADSyncConnector gave: $c = Get-ADSyncConnector -Name "corp.contoso.com".',
    );
  }
  return {
    name,
    identifier: identifier.text,
    globalParameters: [...parameters.items.values()].map(parameterOf),
  };
}

function partitionObject({ identifier, dn, name, domainControllers }: Connector['partitions'][number]): PsObject {
  return record(
    'ConnectorPartition',
    [
      ['Name', name],
      ['Identifier', guidOf(identifier)],
      ['DN', dn],
      ['PreferredDCs', [...domainControllers]],
    ],
    { text: name },
  );
}

/** How the connector signs in, by the names that scripts look for; never with what. */
function connectivityOf({ kind, name, account }: Connector): ConfigurationParameter[] {
  return kind === 'tenant'
    ? [textParameter('UserName', account, 'ConnectorGlobal')]
    : [
        textParameter('forest-name', name, 'ConnectorGlobal'),
        textParameter('forest-login-user', account, 'ConnectorGlobal'),
      ];
}
