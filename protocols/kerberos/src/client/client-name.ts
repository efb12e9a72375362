import { KerberosError } from '../errors.ts';
import { nameTypes, type PrincipalName } from '../messages/principal-name.ts';

/** A client with the realm whose KDC is asked for it first. */
export interface ClientName {
  readonly principal: PrincipalName;
  readonly realm: string;
}

/**
 * The client in `alice`, `alice@REALM`, `service/host`, `service/host@REALM`, or a UPN such as `alice@contoso.com`.
 *
 * What stands behind the `@` is a realm when it is the one given, whatever its case; otherwise the text as a whole is an
 * enterprise name, whose account the KDC finds in the forest.
 *
 * @param realm Of the account or of its forest; Active Directory's realms are in upper case, and it is made so.
 * @throws {KerberosError} ERR_KRB5_CONFIGURATION
 * @see RFC 6806 §5; [MS-KILE] Naming (3.1.5.11)
 */
export function parseClientName(text: string, realm: string): ClientName {
  const upperRealm = realm.toUpperCase();
  const at = text.lastIndexOf('@');
  const suffix = at < 0 ? upperRealm : text.slice(at + 1).toUpperCase();
  const name = at < 0 ? text : text.slice(0, at);
  if (name === '' || suffix === '' || upperRealm === '' || name.split('/').includes(''))
    throw new KerberosError({
      code: 'ERR_KRB5_CONFIGURATION',
      message: `"${text}" in the realm "${realm}" is not the name of an account`,
      nextStep: 'Write it as name, name@REALM, service/host or as the user principal name.',
    });
  if (suffix !== upperRealm)
    return { principal: { type: nameTypes.enterprise, components: [text] }, realm: upperRealm };
  const components = name.split('/');
  const type = components.length > 1 ? nameTypes.serviceInstance : nameTypes.principal;
  return { principal: { type, components }, realm: upperRealm };
}
