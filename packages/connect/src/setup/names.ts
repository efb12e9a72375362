/** The distinguished name of a domain: `corp.contoso.com` is `DC=corp,DC=contoso,DC=com`. */
export function domainDn(dnsName: string): string {
  return dnsName
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
}

/** Whether two distinguished names of domains are the same. */
export function sameDn(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
