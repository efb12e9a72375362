import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { configurationDn, DOMAINS, HOSTS } from '../names.ts';
import { ADMINISTRATORS } from './accounts.ts';
import type { ControllerHost } from './join.ts';
import { formatAdd } from './ldif.ts';
import type { LdifAttribute } from './ldif.ts';
import { addServiceNames, grantReading, modifyDatabase, readObject, readReaders, setPolicies } from './provision.ts';
import { deriveBytes, deriveText } from './seeded.ts';

/** Makes this host the first domain controller of a domain, with Samba's own classes. */
const JOIN_PROGRAM = join(import.meta.dirname, 'join-child-domain.py');

/** Lets the database take what domain controllers alone write: objects of the system, and the account of a trusted domain. */
const TRUSTED = ['relax:0', 'local_oid:1.3.6.1.4.1.7165.4.3.23:0'];

/** Tickets of the parent's administrator, for the DNS records alone. */
const TICKETS = '/tmp/child-domain.tickets';

/** A domain controller of Windows Server 2008 R2's level, as all of the lab are. */
const LEVEL = '4';

/** `systemFlags` of a crossRef of a domain: FLAG_CR_NTDS_NC | FLAG_CR_NTDS_DOMAIN. @see [MS-ADTS] 2.2.10 */
const DOMAIN_CROSS_REFERENCE = '3';

/** `instanceType` of the root of a naming context below another one. @see [MS-ADTS] 2.2.9 */
const NAMING_CONTEXT_ROOT = '13';

/** A trust of both directions between two domains of one forest. @see [MS-ADTS] 6.1.6.7 */
const TRUST_WITHIN_FOREST = { trustDirection: '3', trustType: '2', trustAttributes: '32' };

/** `userAccountControl` of the account that a trusted domain signs in with. */
const INTERDOMAIN_TRUST_ACCOUNT = '2048';

/** What two domains know of each other. */
interface DomainIdentity {
  readonly sid: string;
  readonly guid: string;
}

/**
 * Makes a child domain, with its one domain controller, whose folders are empty. None of the domain controllers serves before or after.
 *
 * Samba's command for this is gone, and what is left of its code ends half-way: a domain controller that gets a crossRef by
 * DsAddEntry tries to make an empty copy of the naming context and never answers; and one that has a crossRef without such a copy issues no
 * more tickets. So the parent's database is told of the child before the join, with the root of its naming context, and the child's of the
 * parent after it. Both domains of the forest have one schema and configuration from then on, and replicate them.
 *
 * @param parents The domain controllers of the parent domain, the first of which serves during the join.
 */
export async function makeChildDomain(
  parents: readonly [ControllerHost, ...ControllerHost[]],
  child: ControllerHost,
): Promise<void> {
  const [parent] = parents;
  const [parentDomain, childDomain] = [DOMAINS[parent.controller.name], DOMAINS[child.controller.name]];
  const parentRoot = await readIdentity(parent);
  const childRoot: DomainIdentity = { sid: makeDomainSid(childDomain.dnsName), guid: makeGuid(childDomain.dnsName) };
  const invocationId = makeGuid(`invocation of ${child.controller.name}`);

  for (const { container } of parents) await modifyDatabase(container, [rootRecord(child, childRoot)], TRUSTED);
  await modifyDatabase(
    parent.container,
    [
      crossReferenceRecord(child, childRoot),
      ...serverRecords(child, invocationId),
      ...trustRecords(parent, child, childRoot),
    ],
    TRUSTED,
  );
  await parent.controller.start();
  rmSync(join(child.container.folder, 'etc/samba/smb.conf'), { force: true });
  const { name: user, password } = ADMINISTRATORS[parent.controller.name];
  await child.container.execOrThrow(['python3', JOIN_PROGRAM], {
    input: JSON.stringify({
      server: HOSTS[parent.controller.name].fqdn,
      user,
      password,
      realm: parentDomain.realm,
      dnsName: childDomain.dnsName,
      netbiosName: childDomain.netbiosName,
      domainSid: childRoot.sid,
      domainGuid: childRoot.guid,
      invocationId,
    }),
  });
  await addDnsRecords(parent, child, childRoot);
  await parent.controller.stop();

  child.controller.writeConfiguration();
  await modifyDatabase(
    child.container,
    [rootRecord(parent, parentRoot), ...trustRecords(child, parent, parentRoot)],
    TRUSTED,
  );
  await setPolicies(child.container, child.controller.name);
  await addServiceNames(child.container);
  await grantReading(child.container, child.controller.name, await readReaders(parent.container, 'corp-dc1'));
}

