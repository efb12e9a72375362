import { explicit, integer, octets, sequence, type BerElement, type DerReader } from '@ad-protocols/asn1';

/** One element of AuthorizationData. @see RFC 4120 §5.2.6 */
export interface AuthorizationElement {
  readonly type: number;
  readonly data: Uint8Array;
}

export function authorizationData(elements: readonly AuthorizationElement[]): BerElement {
  return sequence(elements.map(({ type, data }) => sequence([explicit(0, integer(type)), explicit(1, octets(data))])));
}

/** `data` are views of the input; what is nested in them is not looked at. */
export function readAuthorizationData(reader: DerReader): AuthorizationElement[] {
  return reader.sequenceOf((each) => {
    const fields = each.sequence('AuthorizationData');
    const type = fields.explicit(0, (inner) => inner.integer());
    const data = fields.explicit(1, (inner) => inner.octetString());
    fields.end();
    return { type, data };
  });
}
