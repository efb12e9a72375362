import { KerberosContext } from '../../src/gss/kerberos-context.ts';
import type { ServiceTicket, TicketSource } from '@ad-protocols/kerberos';
import { encryptionTypeOf, type KerberosKey } from '@ad-protocols/kerberos';
import { decodeApRequest } from '../../src/messages/ap-request.ts';
import { decodeAuthenticator, type Authenticator } from '../../src/messages/authenticator.ts';
import { decodeApReply, decodeEncApRepPart, encodeApReply, encodeEncApRepPart } from '../../src/messages/ap-reply.ts';
import type { EncApRepPart } from '../../src/messages/ap-reply.ts';
import { keyUsages } from '../../src/messages/key-usages.ts';

/** A key of the type, the same each time for the same `seed`. */
export function testKey(enctype: number, seed: number): KerberosKey {
  const { keyBytes } = encryptionTypeOf(enctype);
  return { enctype, value: Uint8Array.from({ length: keyBytes }, (_, index) => (index * 7 + seed) & 0xff) };
}

/** A ticket that only {@link Acceptor} needs to understand. */
export function testTicket(enctype: number): ServiceTicket {
  return {
    client: { type: 1, components: ['alice'] },
    clientRealm: 'CORP.CONTOSO.TEST',
    server: { type: 2, components: ['ldap', 'dc1.corp.contoso.test'] },
    serverRealm: 'CORP.CONTOSO.TEST',
    ticket: Uint8Array.of(0x61, 0x00),
    sessionKey: testKey(enctype, 1),
    flags: 0,
    authTime: 0,
    startTime: 0,
    endTime: Number.MAX_SAFE_INTEGER,
    renewTill: undefined,
  };
}

export function testTickets(enctype: number, clockOffsetMs = 0): TicketSource {
  return { principal: 'alice@CORP.CONTOSO.TEST', clockOffsetMs, getTicket: async () => testTicket(enctype) };
}

/** The service's side of an AP exchange, as far as tests need it. */
export class Acceptor {
  readonly authenticator: Authenticator;
  readonly #sessionKey: KerberosKey;

  constructor(request: Uint8Array, sessionKey: KerberosKey) {
    const { cipher } = decodeApRequest(request).authenticator;
    const type = encryptionTypeOf(sessionKey.enctype);
    this.authenticator = decodeAuthenticator(type.decrypt(sessionKey.value, keyUsages.apRequestAuthenticator, cipher));
    this.#sessionKey = sessionKey;
  }

  /** The AP-REP; `changes` make it another than it should be. */
  reply(changes: Partial<EncApRepPart> = {}): Uint8Array {
    const { time, microseconds } = this.authenticator;
    const part = encodeEncApRepPart({ time, microseconds, sequenceNumber: 77, ...changes });
    const { enctype, value } = this.#sessionKey;
    return encodeApReply({ enctype, cipher: encryptionTypeOf(enctype).encrypt(value, keyUsages.apReplyPart, part) });
  }

  openReply(reply: Uint8Array): EncApRepPart {
    const { enctype, value } = this.#sessionKey;
    const { cipher } = decodeApReply(reply);
    return decodeEncApRepPart(encryptionTypeOf(enctype).decrypt(value, keyUsages.apReplyPart, cipher));
  }

  context(acceptorSubkey?: KerberosKey): KerberosContext {
    return new KerberosContext({
      role: 'acceptor',
      key: acceptorSubkey ?? this.authenticator.subkey ?? this.#sessionKey,
      acceptorSubkey: acceptorSubkey !== undefined,
      sendSequence: 77,
      receiveSequence: this.authenticator.sequenceNumber ?? 0,
    });
  }
}
