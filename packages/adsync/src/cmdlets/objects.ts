import type { CmdletCall, ParameterSpec } from '@causeway/powershell';
import type { CsObject } from '@causeway/control';
import type { ADSyncContext, CmdletOf } from '../context.ts';
import { argumentInvalid } from '../errors.ts';
import { csObject, mvObject, passwordLogEntry } from '../objects/space.ts';
import { connectorIdentifier, connectorName, requiredConnector } from './parameters.ts';

const identifier: ParameterSpec = {
  name: 'Identifier',
  type: 'guid',
  mandatory: true,
  position: 0,
  pipeline: 'name',
  help: 'ObjectId of the object.',
};

const getCSObject: CmdletOf = (context) => ({
  name: 'Get-ADSyncCSObject',
  synopsis: 'Gives an object of a connector space, or the objects of one.',
  parameters: [
    { name: 'Identifier', type: 'guid', help: 'ObjectId of the object.' },
    connectorName,
    connectorIdentifier,
    { name: 'DistinguishedName', type: 'string', position: 1, aliases: ['DN'], help: 'Name of the object.' },
    { name: 'SkipDNValidation', type: 'switch', help: 'Accepted: names are never validated.' },
    { name: 'Transient', type: 'switch', help: 'Transient objects only: there are none.' },
    { name: 'StartIndex', type: 'int', help: 'So many objects are left out first.' },
    { name: 'MaxResultCount', type: 'int', help: 'So many objects; 100 unless named, 1000 at most.' },
  ],
  async run(call) {
    if (call.arguments.flag('Transient')) return [];
    const isOne = call.arguments.has('Identifier') || call.arguments.has('DistinguishedName');
    const objects = isOne ? [await readCsObject(context, call)] : await listCsObjects(context, call);
    return objects.map(csObject);
  },
});

const getCSObjectLog: CmdletOf = (context) => ({
  name: 'Get-ADSyncCSObjectLog',
  synopsis: 'Gives the password log of an object, newest first; seven days of it are kept.',
  parameters: [
    { ...identifier, aliases: ['ObjectId'] },
    { name: 'Count', type: 'int', position: 1, help: 'So many entries; 100 unless named, 1000 at most.' },
  ],
  async run({ arguments: values, signal }) {
    const count = values.number('Count');
    const { entries } = await context.agent.readPasswordLog(
      { identifier: values.text('Identifier') ?? '', ...(count !== undefined && { count }) },
      { signal },
    );
    return entries.map(passwordLogEntry);
  },
});

const getMVObject: CmdletOf = (context) => ({
  name: 'Get-ADSyncMVObject',
  synopsis: 'Gives an object of the metaverse: where its values come from and what it is joined to.',
  parameters: [{ ...identifier, aliases: ['ConnectedMVObjectId'] }],
  async run({ arguments: values, signal }) {
    const id = values.text('Identifier') ?? '';
    const { object } = await context.agent.readMvObject({ identifier: id }, { signal });
    if (object === null) {
      throw argumentInvalid(
        `The metaverse has no object ${id}`,
        'Its identifier is ConnectedMVObjectId of what Get-ADSyncCSObject gives.',
      );
    }
    return mvObject(object);
  },
});

/** Objects of connector spaces and of the metaverse, and the log of their passwords. */
export const objectCmdlets: readonly CmdletOf[] = [getCSObject, getCSObjectLog, getMVObject];

/**
 * The object that a call names by `-Identifier`, or by connector and `-DistinguishedName`.
 *
 * @throws {CausewayError} ERR_ADSYNC_ARGUMENT when there is none.
 */
export async function readCsObject(context: ADSyncContext, call: CmdletCall): Promise<CsObject> {
  const { arguments: values, signal } = call;
  const id = values.text('Identifier');
  const dn = values.text('DistinguishedName') ?? '';
  const query =
    id === undefined ? { connector: (await requiredConnector(context, call)).name, dn } : { identifier: id };
  const { object } = await context.agent.readCsObject(query, { signal });
  if (object !== null) return object;
  throw argumentInvalid(
    id === undefined ? `The connector space has no object ${dn}` : `No connector space has an object ${id}`,
    'Check the name and the filters of the connector; what is newer than the last import is not there yet.',
  );
}

async function listCsObjects(context: ADSyncContext, call: CmdletCall): Promise<readonly CsObject[]> {
  const { arguments: values, signal } = call;
  const connector = await requiredConnector(context, call);
  const startIndex = values.number('StartIndex');
  const maxResultCount = values.number('MaxResultCount');
  const { objects } = await context.agent.listCsObjects(
    {
      connector: connector.name,
      ...(startIndex !== undefined && { startIndex }),
      ...(maxResultCount !== undefined && { maxResultCount }),
    },
    { signal },
  );
  return objects;
}
