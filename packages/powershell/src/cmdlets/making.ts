import { OperationError } from '../errors.ts';
import type { StreamCmdlet } from '../host.ts';
import { formatValue } from '../operators/format-text.ts';
import { arithmetic } from '../operators/arithmetic.ts';
import { setMember } from '../members/members.ts';
import { customObject } from '../values/object.ts';
import { isKind } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { millisecondsOf, timeSpan } from '../values/time-spans.ts';
import { scalarTypeOf } from '../values/type-names.ts';
import { each } from './stages.ts';

/** Milliseconds of the longest Start-Sleep. */
const MAX_SLEEP = millisecondsOf.hour;

export const newObject: StreamCmdlet = {
  name: 'New-Object',
  synopsis: 'Makes an object of a type.',
  parameters: [
    {
      name: 'TypeName',
      type: 'string',
      mandatory: true,
      position: 0,
      names: 'type',
      help: 'The full name of the type.',
    },
    {
      name: 'ArgumentList',
      type: 'object',
      isArray: true,
      position: 1,
      aliases: ['Args'],
      help: 'What the type is made with.',
    },
    { name: 'Property', type: 'hashtable', help: 'Values for its properties.' },
  ],
  stream: (call, out) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      const typeName = call.arguments.text('TypeName') ?? '';
      const property = call.arguments.value('Property');
      const entries = isKind(property, 'hashtable') ? [...property.entries.values()] : [];
      if (scalarTypeOf(typeName) === 'pscustomobject') {
        return out(customObject(entries.map(({ key, value }) => [textOf(key), value])));
      }
      const made = call.services.create(typeName, call.arguments.list('ArgumentList') ?? []);
      for (const { key, value } of entries) setMember(made, textOf(key), value);
      await out(made);
    },
  }),
};

export const getDate: StreamCmdlet = {
  name: 'Get-Date',
  synopsis: 'Gives the time, in UTC.',
  parameters: [
    { name: 'Date', type: 'datetime', position: 0, help: 'Another date than now.' },
    { name: 'Format', type: 'string', help: "Gives a text such as 'yyyy-MM-dd'." },
  ],
  stream: (call, out) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      const given = call.arguments.value('Date');
      const date = given instanceof Date ? given : new Date(call.services.now());
      const format = call.arguments.text('Format');
      await out(format === undefined ? date : formatValue(date, format));
    },
  }),
};

export const newTimeSpan: StreamCmdlet = {
  name: 'New-TimeSpan',
  synopsis: 'Makes a time span of parts, or of two dates.',
  parameters: [
    { name: 'Start', type: 'datetime', position: 0, help: 'Its beginning; now if not given.' },
    { name: 'End', type: 'datetime', position: 1, help: 'Its end; now if not given.' },
    ...['Days', 'Hours', 'Minutes', 'Seconds'].map((name) => ({ name, type: 'int' as const })),
  ],
  stream: (call, out) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      const { arguments: values } = call;
      if (values.has('Start') || values.has('End')) {
        const now = new Date(call.services.now());
        return out(arithmetic('-', values.value('End') ?? now, values.value('Start') ?? now));
      }
      const part = (name: string, unit: number) => (values.number(name) ?? 0) * unit;
      const total = part('Days', millisecondsOf.day) + part('Hours', millisecondsOf.hour);
      await out(timeSpan(total + part('Minutes', millisecondsOf.minute) + part('Seconds', millisecondsOf.second)));
    },
  }),
};

export const startSleep: StreamCmdlet = {
  name: 'Start-Sleep',
  aliases: ['sleep'],
  synopsis: 'Waits, at most an hour.',
  parameters: [
    { name: 'Seconds', type: 'double', position: 0, help: 'How long.' },
    { name: 'Milliseconds', type: 'int', help: 'How long.' },
  ],
  stream: (call) => ({
    ...each(() => Promise.resolve()),
    end: async () => {
      const seconds = call.arguments.number('Seconds');
      const milliseconds =
        seconds === undefined ? call.arguments.number('Milliseconds') : seconds * millisecondsOf.second;
      if (milliseconds === undefined || !(milliseconds >= 0 && milliseconds <= MAX_SLEEP)) {
        throw new OperationError('ERR_POWERSHELL_ARGUMENT', 'Start-Sleep waits 0 to 3600 seconds.', 'Give -Seconds.');
      }
      await call.services.sleep(milliseconds);
    },
  }),
};
