import {
  object,
  timeSpan,
  type Display,
  type PsGuid,
  type PsObject,
  type PsTimeSpan,
  type PsValue,
} from '@causeway/powershell';

/** Namespace of the types that Microsoft's module gives. */
const namespace = 'Microsoft.IdentityManagement.PowerShell.ObjectModel';

/** Full name of a type of the module. */
export function typeNameOf(name: string): string {
  return `${namespace}.${name}`;
}

/**
 * An object that only tells: every property is read-only. `name` is that of its type in the module; `text` is what stands
 * for the object within another one.
 */
export function record(
  name: string,
  values: readonly (readonly [property: string, value: PsValue])[],
  shown: { readonly display?: Display; readonly text?: string } = {},
): PsObject {
  const { display, text } = shown;
  return object({
    typeName: typeNameOf(name),
    properties: values.map(([property, value]) => ({ name: property, value, readOnly: true })),
    ...(display !== undefined && { display }),
    ...(text !== undefined && { text: () => text }),
  });
}

export function guidOf(text: string): PsGuid {
  return { kind: 'guid', text };
}

/** A time of the agent; null stays null. */
export function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

export function spanOf(seconds: number): PsTimeSpan {
  return timeSpan(seconds * 1_000);
}
