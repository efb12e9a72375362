import { explicit, generalString, integer } from '@ad-protocols/asn1';
import { encryptedData, readEncryptedData, type EncryptedData } from './encrypted-data.ts';
import { encodeMessage, messageFields } from './message.ts';
import { readText, readVersion } from './scalars.ts';
import { principalName, readPrincipalName, type PrincipalName } from './principal-name.ts';

/** What a client can read of a ticket. @see RFC 4120 §5.3 */
export interface Ticket {
  readonly realm: string;
  readonly server: PrincipalName;
  /** For the service alone, with its long-term key. */
  readonly encryptedPart: EncryptedData;
}

export function encodeTicket({ realm, server, encryptedPart }: Ticket): Uint8Array {
  return encodeMessage(1, [
    explicit(0, integer(5)),
    explicit(1, generalString(realm)),
    explicit(2, principalName(server)),
    explicit(3, encryptedData(encryptedPart)),
  ]);
}

/** @throws {TruncatedError} {MalformedError} */
export function decodeTicket(bytes: Uint8Array): Ticket {
  const fields = messageFields(bytes, 1, 'Ticket');
  fields.explicit(0, readVersion);
  const realm = fields.explicit(1, readText);
  const server = fields.explicit(2, readPrincipalName);
  const encryptedPart = fields.explicit(3, readEncryptedData);
  fields.end();
  return { realm, server, encryptedPart };
}
