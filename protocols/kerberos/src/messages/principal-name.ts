import { explicit, generalString, integer, sequence, type BerElement, type DerReader } from '@ad-protocols/asn1';
import { readText } from './scalars.ts';

/** Name types. @see RFC 4120 §6.2; [MS-KILE] Naming (3.1.5.11) */
export const nameTypes = { principal: 1, serviceInstance: 2, serviceHost: 3, enterprise: 10 } as const;

/** The name of a user or a service, without its realm. @see RFC 4120 §5.2.2 */
export interface PrincipalName {
  readonly type: number;
  readonly components: readonly string[];
}

export function principalName({ type, components }: PrincipalName): BerElement {
  return sequence([explicit(0, integer(type)), explicit(1, sequence(components.map(generalString)))]);
}

export function readPrincipalName(reader: DerReader): PrincipalName {
  const fields = reader.sequence('PrincipalName');
  const type = fields.explicit(0, (inner) => inner.integer());
  const components = fields.explicit(1, (inner) => inner.sequenceOf(readText));
  fields.end();
  return { type, components };
}

/** Whether two names mean the same: name types are hints and do not count. @see RFC 4120 §6.2 */
export function samePrincipal(left: PrincipalName, right: PrincipalName): boolean {
  return (
    left.components.length === right.components.length &&
    left.components.every((component, index) => component === right.components[index])
  );
}

/** Whether two names mean the same account in Active Directory, which gives a name in the case of the request or its own. */
export function samePrincipalInAnyCase(left: PrincipalName, right: PrincipalName): boolean {
  return samePrincipal(inLowerCase(left), inLowerCase(right));
}

function inLowerCase({ type, components }: PrincipalName): PrincipalName {
  return { type, components: components.map((component) => component.toLowerCase()) };
}

/** The name of the service that gives tickets for `realm`; another realm's KDC names it so in a referral. */
export function ticketGrantingService(realm: string): PrincipalName {
  return { type: nameTypes.serviceInstance, components: ['krbtgt', realm] };
}

/** A name with its realm, for people: `HTTP/www.example.com@EXAMPLE.COM`. @see RFC 1964 §2.1.1 */
export function formatPrincipal({ components }: PrincipalName, realm: string): string {
  return `${components.map(escapeComponent).join('/')}@${realm}`;
}

function escapeComponent(text: string): string {
  return text.replaceAll(/[\\/@]/g, String.raw`\$&`);
}
