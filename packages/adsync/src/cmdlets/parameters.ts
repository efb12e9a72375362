import type { Connector } from '@causeway/control';
import type { Arguments, CmdletCall, ParameterSpec } from '@causeway/powershell';
import { findConnector } from '../connector-name.ts';
import type { ADSyncContext } from '../context.ts';
import { argumentInvalid, failure } from '../errors.ts';

export const connectorName: ParameterSpec = {
  name: 'ConnectorName',
  type: 'string',
  position: 0,
  help: 'Name of a connector; its case counts.',
};

export const connectorIdentifier: ParameterSpec = {
  name: 'ConnectorIdentifier',
  type: 'guid',
  help: 'Identifier of a connector.',
};

/** Something of which there is only one in Causeway; Microsoft's scripts name it all the same. */
export function accepted(name: string, type: ParameterSpec['type']): ParameterSpec {
  return { name, type, help: 'Accepted and not needed.' };
}

export async function listConnectors({ agent }: ADSyncContext, { signal }: CmdletCall): Promise<readonly Connector[]> {
  return (await agent.listConnectors({}, { signal })).connectors;
}

/** The connector that a call names by `-ConnectorName` or by its identifier; undefined when it names none. */
export async function namedConnector(
  context: ADSyncContext,
  call: CmdletCall,
  parameters: { readonly name: string; readonly identifier: string },
): Promise<Connector | undefined> {
  const name = call.arguments.text(parameters.name);
  const identifier = call.arguments.text(parameters.identifier);
  if (name === undefined && identifier === undefined) return undefined;
  const connectors = await listConnectors(context, call);
  if (name !== undefined) return findConnector(connectors, name, parameters.name);
  const found = connectors.find((connector) => connector.identifier === identifier);
  if (found !== undefined) return found;
  throw failure(
    'ERR_ADSYNC_CONNECTOR_UNKNOWN',
    `-${parameters.identifier}: there is no connector ${identifier ?? ''}`,
    'Get-ADSyncConnector shows the connectors.',
  );
}

/** The connector that a call names by `-ConnectorName` or `-ConnectorIdentifier`, one of which is needed. */
export async function requiredConnector(context: ADSyncContext, call: CmdletCall): Promise<Connector> {
  const connector = await namedConnector(context, call, { name: 'ConnectorName', identifier: 'ConnectorIdentifier' });
  if (connector !== undefined) return connector;
  throw argumentInvalid('No connector is named', 'Give -ConnectorName; Get-ADSyncConnector shows the connectors.');
}

/** A switch that is told on or off; undefined when it was not given. */
export function truthOf(values: Arguments, name: string): boolean | undefined {
  const value = values.value(name);
  return typeof value === 'boolean' ? value : undefined;
}

/** A time span in whole seconds; null for `$null`, undefined when it was not given. */
export function secondsOf(values: Arguments, name: string): number | null | undefined {
  if (!values.has(name)) return undefined;
  const value = values.value(name);
  if (value === null || typeof value !== 'object' || !('kind' in value) || value.kind !== 'timeSpan') return null;
  if (value.milliseconds < 0) throw argumentInvalid(`-${name} is a negative time`, 'Give a time such as 03:00:00.');
  return Math.floor(value.milliseconds / 1_000);
}
