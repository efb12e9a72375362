import { convert } from '../values/convert.ts';
import type { TypeReference } from '../values/type-names.ts';
import type { PsValue } from '../values/value.ts';

interface Slot {
  readonly value: PsValue;
  /** What is assigned is converted to it, after `[int]$x = …`. */
  readonly type: TypeReference | undefined;
}

/** Variables of a function or of the session; a name that is not here is looked up in the caller's. */
export interface Scope {
  readonly slots: Map<string, Slot>;
  readonly parent: Scope | undefined;
  readonly session: Scope;
}

export function sessionScope(): Scope {
  const slots = new Map<string, Slot>();
  const scope = { slots, parent: undefined } as { slots: typeof slots; parent: undefined; session: Scope };
  scope.session = scope;
  return scope;
}

export function childScope(parent: Scope): Scope {
  return { slots: new Map(), parent, session: parent.session };
}

/** The value of a variable; null when nobody has assigned one. */
export function lookUp(scope: Scope, name: string): PsValue {
  const key = name.toLowerCase();
  for (let current: Scope | undefined = scope; current !== undefined; current = current.parent) {
    const slot = current.slots.get(key);
    if (slot !== undefined) return slot.value;
  }
  return null;
}

/** Assigns in this scope, converted to the variable's type if it has one; `type` gives it one. */
export function assign(scope: Scope, name: string, value: PsValue, type?: TypeReference): void {
  const key = name.toLowerCase();
  const kept = type ?? scope.slots.get(key)?.type;
  scope.slots.set(key, { value: kept === undefined ? value : convert(value, kept), type: kept });
}
