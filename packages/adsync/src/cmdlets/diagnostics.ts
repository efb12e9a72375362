import type { CmdletCall, PsObject } from '@causeway/powershell';
import { findConnector } from '../connector-name.ts';
import type { ADSyncContext, CmdletOf } from '../context.ts';
import { checkObject } from '../diagnostics/check.ts';
import { diagnoseObject, type ObjectFacts } from '../diagnostics/one-object.ts';
import { diagnosePasswordSync, type ForestFacts } from '../diagnostics/password-sync.ts';
import { argumentInvalid } from '../errors.ts';
import { listConnectors } from './parameters.ts';

const invokeDiagnostics: CmdletOf = (context) => ({
  name: 'Invoke-ADSyncDiagnostics',
  synopsis: 'Looks for the reason why passwords, or the password of one user, do not arrive.',
  parameters: [
    { name: 'PasswordSync', type: 'switch', help: 'What is diagnosed: nothing else can be.' },
    { name: 'ADConnectorName', type: 'string', help: 'Connector of the user; its case counts.' },
    { name: 'DistinguishedName', type: 'string', help: 'The user.' },
  ],
  run: (call) => diagnose(context, call),
});

/** Why passwords do not arrive. */
export const diagnosticsCmdlets: readonly CmdletOf[] = [invokeDiagnostics];

async function diagnose(context: ADSyncContext, call: CmdletCall): Promise<PsObject[]> {
  const { arguments: values } = call;
  if (!values.flag('PasswordSync')) {
    throw argumentInvalid('Nothing says what is to be diagnosed', 'Give -PasswordSync.');
  }
  const [name, dn] = [values.text('ADConnectorName'), values.text('DistinguishedName')];
  if (name === undefined && dn === undefined) return diagnoseAll(context, call);
  if (name === undefined || dn === undefined || dn === '') {
    throw argumentInvalid('One user is named by connector and name', 'Give -ADConnectorName and -DistinguishedName.');
  }
  const { name: connector } = findConnector(await listConnectors(context, call), name, 'ADConnectorName');
  return diagnoseObject(await readObjectFacts(context, call, { connector, dn })).map(checkObject);
}

async function diagnoseAll(context: ADSyncContext, call: CmdletCall): Promise<PsObject[]> {
  const { agent, clock } = context;
  const { signal } = call;
  const { features } = await agent.readCompanyFeatures({}, { signal });
  const { stagingMode } = await agent.readStatus({}, { signal });
  const forests = await readForestFacts(context, call);
  return diagnosePasswordSync({ features, stagingMode, forests, now: clock.now() }).map(checkObject);
}

async function readForestFacts(context: ADSyncContext, call: CmdletCall): Promise<ForestFacts[]> {
  const { agent } = context;
  const { signal } = call;
  const { configurations } = await agent.readPasswordSync({}, { signal });
  const { states } = await agent.listPasswordSyncStates({}, { signal });
  const forests: ForestFacts[] = [];
  for (const { name, kind } of await listConnectors(context, call)) {
    if (kind !== 'ad') continue;
    const { domains } = await agent.readReachability({ connector: name }, { signal });
    forests.push({
      connector: name,
      configuration: configurations.find(({ sourceConnector }) => sourceConnector === name),
      heartbeatAt: context.lastHeartbeat(name),
      domains,
      states: states.filter(({ connector }) => connector === name),
    });
  }
  return forests;
}

async function readObjectFacts(
  { agent }: ADSyncContext,
  { signal }: CmdletCall,
  { connector, dn }: { readonly connector: string; readonly dn: string },
): Promise<ObjectFacts> {
  const { object } = await agent.readCsObject({ connector, dn }, { signal });
  if (object === null) return { connector, dn, object, metaverse: null, inTenant: null, passwordLog: [] };
  const { entries } = await agent.readPasswordLog({ identifier: object.objectId }, { signal });
  const id = object.connectedMVObjectId;
  const metaverse = id === null ? null : (await agent.readMvObject({ identifier: id }, { signal })).object;
  const { connectors } = await agent.listConnectors({}, { signal });
  const tenants = new Set(connectors.filter(({ kind }) => kind === 'tenant').map(({ name }) => name));
  const link = metaverse?.lineage.find(({ connectorName }) => tenants.has(connectorName));
  const inTenant =
    link === undefined ? null : (await agent.readCsObject({ identifier: link.csObjectId }, { signal })).object;
  return { connector, dn, object, metaverse, inTenant, passwordLog: entries };
}
