/** The distinguished name of a domain by its DNS name, in lower case. */
export function domainDn(domain: string): string {
  return domain
    .toLowerCase()
    .split('.')
    .map((label) => `dc=${label}`)
    .join(',');
}

/** To which of these domains an object belongs: a child domain lies below its parent. */
export function domainOf(dn: string, domains: readonly string[]): string | undefined {
  const lower = dn.toLowerCase();
  return domains
    .filter((domain) => lower.endsWith(`,${domainDn(domain)}`))
    .sort((left, right) => right.length - left.length)[0];
}