async function readIdentity({ container, controller }: ControllerHost): Promise<DomainIdentity> {
  const found = await readObject(container, DOMAINS[controller.name].baseDn, ['objectSid', 'objectGUID']);
  return { sid: found.get('objectsid') ?? '', guid: found.get('objectguid') ?? '' };
}

/** The root of another domain's naming context, which is all that a domain controller has of it. */
function rootRecord({ controller }: ControllerHost, { sid, guid }: DomainIdentity): string {
  return formatAdd(DOMAINS[controller.name].baseDn, [
    ['objectClass', ['top', 'domain', 'domainDNS']],
    ['instanceType', NAMING_CONTEXT_ROOT],
    ['objectGUID', guid],
    ['objectSid', sid],
  ]);
}

function crossReferenceRecord(child: ControllerHost, { sid }: DomainIdentity): string {
  const childDomain = DOMAINS[child.controller.name];
  const partitions = `CN=Partitions,${configurationDn(child.controller.name)}`;
  // The child's administrators have to be able to fill the naming context that it stands for.
  const rights = `(A;;RPWPCRCCLCLORCWOWDSW;;;${sid}-512)(A;;RPLCLORC;;;AU)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)`;
  return formatAdd(`CN=${childDomain.netbiosName},${partitions}`, [
    ['objectClass', 'crossRef'],
    ['nCName', childDomain.baseDn],
    ['nETBIOSName', childDomain.netbiosName],
    ['dnsRoot', childDomain.dnsName],
    // No trustParent: with it, Samba's KDC finds no server of the child any more.
    ['systemFlags', DOMAIN_CROSS_REFERENCE],
    ['msDS-Behavior-Version', LEVEL],
    ['nTSecurityDescriptor', `O:${sid}-512G:${sid}-512D:${rights}`],
  ]);
}

/** The child's domain controller in the forest's configuration. */
function serverRecords({ controller }: ControllerHost, invocationId: string): string[] {
  const configuration = configurationDn(controller.name);
  const schema = `CN=Schema,${configuration}`;
  const contexts = [configuration, schema, DOMAINS[controller.name].baseDn];
  const server = `CN=${controller.name.toUpperCase()},CN=Servers,CN=Default-First-Site-Name,CN=Sites,${configuration}`;
  return [
    formatAdd(server, [
      ['objectClass', 'server'],
      ['dNSHostName', HOSTS[controller.name].fqdn],
    ]),
    formatAdd(`CN=NTDS Settings,${server}`, [
      ['objectClass', 'nTDSDSA'],
      ['objectCategory', `CN=NTDS-DSA,${schema}`],
      ['dMDLocation', schema],
      ['msDS-Behavior-Version', LEVEL],
      // A global catalogue.
      ['options', '1'],
      ['invocationId', invocationId],
      ['hasMasterNCs', contexts],
      ['msDS-HasMasterNCs', contexts],
      ['msDS-HasDomainNCs', DOMAINS[controller.name].baseDn],
    ]),
  ];
}

