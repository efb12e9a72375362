import { credentialsTargets } from './targets/credentials.ts';
import { drsrTargets } from './targets/drsr.ts';
import { gssTargets } from './targets/gss.ts';
import { kerberosTargets } from './targets/kerberos.ts';
import { ldapTargets } from './targets/ldap.ts';
import { ntlmTargets } from './targets/ntlm.ts';
import { rpcTargets } from './targets/rpc.ts';
import type { FuzzTarget } from './target.ts';

/** Every decoder that faces the network, by name. */
const targets: Readonly<Record<string, FuzzTarget>> = {
  ...gssTargets,
  ...ntlmTargets,
  ...kerberosTargets,
  ...rpcTargets,
  ...drsrTargets,
  ...ldapTargets,
  ...credentialsTargets,
};

export const targetNames: readonly string[] = Object.keys(targets);

/** @throws {RangeError} when there is none by that name; the message lists those that there are. */
export function targetNamed(name: string): FuzzTarget {
  const target = targets[name];
  if (target) return target;
  throw new RangeError(`there is no fuzz target "${name}"; there are ${targetNames.join(', ')}`);
}
