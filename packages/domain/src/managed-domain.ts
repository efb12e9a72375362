import { join } from 'node:path';
import type { SourceAnchor } from '@causeway/model';
import { decodeGuid, type Guid } from '@ad-protocols/wire';
import { containerRefused, managedDomainUnavailable } from './errors.ts';
import type { Filter, LdapResult } from './ldap/messages.ts';
import { PrivilegedLdap } from './ldap/privileged-ldap.ts';
import {
  anchorAttribute,
  decodeManagedUser,
  formatAnchorIdentity,
  managedUserAttributes,
  type ManagedUser,
} from './managed-user.ts';
import { textAttribute, type Operation } from './operation.ts';

/**
 * Conditions in one search. An indexed lookup costs about 0.1 ms up to here; with more the server's merging of the hits
 * takes over, and above 256,000 bytes it closes the connection.
 */
const CONDITIONS_MAX = 200;

/** An object that has a name. */
export interface NameOwner {
  readonly guid: Guid;
  readonly dn: string;
  /** In lower case, as names are compared. */
  readonly accountName: string;
  readonly userPrincipalName: string;
}

/** Distinguished names of the domain and of the DC's own settings. */
interface Root {
  readonly base: string;
  readonly settings: string;
}

/** The managed domain as its DC on this host shows it: looked up and written one object at a time. */
export class ManagedDomain {
  readonly #ldap: PrivilegedLdap;
  readonly #container: string;
  #root: Root | undefined;

  constructor(options: { privateDir: string; container: string }) {
    this.#ldap = new PrivilegedLdap({ path: join(options.privateDir, 'ldap_priv', 'ldapi') });
    this.#container = options.container;
  }

  get socketPath(): string {
    return this.#ldap.path;
  }

  /**
   * The distinguished name of the container for new users, which is made when it is not there.
   *
   * @throws {CausewayError} ERR_DOMAIN_CONTAINER: it can be neither found nor made.
   */
  async prepareContainer(): Promise<string> {
    const dn = `${this.#container},${(await this.#readRoot()).base}`;
    const found = await this.#ldap.search({
      base: dn,
      scope: 'base',
      filter: { present: 'objectClass' },
      attributes: ['ou'],
    });
    if (found.length > 0) return dn;
    const attributes = [textAttribute('objectClass', 'organizationalUnit')];
    const { code, diagnostic } = await this.#ldap.write({ kind: 'add', dn, attributes });
    if (code !== 0) throw containerRefused(dn, diagnostic);
    return dn;
  }

  /** The invocation id of the DC's database: another one after it was restored from a backup or made anew. */
  async readInvocationId(): Promise<Guid> {
    const dn = (await this.#readRoot()).settings;
    const filter = { present: 'objectClass' };
    const [settings] = await this.#ldap.search({ base: dn, scope: 'base', filter, attributes: ['invocationId'] });
    const id = settings?.attributes.get('invocationid')?.[0];
    if (id === undefined) throw managedDomainUnavailable(this.socketPath, 'it does not name its invocation id');
    return decodeGuid(id);
  }

  /** The users with these source anchors; an anchor without a user is not in the map. */
  async findUsers(anchors: readonly SourceAnchor[]): Promise<Map<SourceAnchor, ManagedUser[]>> {
    const byIdentity = new Map(anchors.map((anchor) => [formatAnchorIdentity(anchor), anchor]));
    const filters = [...byIdentity.keys()].map((identity) => ({ attribute: anchorAttribute, equals: identity }));
    const found = new Map<SourceAnchor, ManagedUser[]>();
    for (const entry of await this.#searchAny(filters, managedUserAttributes)) {
      const user = decodeManagedUser(entry);
      for (const identity of user.anchorIdentities) {
        const anchor = byIdentity.get(identity);
        if (anchor !== undefined) found.set(anchor, [...(found.get(anchor) ?? []), user]);
      }
    }
    return found;
  }

  /** The objects, whoever they are, that have one of these account names or user principal names. */
  async findNameOwners(names: readonly { accountName: string; userPrincipalName: string }[]): Promise<NameOwner[]> {
    const filters = names.flatMap(({ accountName, userPrincipalName }) => [
      { attribute: 'sAMAccountName', equals: accountName },
      { attribute: 'userPrincipalName', equals: userPrincipalName },
    ]);
    const decoder = new TextDecoder();
    const attributes = ['objectGUID', 'sAMAccountName', 'userPrincipalName'];
    return (await this.#searchAny(filters, attributes)).map((entry) => ({
      guid: decodeGuid(entry.attributes.get('objectguid')?.[0] ?? new Uint8Array()),
      dn: entry.dn,
      accountName: decoder.decode(entry.attributes.get('samaccountname')?.[0]).toLowerCase(),
      userPrincipalName: decoder.decode(entry.attributes.get('userprincipalname')?.[0]).toLowerCase(),
    }));
  }

  /** Makes one write; the answer is Samba's, success or not. */
  async write(operation: Operation): Promise<LdapResult> {
    return this.#ldap.write(operation);
  }

  close(): void {
    this.#ldap.close();
  }

  async #searchAny(filters: readonly Filter[], attributes: readonly string[]) {
    const { base } = await this.#readRoot();
    const searches = [];
    for (let start = 0; start < filters.length; start += CONDITIONS_MAX) {
      const filter = { anyOf: filters.slice(start, start + CONDITIONS_MAX) };
      searches.push(this.#ldap.search({ base, scope: 'sub', filter, attributes }));
    }
    return (await Promise.all(searches)).flat();
  }

  async #readRoot(): Promise<Root> {
    if (this.#root !== undefined) return this.#root;
    const attributes = ['defaultNamingContext', 'dsServiceName'];
    const [root] = await this.#ldap.search({ base: '', scope: 'base', filter: { present: 'objectClass' }, attributes });
    const [base, settings] = attributes.map((name) => root?.attributes.get(name.toLowerCase())?.[0]);
    if (!base || !settings) throw managedDomainUnavailable(this.socketPath, 'it does not name its domain');
    const decoder = new TextDecoder();
    this.#root = { base: decoder.decode(base), settings: decoder.decode(settings) };
    return this.#root;
  }
}
