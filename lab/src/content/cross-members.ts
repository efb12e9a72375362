import type { Container } from '../container.ts';
import { DOMAINS } from '../names.ts';
import type { DomainControllerName } from '../names.ts';
import { makeBranch } from './branches.ts';
import { formatAdd } from './ldif.ts';
import { modifyDatabase, readObject } from './provision.ts';

/** `groupType` of a universal and of a domain local security group. @see [MS-ADTS] 2.2.12 */
const UNIVERSAL = '-2147483640';
const DOMAIN_LOCAL = '-2147483644';

/** In corp.contoso.test: a group with a user and a group of the child domain in it. */
export const WORLDWIDE_GROUP = 'Contoso Worldwide';

/** In the child domain: a group with an account of the parent domain in it. */
export const HEADQUARTERS_GROUP = 'EMEA Headquarters';

/** In fabrikam.test: a group with an account of corp.contoso.test in it, as a foreign security principal. */
export const PARTNERS_GROUP = 'Fabrikam Partners';

/**
 * Adds a group to each of two domains of one forest with members from the other.
 *
 * Samba keeps such a member where the group is, with GUID, SID and name, as Active Directory does with its phantoms; it does
 * not follow a new name. Over LDAP it takes none, for it does not look into the other domain.
 *
 * @param member The account of the parent domain.
 */
export async function addMembersAcrossDomains(parent: Container, child: Container, member: string): Promise<void> {
  const { users, groups } = makeBranch('emea-dc1');
  const fromChild = [users[0]?.dn, groups.at(-2)?.dn].filter((dn) => dn !== undefined);
  const [inParent, inChild] = [
    await Promise.all(fromChild.map(async (dn) => extendedDn(child, dn))),
    [await extendedDn(parent, member)],
  ];
  await modifyDatabase(parent, [groupRecord('corp-dc1', WORLDWIDE_GROUP, UNIVERSAL, inParent)], ['relax:0']);
  await modifyDatabase(child, [groupRecord('emea-dc1', HEADQUARTERS_GROUP, DOMAIN_LOCAL, inChild)], ['relax:0']);
}

/**
 * Adds a group to the second forest with an account of the first in it: as the foreign security principal that a domain controller
 * makes when a member is given as `<SID=…>`.
 *
 * @param member The account of the first forest.
 */
export async function addForeignMember(container: Container, forest: Container, member: string): Promise<void> {
  const { baseDn } = DOMAINS['fabrikam-dc1'];
  const sid = (await readObject(forest, member, ['objectSid'])).get('objectsid') ?? '';
  const principal = `CN=${sid},CN=ForeignSecurityPrincipals,${baseDn}`;
  const record = formatAdd(principal, [
    ['objectClass', 'foreignSecurityPrincipal'],
    ['objectSid', sid],
  ]);
  // Only while it makes a domain does Samba take one that is given to it.
  await modifyDatabase(container, [record], ['relax:0', 'provision:0']);
  await modifyDatabase(container, [groupRecord('fabrikam-dc1', PARTNERS_GROUP, DOMAIN_LOCAL, [principal])]);
}

function groupRecord(dc: DomainControllerName, name: string, groupType: string, members: readonly string[]): string {
  return formatAdd(`CN=${name} Group,CN=Users,${DOMAINS[dc].baseDn}`, [
    ['objectClass', 'group'],
    ['sAMAccountName', name],
    ['groupType', groupType],
    ['member', members],
  ]);
}

/** The form in which the database takes a member that it does not have: `<GUID=…>;<SID=…>;name`. */
async function extendedDn(container: Container, dn: string): Promise<string> {
  const found = await readObject(container, dn, ['objectGUID', 'objectSid']);
  return `<GUID=${found.get('objectguid')}>;<SID=${found.get('objectsid')}>;${dn}`;
}
