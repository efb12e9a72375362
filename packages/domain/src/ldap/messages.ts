import {
  encodeAddRequest,
  encodeDeleteRequest,
  encodeModifyDnRequest,
  encodeModifyRequest,
  encodeSearchRequest,
  EqualityFilter,
  OrFilter,
  PresenceFilter,
  type LdapSearch,
} from '@ad-protocols/ldap';
import type { Operation } from '../operation.ts';

export type { LdapEntry, LdapResult } from '@ad-protocols/ldap';

/**
 * Lets hashes and keys be written as they are, instead of being derived from a clear-text password.
 * Samba's DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID; it is honoured on the privileged socket and in local files only.
 */
export const bypassPasswordHashControl = '1.3.6.1.4.1.7165.4.3.12';

const bypassPasswordHash = [{ oid: bypassPasswordHashControl, critical: true }];

/** A condition on an attribute, or any one of several. */
export type Filter =
  | { readonly attribute: string; readonly equals: string }
  | { readonly present: string }
  | { readonly anyOf: readonly Filter[] };

export interface Search extends Pick<LdapSearch, 'base' | 'scope' | 'attributes'> {
  readonly filter: Filter;
}

/** The bytes of a search request. */
export function encodeSearch(id: number, search: Search): Uint8Array {
  return encodeSearchRequest(id, { ...search, filter: conditionOf(search.filter) });
}

/**
 * The bytes of a write. Additions and modifications carry {@link bypassPasswordHashControl}, critical; a renaming must
 * not: with it Samba 4.17 never answers, and its LDAP server holds the database's write lock until it is restarted. A
 * deletion needs none.
 *
 * They hold whatever the operation holds: the caller wipes them.
 */
export function encodeOperation(id: number, operation: Operation): Uint8Array {
  const { dn } = operation;
  if (operation.kind === 'add') {
    return encodeAddRequest(id, { dn, attributes: operation.attributes }, bypassPasswordHash);
  }
  if (operation.kind === 'delete') return encodeDeleteRequest(id, dn);
  if (operation.kind === 'rename') return encodeModifyDnRequest(id, { dn, newRdn: operation.rdn });
  const changes = operation.replace.map(({ name, values }) => ({ change: 'replace', name, values }) as const);
  return encodeModifyRequest(id, { dn, changes }, bypassPasswordHash);
}

function conditionOf(filter: Filter): EqualityFilter | OrFilter | PresenceFilter {
  if ('anyOf' in filter) return new OrFilter({ filters: filter.anyOf.map(conditionOf) });
  if ('present' in filter) return new PresenceFilter({ attribute: filter.present });
  return new EqualityFilter({ attribute: filter.attribute, value: filter.equals });
}
