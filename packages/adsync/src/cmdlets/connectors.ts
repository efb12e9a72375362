import type { CmdletOf } from '../context.ts';
import { connectorObject, connectorOf } from '../objects/connector.ts';
import { runStatusObject } from '../objects/run.ts';
import { reachabilityObject, statisticsObject } from '../objects/space.ts';
import { connectorIdentifier, connectorName, listConnectors, namedConnector, requiredConnector } from './parameters.ts';

const byName = { name: 'ConnectorName', identifier: 'ConnectorIdentifier' };

const getConnector: CmdletOf = (context) => ({
  name: 'Get-ADSyncConnector',
  synopsis: 'Gives a copy of each connector, or of one.',
  parameters: [
    { name: 'Name', type: 'string', position: 0, help: 'Name of the connector; its case counts.' },
    { name: 'Identifier', type: 'guid', help: 'Identifier of the connector.' },
  ],
  async run(call) {
    const one = await namedConnector(context, call, { name: 'Name', identifier: 'Identifier' });
    const connectors = one === undefined ? await listConnectors(context, call) : [one];
    return connectors.map(connectorObject);
  },
});

const addConnector: CmdletOf = (context) => ({
  name: 'Add-ADSyncConnector',
  synopsis:
    'Saves the global parameters of a connector that is there, found by its Identifier, and gives what is stored.',
  parameters: [
    {
      name: 'Connector',
      type: 'object',
      mandatory: true,
      position: 0,
      pipeline: 'value',
      help: 'What Get-ADSyncConnector gave, changed.',
    },
  ],
  changes: (values) => `connector ${connectorOf(values.value('Connector')).name}`,
  async run({ arguments: values, signal }) {
    return connectorObject(await context.agent.saveConnector(connectorOf(values.value('Connector')), { signal }));
  },
});

const getConnectorRunStatus: CmdletOf = (context) => ({
  name: 'Get-ADSyncConnectorRunStatus',
  synopsis: 'Shows which connector is busy; nothing while none is.',
  parameters: [connectorName, connectorIdentifier],
  async run(call) {
    const { name } = (await namedConnector(context, call, byName)) ?? {};
    const { activity } = await context.agent.readActivity({}, { signal: call.signal });
    if (activity === null || (name !== undefined && activity.connector !== name)) return undefined;
    return runStatusObject(activity);
  },
});

const getConnectorStatistics: CmdletOf = (context) => ({
  name: 'Get-ADSyncConnectorStatistics',
  synopsis: 'Counts the objects of a connector space, and what is pending.',
  parameters: [connectorName, connectorIdentifier],
  async run(call) {
    const { name } = await requiredConnector(context, call);
    return statisticsObject(name, await context.agent.readStatistics({ connector: name }, { signal: call.signal }));
  },
});

const getDomainReachabilityStatus: CmdletOf = (context) => ({
  name: 'Get-ADSyncDomainReachabilityStatus',
  synopsis: 'Tells of every domain of a connector whether it can be reached, signed in to and read.',
  parameters: [connectorName, connectorIdentifier],
  async run(call) {
    const { name } = await requiredConnector(context, call);
    const { domains } = await context.agent.readReachability({ connector: name }, { signal: call.signal });
    return domains.map(reachabilityObject);
  },
});

/** Connectors: what there is, saving one, and how it stands with each. */
export const connectorCmdlets: readonly CmdletOf[] = [
  getConnector,
  addConnector,
  getConnectorRunStatus,
  getConnectorStatistics,
  getDomainReachabilityStatus,
];
