import type { CmdletCall } from '@causeway/powershell';
import { findConnector } from '../connector-name.ts';
import type { ADSyncContext, CmdletOf } from '../context.ts';
import { argumentInvalid, failure } from '../errors.ts';
import { partitionStateObject, passwordResultObject, passwordSyncObject } from '../objects/password-sync.ts';
import { csObjectTypeName } from '../objects/space.ts';
import { propertyOf } from '../objects/values.ts';
import { readCsObject } from './objects.ts';
import { connectorIdentifier, connectorName, listConnectors } from './parameters.ts';

const getAADPasswordSyncConfiguration: CmdletOf = (context) => ({
  name: 'Get-ADSyncAADPasswordSyncConfiguration',
  synopsis: 'Shows whether passwords go from a forest to the tenant.',
  parameters: [
    { name: 'SourceConnector', type: 'string', position: 0, help: 'Connector of the forest; its case counts.' },
  ],
  async run(call) {
    const name = call.arguments.text('SourceConnector');
    const source =
      name === undefined
        ? {}
        : { sourceConnector: findConnector(await listConnectors(context, call), name, 'SourceConnector').name };
    const { configurations } = await context.agent.readPasswordSync(source, { signal: call.signal });
    return configurations.map(passwordSyncObject);
  },
});

const setAADPasswordSyncConfiguration: CmdletOf = (context) => ({
  name: 'Set-ADSyncAADPasswordSyncConfiguration',
  synopsis:
    'Lets passwords go from a forest to the tenant, or not. A full synchronization that is asked for begins with it.',
  parameters: [
    {
      name: 'SourceConnector',
      type: 'string',
      mandatory: true,
      position: 0,
      help: 'Connector of the forest; its case counts.',
    },
    {
      name: 'TargetConnector',
      type: 'string',
      mandatory: true,
      position: 1,
      help: 'Connector of the tenant; its case counts.',
    },
    { name: 'Enable', type: 'bool', mandatory: true, position: 2, help: '$true or $false.' },
  ],
  changes: (values) =>
    `password hash synchronization of ${values.text('SourceConnector') ?? ''}: ${values.flag('Enable') ? 'on' : 'off'}`,
  async run(call) {
    const { arguments: values, signal } = call;
    const { source, target } = await channelOf(context, call);
    await context.agent.writePasswordSync(
      { sourceConnector: source, targetConnector: target, enabled: values.flag('Enable') },
      { signal },
    );
    return undefined;
  },
});

const getPartitionPasswordSyncState: CmdletOf = (context) => ({
  name: 'Get-ADSyncPartitionPasswordSyncState',
  synopsis: 'Shows how password hash synchronization of every domain stands.',
  parameters: [],
  async run({ signal }) {
    const { states } = await context.agent.listPasswordSyncStates({}, { signal });
    return states.map(partitionStateObject);
  },
});

const invokeCSObjectPasswordHashSync: CmdletOf = (context) => ({
  name: 'Invoke-ADSyncCSObjectPasswordHashSync',
  synopsis: "Synchronizes one user's password now.",
  parameters: [
    connectorName,
    connectorIdentifier,
    { name: 'DistinguishedName', type: 'string', position: 1, aliases: ['DN'], help: 'Name of the user.' },
    { name: 'Identifier', type: 'guid', aliases: ['ObjectId'], help: 'ObjectId of the user in its connector space.' },
    { name: 'CsObject', type: 'object', pipeline: 'value', help: 'What Get-ADSyncCSObject gave.' },
  ],
  changes: (values) => `the password of ${values.text('DistinguishedName') ?? 'one user'}`,
  run: (call) => syncOne(context, call),
});

/** Password hash synchronization: its switch, its state, and one user's password now. */
export const passwordCmdlets: readonly CmdletOf[] = [
  getAADPasswordSyncConfiguration,
  setAADPasswordSyncConfiguration,
  getPartitionPasswordSyncState,
  invokeCSObjectPasswordHashSync,
];

/** The two ends of a channel, each of the right kind. */
async function channelOf(context: ADSyncContext, call: CmdletCall): Promise<{ source: string; target: string }> {
  const connectors = await listConnectors(context, call);
  const find = (parameter: string) => findConnector(connectors, call.arguments.text(parameter) ?? '', parameter);
  const [source, target] = [find('SourceConnector'), find('TargetConnector')];
  for (const [parameter, connector, kind, what] of [
    ['SourceConnector', source, 'ad', 'a forest'],
    ['TargetConnector', target, 'tenant', 'the tenant'],
  ] as const) {
    if (connector.kind !== kind) {
      throw failure(
        'ERR_ADSYNC_ARGUMENT',
        `-${parameter} is "${connector.name}", which is not the connector of ${what}`,
        'Get-ADSyncConnector shows the connectors: AD is a forest, Extensible2 the tenant. Nothing has been changed.',
      );
    }
  }
  return { source: source.name, target: target.name };
}

async function syncOne(context: ADSyncContext, call: CmdletCall) {
  const { dn, connector } = await userOf(context, call);
  const { results } = await context.agent.syncPasswords({ user: dn, connector }, { signal: call.signal });
  return results.map(passwordResultObject);
}

async function userOf(context: ADSyncContext, call: CmdletCall): Promise<{ dn: string; connector: string }> {
  const given = call.arguments.value('CsObject');
  if (given === null) {
    const object = await readCsObject(context, call);
    return { dn: object.distinguishedName, connector: object.connectorName };
  }
  const [dn, connector] = ['DistinguishedName', 'ConnectorName'].map((name) =>
    propertyOf(given, csObjectTypeName, name),
  );
  if (typeof dn === 'string' && typeof connector === 'string') return { dn, connector };
  throw argumentInvalid('-CsObject is no object of a connector space', 'Give it what Get-ADSyncCSObject gave.');
}
