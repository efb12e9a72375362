import { z } from 'zod';
import { syslogFacilities } from './syslog-message.ts';

const syslogSchema = z
  .strictObject({
    /** Host name or address of the receiver. */
    host: z.string().min(1),
    /** 6514 for TLS and 514 otherwise, unless named. */
    port: z.number().int().min(1).max(65_535).optional(),
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    /** PEM file of the authority that issued the receiver's certificate; without it the system's authorities are trusted. */
    ca: z.string().min(1).optional(),
    facility: z.enum(syslogFacilities).default('daemon'),
  })
  .refine(({ ca, transport }) => ca === undefined || transport === 'tls', {
    path: ['ca'],
    error: 'only with transport: tls',
  })
  .transform((syslog) => ({ ...syslog, port: syslog.port ?? (syslog.transport === 'tls' ? 6514 : 514) }));

/** The part of an agent's configuration that says what becomes of its events. */
export const eventLogConfigSchema = z.strictObject({
  /** Days after which an event is removed from the store. */
  maxAgeDays: z.number().int().min(1).max(3650).default(30),
  /** Size of the store, MiB. */
  maxMiB: z.number().int().min(1).max(65_536).default(64),
  /** A syslog receiver that gets every event as well. */
  syslog: syslogSchema.optional(),
});

/** {@link eventLogConfigSchema} with its defaults filled in. */
export type EventLogConfig = z.output<typeof eventLogConfigSchema>;

/** {@link EventLogConfig} of a receiver. */
export type SyslogConfig = NonNullable<EventLogConfig['syslog']>;
