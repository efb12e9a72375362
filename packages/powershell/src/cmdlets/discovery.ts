import { OperationError } from '../errors.ts';
import { typeLabel } from '../evaluate/arguments.ts';
import type { ParameterSpec, Services, StreamCmdlet } from '../host.ts';
import { methodsOf, propertiesOf } from '../members/members.ts';
import { isLike } from '../operators/patterns.ts';
import { object } from '../values/object.ts';
import { typeOf } from '../values/type-of.ts';
import type { PsObject, PsValue } from '../values/value.ts';
import { moduleNamed } from './modules.ts';
import { each } from './stages.ts';

export const importModule: StreamCmdlet = {
  name: 'Import-Module',
  aliases: ['ipmo'],
  synopsis: 'Does nothing for a module that is here, which all are from the beginning.',
  parameters: [
    {
      name: 'Name',
      type: 'string',
      isArray: true,
      mandatory: true,
      position: 0,
      names: 'module',
      help: 'A name, or a path that ends in one.',
    },
    { name: 'Force', type: 'switch', help: 'Accepted.' },
  ],
  stream: (call) => ({
    ...each(() => Promise.resolve()),
    end: () => {
      for (const name of call.arguments.list('Name') ?? []) {
        if (moduleNamed(call.services.modules, name) === undefined) {
          throw new OperationError(
            'ERR_POWERSHELL_ARGUMENT',
            'The module does not exist here.',
            'Get-Module lists those that do.',
          );
        }
      }
      return Promise.resolve();
    },
  }),
};

export const getModule: StreamCmdlet = {
  name: 'Get-Module',
  aliases: ['gmo'],
  synopsis: 'Lists the modules.',
  parameters: [
    { name: 'Name', type: 'string', position: 0, help: 'With wildcards.' },
    { name: 'ListAvailable', type: 'switch', help: 'The same list.' },
  ],
  stream: (call, out) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      for (const name of call.services.modules.filter((one) => isLike(one, call.arguments.text('Name') ?? '*'))) {
        const commands = call.services.commands().filter(({ module }) => module?.toLowerCase() === name.toLowerCase());
        await out(
          object({
            typeName: 'System.Management.Automation.PSModuleInfo',
            properties: fixed({
              ModuleType: 'Binary',
              Name: name,
              ExportedCommands: commands.map((command) => command.name),
            }),
          }),
        );
      }
    },
  }),
};

export const getCommand: StreamCmdlet = {
  name: 'Get-Command',
  aliases: ['gcm'],
  synopsis: 'Lists the commands.',
  parameters: [
    { name: 'Name', type: 'string', position: 0, help: 'With wildcards.' },
    { name: 'Module', type: 'string', help: 'Those of one module.' },
  ],
  stream: (call, out) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      const found = call.services
        .commands()
        .filter(({ name }) => isLike(name, call.arguments.text('Name') ?? '*'))
        .filter(({ module }) => isLike(module ?? '', call.arguments.text('Module') ?? '*'))
        .toSorted((left, right) => (left.name < right.name ? -1 : 1));
      for (const { name, module, synopsis } of found) {
        await out(
          object({
            typeName: 'System.Management.Automation.CmdletInfo',
            properties: fixed({ CommandType: 'Cmdlet', Name: name, Source: module ?? null, Synopsis: synopsis }),
            display: { as: 'table', properties: ['CommandType', 'Name', 'Source'] },
            text: () => name,
          }),
        );
      }
    },
  }),
};

export const getHelp: StreamCmdlet = {
  name: 'Get-Help',
  aliases: ['help'],
  synopsis: 'Says what a command does and takes.',
  parameters: [{ name: 'Name', type: 'string', position: 0, help: 'The command.' }],
  stream: (call, out) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      const name = call.arguments.text('Name') ?? 'Get-Help';
      await out(helpFor(call.services, name));
    },
  }),
};

export const getMember: StreamCmdlet = {
  name: 'Get-Member',
  aliases: ['gm'],
  synopsis: 'Lists the properties and methods of objects.',
  parameters: [
    { name: 'Name', type: 'string', position: 0, help: 'With wildcards.' },
    { name: 'MemberType', type: { words: ['Property', 'Method'] }, help: 'One kind only.' },
  ],
  stream: (call, out) => {
    const seen = new Set<string>();
    return each(async (item) => {
      if (item === null) return;
      const { fullName } = typeOf(item);
      if (seen.has(fullName)) return;
      seen.add(fullName);
      const kind = call.arguments.text('MemberType');
      for (const member of membersOf(item, fullName)) {
        const { name, type } = member;
        if (kind !== undefined && type !== kind) continue;
        if (isLike(name, call.arguments.text('Name') ?? '*')) await out(member.value);
      }
    });
  },
};

function membersOf(item: Exclude<PsValue, null>, typeName: string): { name: string; type: string; value: PsObject }[] {
  const member = (name: string, type: string, definition: string) => ({
    name,
    type,
    value: object({
      typeName: 'Microsoft.PowerShell.Commands.MemberDefinition',
      properties: fixed({ TypeName: typeName, Name: name, MemberType: type, Definition: definition }),
      display: { as: 'table', properties: ['TypeName', 'Name', 'MemberType', 'Definition'] },
    }),
  });
  const properties = propertiesOf(item).map((property) =>
    member(property.name, 'Property', property.set === undefined ? '{get;}' : '{get;set;}'),
  );
  const methods = methodsOf(item).map(({ name, minimum, maximum }) =>
    member(name, 'Method', `${minimum === maximum ? minimum : `${minimum} to ${maximum}`} arguments`),
  );
  return [...properties, ...methods];
}

function helpFor(services: Services, name: string): string {
  const command = services
    .commands()
    .find((one) => [one.name, ...(one.aliases ?? [])].some((known) => known.toLowerCase() === name.toLowerCase()));
  if (command === undefined) {
    throw new OperationError(
      'ERR_POWERSHELL_UNKNOWN_COMMAND',
      `There is no command '${name}'.`,
      'Get-Command lists the commands.',
    );
  }
  const syntax = [command.name, ...command.parameters.map(usage)].join(' ');
  const details = command.parameters.flatMap((parameter) =>
    parameter.help === undefined ? [] : [`  -${parameter.name}: ${parameter.help}`],
  );
  return [`${command.name}: ${command.synopsis}`, `  ${syntax}`, ...details].join('\n');
}

/** `[[-Name] <String>]`: brackets around what may be left out. */
function usage(parameter: ParameterSpec): string {
  const name = parameter.position === undefined ? `-${parameter.name}` : `[-${parameter.name}]`;
  const whole = parameter.type === 'switch' ? `-${parameter.name}` : `${name} <${typeLabel(parameter)}>`;
  return parameter.mandatory === true ? whole : `[${whole}]`;
}

function fixed(values: Record<string, PsValue>): { name: string; value: PsValue; readOnly: boolean }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value, readOnly: true }));
}
