import { Command, Option } from '@commander-js/extra-typings';
import type { ControlClient, CsObject } from '@causeway/control';
import { CausewayError } from '@causeway/model';
import { agentConfigOption, connectorOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { formatObject, formatObjects, type ObjectView } from './format-object.ts';
import { parseCount } from './numbers.ts';

/** `causeway sync objects`: a connector space. */
export function objectsCommand() {
  return new Command('objects')
    .description('show the objects in the connector space of a connector')
    .addOption(agentConfigOption())
    .addOption(connectorOption().makeOptionMandatory())
    .addOption(new Option('--start <index>', 'objects to leave out first').argParser(parseCount).default(0))
    .addOption(new Option('--count <count>', 'objects to show').argParser(parseCount).default(100))
    .addOption(jsonOption())
    .action(async ({ config, connector, start, count, json }) => {
      const answer = await withAgent(config, (agent) =>
        agent.listCsObjects({ connector, startIndex: start, maxResultCount: count }),
      );
      console.log(json === true ? JSON.stringify(answer) : formatObjects(answer.objects));
    });
}

/** `causeway sync object DN`: all that the engine knows of one object. */
export function objectCommand() {
  return new Command('object')
    .description('show one object: in its connector space, in the metaverse, and the log of its password')
    .argument('<dn>', 'distinguished name')
    .addOption(agentConfigOption())
    .addOption(connectorOption())
    .addOption(jsonOption())
    .action(async (dn, { config, connector, json }) => {
      const view = await withAgent(config, async (agent) => readView(agent, await find(agent, dn, connector)));
      console.log(json === true ? JSON.stringify(view) : formatObject(view));
    });
}

async function find(agent: ControlClient, dn: string, connector: string | undefined): Promise<CsObject> {
  const names =
    connector === undefined ? (await agent.listConnectors({})).connectors.map(({ name }) => name) : [connector];
  for (const name of names) {
    const { object } = await agent.readCsObject({ connector: name, dn });
    if (object !== null) return object;
  }
  throw new CausewayError({
    code: 'ERR_SYNC_OBJECT_UNKNOWN',
    message: `no object ${dn} in the connector space of ${names.join(' or ')}`,
    nextStep:
      'check the name; an object that is out of scope, or newer than the last import, is not there: causeway sync run imports',
    disposition: 'halt',
  });
}

async function readView(agent: ControlClient, object: CsObject): Promise<ObjectView> {
  const { entries } = await agent.readPasswordLog({ identifier: object.objectId, count: 10 });
  const metaverse =
    object.connectedMVObjectId === null
      ? null
      : (await agent.readMvObject({ identifier: object.connectedMVObjectId })).object;
  return { object, metaverse, passwordLog: entries };
}
