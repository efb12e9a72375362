import { z } from 'zod';

/** A time: ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime();

/** A GUID in lower case with hyphens and without braces. */
export const guidSchema = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected a lower-case GUID');

/** Names of attributes with their values; binary ones as base64. */
export const attributesSchema = z.record(z.string(), z.array(z.string()));
export type AttributeValues = z.output<typeof attributesSchema>;

export const countSchema = z.int().min(0);

/** Run profiles of a connector, as administrators know them. */
export const runProfiles = [
  'Full Import',
  'Delta Import',
  'Full Synchronization',
  'Delta Synchronization',
  'Export',
] as const;
export const runProfileSchema = z.enum(runProfiles);
export type RunProfile = (typeof runProfiles)[number];

/** What a scheduled cycle does: `Delta` what is new, `Initial` everything; `Unspecified` leaves it to the scheduler. */
export const policyTypeSchema = z.enum(['Delta', 'Initial', 'Unspecified']);
export type PolicyType = z.output<typeof policyTypeSchema>;
