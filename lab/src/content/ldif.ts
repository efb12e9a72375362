/** One attribute of an LDIF record: a name with one value or several. */
export type LdifAttribute = readonly [name: string, value: LdifValue | readonly LdifValue[]];

/** Text is written as it is where LDIF allows that; bytes always as base64. */
export type LdifValue = string | Uint8Array;

/** A record that adds an object. */
export function formatAdd(dn: string, attributes: readonly LdifAttribute[]): string {
  return `${formatLine('dn', dn)}changetype: add\n${attributes.map(formatAttribute).join('')}\n`;
}

/** A record that replaces attributes of an object. */
export function formatReplace(dn: string, attributes: readonly LdifAttribute[]): string {
  const parts = attributes.map((attribute) => `replace: ${attribute[0]}\n${formatAttribute(attribute)}`);
  return `${formatLine('dn', dn)}changetype: modify\n${parts.join('-\n')}\n`;
}

/** The form in which Active Directory takes a clear-text `unicodePwd`: in quotation marks, UTF-16LE. */
export function encodeClearPassword(password: string): Uint8Array {
  return Buffer.from(`"${password}"`, 'utf16le');
}

function formatAttribute([name, value]: LdifAttribute): string {
  const values: readonly LdifValue[] = typeof value === 'string' || value instanceof Uint8Array ? [value] : value;
  return values.map((one) => formatLine(name, one)).join('');
}

/** @see RFC 2849: SAFE-STRING; everything else goes as base64. */
function formatLine(name: string, value: LdifValue): string {
  if (typeof value === 'string' && /^[!-9;=-~][ -~]*$/.test(value) && !value.endsWith(' '))
    return `${name}: ${value}\n`;
  return `${name}:: ${Buffer.from(value).toString('base64')}\n`;
}
