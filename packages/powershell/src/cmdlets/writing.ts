import { OperationError } from '../errors.ts';
import type { Cmdlet, ParameterSpec, StreamCmdlet } from '../host.ts';
import { itemsOf } from '../values/convert.ts';
import { isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { each } from './stages.ts';

const objects: ParameterSpec = {
  name: 'Object',
  type: 'object',
  isArray: true,
  position: 0,
  takesRest: true,
  help: 'What to write.',
};
const message: ParameterSpec = {
  name: 'Message',
  type: 'string',
  mandatory: true,
  position: 0,
  pipeline: 'value',
  help: 'The text.',
};

export const writeHost: StreamCmdlet = {
  name: 'Write-Host',
  synopsis: 'Shows text to the user.',
  parameters: [
    objects,
    { name: 'NoNewline', type: 'switch', help: 'The next text follows on the same line.' },
    { name: 'Separator', type: 'string', help: 'Between several values; a space if not given.' },
    { name: 'ForegroundColor', type: 'string', help: 'Accepted; colours are not shown.' },
    { name: 'BackgroundColor', type: 'string', help: 'Accepted; colours are not shown.' },
  ],
  stream: (call) => {
    const separator = call.arguments.text('Separator') ?? ' ';
    const say = (values: readonly PsValue[]) => {
      const text = values
        .map((value) => (isList(value) ? itemsOf(value).map(textOf).join(separator) : textOf(value)))
        .join(separator);
      call.services.say(`${text}${call.arguments.flag('NoNewline') ? '' : '\n'}`);
    };
    return {
      process: (value) => Promise.resolve(say([value])),
      end: () => {
        if (!call.hasInput) say(call.arguments.list('Object') ?? []);
        return Promise.resolve();
      },
    };
  },
};

export const writeOutput: StreamCmdlet = {
  name: 'Write-Output',
  aliases: ['echo', 'write'],
  synopsis: 'Writes objects to the pipeline.',
  parameters: [{ ...objects, name: 'InputObject' }],
  stream: (call, out) => ({
    process: out,
    end: async () => {
      const given = call.arguments.list('InputObject') ?? [];
      for (const value of given.flatMap((one) => (isList(one) ? itemsOf(one) : [one]))) await out(value);
    },
  }),
};

export const writeWarning: Cmdlet = {
  name: 'Write-Warning',
  synopsis: 'Writes a warning.',
  parameters: [message],
  run: (call) => {
    call.warn(call.arguments.text('Message') ?? '');
    return Promise.resolve(undefined);
  },
};

export const writeVerbose: Cmdlet = {
  name: 'Write-Verbose',
  synopsis: 'Writes what is shown under -Verbose or when $VerbosePreference is Continue.',
  parameters: [message],
  run: (call) => {
    call.verbose(call.arguments.text('Message') ?? '');
    return Promise.resolve(undefined);
  },
};

export const writeError: Cmdlet = {
  name: 'Write-Error',
  synopsis: 'Writes an error, which does not end the script unless $ErrorActionPreference is Stop.',
  parameters: [{ ...message, aliases: ['Exception'] }],
  run: (call) => {
    call.fail(new OperationError('ERR_POWERSHELL_WRITTEN', call.arguments.text('Message') ?? '', ''));
    return Promise.resolve(undefined);
  },
};

export const readHost: StreamCmdlet = {
  name: 'Read-Host',
  synopsis: 'Asks the user for a line.',
  parameters: [{ name: 'Prompt', type: 'string', position: 0, help: 'What to ask.' }],
  stream: (call, out) => {
    const ask = async () => {
      const prompt = call.arguments.text('Prompt');
      await out(await call.services.readLine(prompt === undefined ? '' : `${prompt}: `));
    };
    return { ...each(() => Promise.resolve()), end: ask };
  },
};