/** What one domain has of the trust between two: the other domain, and the account that the other signs in with. */
function trustRecords(own: ControllerHost, other: ControllerHost, { sid }: DomainIdentity): string[] {
  const [{ baseDn }, { dnsName, netbiosName }] = [DOMAINS[own.controller.name], DOMAINS[other.controller.name]];
  const password = deriveText('trust between parent and child', 32);
  const secret: LdifAttribute[] = ['trustAuthIncoming', 'trustAuthOutgoing'].map((name) => [
    name,
    encodeTrustSecret(password),
  ]);
  return [
    formatAdd(`CN=${dnsName},CN=System,${baseDn}`, [
      ['objectClass', 'trustedDomain'],
      ...Object.entries(TRUST_WITHIN_FOREST),
      ['flatName', netbiosName],
      ['trustPartner', dnsName],
      ['securityIdentifier', sid],
      ...secret,
    ]),
    formatAdd(`CN=${netbiosName}$,CN=Users,${baseDn}`, [
      ['objectClass', 'user'],
      ['sAMAccountName', `${netbiosName}$`],
      ['userAccountControl', INTERDOMAIN_TRUST_ACCOUNT],
      // The only form in which Samba lets the password of such an account be set.
      ['clearTextPassword', Buffer.from(password, 'utf16le')],
    ]),
  ];
}

/** The layout is of one present password in clear and none before it. @see [MS-ADTS] trustAuthInfo Attributes (6.1.6.9.1) */
function encodeTrustSecret(password: string): Uint8Array {
  const clear = Buffer.from(password, 'utf16le');
  const header = Buffer.alloc(28);
  // One entry, whose list begins after these three numbers; the list of earlier ones begins at the end.
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(12, 4);
  header.writeUInt32LE(header.length + clear.length, 8);
  // The time of setting (8 bytes), the kind (TRUST_AUTH_TYPE_CLEAR) and the length.
  header.writeUInt32LE(2, 20);
  header.writeUInt32LE(clear.length, 24);
  return Buffer.concat([header, clear]);
}

/** The child's names are a zone of the parent's DNS servers. */
async function addDnsRecords(parent: ControllerHost, child: ControllerHost, { guid }: DomainIdentity): Promise<void> {
  const { dnsName, forest } = DOMAINS[child.controller.name];
  const { fqdn, addresses } = HOSTS[child.controller.name];
  const { container, controller } = parent;
  await controller.getTickets(TICKETS);
  const dns = async (...words: string[]): Promise<void> => {
    const [verb = '', ...rest] = words;
    const command = ['samba-tool', 'dns', verb, HOSTS[controller.name].fqdn, ...rest, `--use-krb5-ccache=${TICKETS}`];
    await container.execOrThrow(command);
  };
  const server = `CN=NTDS Settings,CN=${child.controller.name.toUpperCase()},CN=Servers,CN=Default-First-Site-Name,CN=Sites`;
  const settings = await readObject(container, `${server},${configurationDn(child.controller.name)}`, ['objectGUID']);
  await dns('zonecreate', dnsName);
  for (const name of ['@', child.controller.name]) {
    await dns('add', dnsName, name, 'A', addresses['on-premises'] ?? '');
  }
  const services: [name: string, port: number][] = [
    ['_ldap._tcp', 389],
    ['_ldap._tcp.dc._msdcs', 389],
    ['_ldap._tcp.pdc._msdcs', 389],
    ['_kerberos._tcp', 88],
    ['_kerberos._udp', 88],
    ['_kerberos._tcp.dc._msdcs', 88],
    ['_kpasswd._tcp', 464],
  ];
  for (const [name, port] of services) await dns('add', dnsName, name, 'SRV', `${fqdn} ${port} 0 100`);
  await dns('add', `_msdcs.${forest}`, `_ldap._tcp.${guid}.domains`, 'SRV', `${fqdn} 389 0 100`);
  await dns('add', `_msdcs.${forest}`, settings.get('objectguid') ?? '', 'CNAME', fqdn);
}

/** The same for the same name: caches of labs fit each other. */
function makeDomainSid(name: string): string {
  const numbers = new DataView(deriveBytes(`SID of ${name}`, 12).buffer);
  return `S-1-5-21-${[0, 4, 8].map((at) => numbers.getUint32(at)).join('-')}`;
}

function makeGuid(name: string): string {
  const digits = Buffer.from(deriveBytes(`GUID of ${name}`, 16)).toString('hex');
  return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join('-');
}
