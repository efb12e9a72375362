import {
  keyedCollection,
  object,
  textOf,
  OperationError,
  type Cmdlet,
  type PsObject,
  type PsValue,
  type TypeSpec,
} from '../src/index.ts';

/** What the fake cmdlets were called with, in order. */
export type Calls = string[];

const names = ['corp.contoso.com', 'contoso.onmicrosoft.com - AAD'];

/** Cmdlets and a type with the shapes that the administrators' script needs, and nothing behind them. */
export function connectorCmdlets(calls: Calls): { cmdlets: readonly Cmdlet[]; types: readonly TypeSpec[] } {
  const getConnector: Cmdlet = {
    name: 'Get-ADSyncConnector',
    synopsis: 'Gives connectors.',
    module: 'adsync',
    parameters: [{ name: 'Name', type: 'string', position: 0 }],
    run: (call) => {
      calls.push(`get ${call.arguments.text('Name') ?? 'all'}`);
      const wanted = call.arguments.text('Name');
      if (wanted !== undefined && !names.includes(wanted)) {
        throw new OperationError(
          'ERR_POWERSHELL_HOST',
          `There is no connector '${wanted}'.`,
          'Mind upper and lower case.',
        );
      }
      return Promise.resolve(names.filter((name) => wanted === undefined || name === wanted).map(connector));
    },
  };
  const addConnector: Cmdlet = {
    name: 'Add-ADSyncConnector',
    synopsis: 'Saves a connector.',
    module: 'adsync',
    parameters: [{ name: 'Connector', type: 'object', mandatory: true, position: 0, pipeline: 'value' }],
    changes: (values) => textOf(values.value('Connector')),
    run: (call) => {
      const saved = call.arguments.value('Connector') as PsObject;
      const parameters = saved.properties.get('globalparameters')?.get() as { items: Map<string, PsValue> };
      const shown = [...parameters.items.values()].map((item) =>
        JSON.stringify((item as PsObject).properties.get('value')?.get()),
      );
      calls.push(`add ${textOf(saved)} ${[...parameters.items.keys()].join(',')}=${shown.join(',')}`);
      return Promise.resolve(saved);
    },
  };
  const setConfiguration: Cmdlet = {
    name: 'Set-ADSyncAADPasswordSyncConfiguration',
    synopsis: 'Turns password sync on or off.',
    module: 'adsync',
    parameters: [
      { name: 'SourceConnector', type: 'string', mandatory: true, position: 0, pipeline: 'name' },
      { name: 'TargetConnector', type: 'string', mandatory: true, position: 1 },
      { name: 'Enable', type: 'bool', mandatory: true, position: 2 },
    ],
    changes: (values) => values.text('SourceConnector') ?? '',
    run: (call) => {
      const { arguments: values } = call;
      calls.push(`set ${values.text('SourceConnector')} > ${values.text('TargetConnector')} ${values.flag('Enable')}`);
      return Promise.resolve(undefined);
    },
  };
  const startCycle: Cmdlet = {
    name: 'Start-ADSyncSyncCycle',
    synopsis: 'Starts a cycle.',
    module: 'adsync',
    parameters: [{ name: 'PolicyType', type: { words: ['Delta', 'Initial'] }, position: 0 }],
    run: (call) => {
      calls.push(`start ${call.arguments.text('PolicyType') ?? 'default'}`);
      return Promise.resolve(undefined);
    },
  };
  return { cmdlets: [getConnector, addConnector, setConfiguration, startCycle], types: [parameterType] };
}

function connector(name: string): PsObject {
  return object({
    typeName: 'Microsoft.IdentityManagement.PowerShell.ObjectModel.Connector',
    properties: [
      { name: 'Name', value: name, readOnly: true },
      { name: 'Enabled', value: true },
      { name: 'GlobalParameters', value: keyedCollection('ParameterKeyedCollection', keyOf), readOnly: true },
    ],
    text: () => name,
  });
}

function keyOf(item: PsValue): string {
  return textOf((item as PsObject).properties.get('name')?.get() ?? null);
}

const parameterType: TypeSpec = {
  name: 'Microsoft.IdentityManagement.PowerShell.ObjectModel.ConfigurationParameter',
  create: ([name = null, type = null, scope = null]) =>
    object({
      typeName: 'Microsoft.IdentityManagement.PowerShell.ObjectModel.ConfigurationParameter',
      properties: [
        { name: 'Name', value: name, readOnly: true },
        { name: 'Type', value: type, readOnly: true },
        { name: 'Scope', value: scope, readOnly: true },
        { name: 'Value', value: null, type: { scalar: 'string', isArray: false } },
      ],
    }),
};
