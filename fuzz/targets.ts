import * as credentials from './targets/credentials.ts';
import * as drsr from './targets/drsr.ts';
import * as gss from './targets/gss.ts';
import * as kerberos from './targets/kerberos.ts';
import * as ldap from './targets/ldap.ts';
import * as ntlm from './targets/ntlm.ts';
import * as rpc from './targets/rpc.ts';
import type { FuzzTarget } from './target.ts';

/** Every decoder that faces the network, by the file it is in and its name. */
const groups: Readonly<Record<string, { readonly targets: Readonly<Record<string, FuzzTarget>> }>> = {
  gss,
  ntlm,
  kerberos,
  rpc,
  drsr,
  ldap,
  credentials,
};

export const targetNames: readonly string[] = Object.values(groups).flatMap(({ targets }) => Object.keys(targets));

/** @throws {RangeError} when there is none by that name; the message lists those that there are. */
export function targetNamed(name: string): FuzzTarget & { readonly group: string } {
  for (const [group, { targets }] of Object.entries(groups)) {
    const target = targets[name];
    if (target) return { ...target, group };
  }
  throw new RangeError(`there is no fuzz target "${name}"; there are ${targetNames.join(', ')}`);
}
