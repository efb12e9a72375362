import { DerReader } from '@ad-protocols/asn1';
import { encryptionTypeOf, type KerberosKey, type PrincipalName } from '@ad-protocols/kerberos';
import { decodeApRequest } from '../../src/messages/ap-request.ts';
import { decodeAuthenticator } from '../../src/messages/authenticator.ts';
import { readEncryptedData } from '../../src/messages/encrypted-data.ts';
import {
  encodeEncKdcRepPart,
  encodeKdcReply,
  replyTypes,
  type EncKdcRepPart,
  type KdcReply,
} from '../../src/messages/kdc-reply.ts';
import {
  decodeKdcRequest,
  decodeKdcRequestBody,
  requestTypes,
  type KdcRequestBody,
} from '../../src/messages/kdc-request.ts';
import { encodeKrbError } from '../../src/messages/krb-error.ts';
import {
  decodePaTimestamp,
  encodeEtypeInfo2,
  encodeMethodData,
  paTypes,
  type EtypeInfoEntry,
} from '../../src/messages/pre-authentication.ts';
import { encodeTicket } from '../../src/messages/ticket.ts';

/** What a reply of the test realm is made of; a test alters some of it. */
export interface ReplyParts {
  reply: Omit<KdcReply, 'encryptedPart' | 'ticket'>;
  part: EncKdcRepPart;
  ticketServer: PrincipalName;
  ticketRealm: string;
  usage: number;
  /** Encryption type that the reply names. */
  enctype: number;
}

/** How a test realm departs from an honest one. */
export interface TestRealmOptions {
  readonly realm?: string;
  readonly key: KerberosKey;
  readonly info?: readonly EtypeInfoEntry[];
  /** Gives a ticket without a proof of the key. */
  readonly withoutProof?: boolean;
  /** The KDC's clock in milliseconds since 1970. */
  readonly now?: () => number;
  /** Changes a reply before it is encrypted. */
  readonly alter?: (parts: ReplyParts, body: KdcRequestBody, request: Uint8Array) => ReplyParts;
  /** A KRB-ERROR in place of a reply, by its number. */
  readonly refuse?: (body: KdcRequestBody, type: number) => number | undefined;
}

const sessionKey = (enctype: number): KerberosKey => ({
  enctype,
  value: new Uint8Array(encryptionTypeOf(enctype).keyBytes).fill(0x5e),
});

const FIVE_MINUTES = 300_000;

/** A KDC of one account, in a few lines: it proves what the client sends by decrypting it. */
export class TestRealm {
  readonly realm: string;
  readonly #options: TestRealmOptions;
  #request: Uint8Array = new Uint8Array();
  /** Types of the requests that were answered with a ticket. */
  readonly granted: number[] = [];

  constructor(options: TestRealmOptions) {
    this.realm = options.realm ?? 'EXAMPLE.COM';
    this.#options = options;
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  /** The answer to a request; bound, to be given to a server. */
  readonly answer = (request: Uint8Array): Uint8Array => {
    this.#request = request;
    const type = request[0] === (0x60 | requestTypes.as) ? requestTypes.as : requestTypes.tgs;
    const { padata, body: bodyBytes } = decodeKdcRequest(request, type);
    const body = decodeKdcRequestBody(bodyBytes);
    const refused = this.#options.refuse?.(body, type);
    if (refused !== undefined) return this.error(refused);
    const data = (wanted: number): Uint8Array | undefined => padata.find((one) => one.type === wanted)?.value;
    if (type === requestTypes.as) return this.#signIn(body, data(paTypes.encryptedTimestamp));
    return this.#grant(body, bodyBytes, data(paTypes.tgsRequest) ?? new Uint8Array());
  };

  error(errorCode: number, data?: Uint8Array, clientRealm?: string): Uint8Array {
    return encodeKrbError({
      errorCode,
      serverTime: Math.floor(this.#now() / 1000) * 1000,
      serverMicroseconds: 0,
      realm: this.realm,
      server: { type: 2, components: ['krbtgt', this.realm] },
      data,
      clientRealm,
    });
  }

  #signIn(body: KdcRequestBody, proof: Uint8Array | undefined): Uint8Array {
    const { key, info = [{ enctype: key.enctype, salt: 'salt' }], withoutProof } = this.#options;
    if (withoutProof) return this.#reply(replyTypes.as, body, key, 3);
    if (!proof) return this.error(25, encodeMethodData([{ type: paTypes.etypeInfo2, value: encodeEtypeInfo2(info) }]));
    const { enctype, cipher } = readEncryptedData(new DerReader(proof, 'proof'));
    let time;
    try {
      time = decodePaTimestamp(encryptionTypeOf(enctype).decrypt(key.value, 1, cipher)).time;
    } catch {
      return this.error(24);
    }
    if (Math.abs(time - this.#now()) > FIVE_MINUTES) return this.error(37);
    return this.#reply(replyTypes.as, body, key, 3);
  }

  #grant(body: KdcRequestBody, bodyBytes: Uint8Array, proof: Uint8Array): Uint8Array {
    const { authenticator } = decodeApRequest(proof);
    const session = sessionKey(authenticator.enctype);
    const type = encryptionTypeOf(session.enctype);
    const { checksum, time, subkey, client } = decodeAuthenticator(
      type.decrypt(session.value, 7, authenticator.cipher),
    );
    const expected = type.checksum(session.value, 6, bodyBytes);
    if (checksum?.type !== type.checksumType || !Buffer.from(expected).equals(checksum.value)) return this.error(41);
    if (Math.abs(time - this.#now()) > FIVE_MINUTES) return this.error(37);
    return this.#reply(replyTypes.tgs, { ...body, client }, subkey ?? session, subkey ? 9 : 8);
  }

  #reply(type: 11 | 13, body: KdcRequestBody, key: KerberosKey, usage: number): Uint8Array {
    const now = Math.floor(this.#now() / 1000) * 1000;
    const server = body.server ?? { type: 2, components: [] };
    const honest: ReplyParts = {
      reply: { type, padata: [], clientRealm: 'EXAMPLE.COM', client: body.client ?? server },
      part: {
        key: sessionKey(key.enctype),
        nonce: body.nonce,
        flags: 0,
        authTime: now,
        endTime: now + 36_000_000,
        serverRealm: this.realm,
        server,
      },
      ticketServer: server,
      ticketRealm: this.realm,
      usage,
      enctype: key.enctype,
    };
    const parts = this.#options.alter?.(honest, body, this.#request) ?? honest;
    const encryptedPart = { enctype: key.enctype, kvno: 1, cipher: new Uint8Array(8) };
    const ticket = encodeTicket({ realm: parts.ticketRealm, server: parts.ticketServer, encryptedPart });
    const cipher = encryptionTypeOf(key.enctype).encrypt(key.value, parts.usage, encodeEncKdcRepPart(parts.part, type));
    this.granted.push(type);
    return encodeKdcReply({ ...parts.reply, ticket, encryptedPart: { enctype: parts.enctype, cipher } });
  }
}
