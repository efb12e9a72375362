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

type Kinded = Extract<PsValue, { readonly kind: string }>;

/** Whether a value is of one of the kinds that carry their name. */
export function isKind<Kind extends Kinded['kind']>(
  value: PsValue | undefined,
  kind: Kind,
): value is Extract<Kinded, { readonly kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** A property of an object of a type, named in full; undefined when the value is no such object. */
export function propertyOf(value: PsValue, typeName: string, property: string): PsValue | undefined {
  if (!isKind(value, 'object') || value.typeName !== typeName) return undefined;
  return value.properties.get(property.toLowerCase())?.get();
}
