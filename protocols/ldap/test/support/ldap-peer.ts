import type { Duplex } from 'node:stream';
import { acceptAuthenticate, challengeMessage, Sealing } from '@ad-protocols/testing';
import {
  elementSize,
  encodeBer,
  integer,
  octets,
  readElement,
  readElements,
  sequence,
  tags,
  type BerElement,
  type ReadElement,
} from '@ad-protocols/asn1';
import { Reader } from '@ad-protocols/wire';

/** A request as it arrived. */
export interface PeerRequest {
  readonly id: number;
  readonly tag: number;
  readonly content: Uint8Array;
  readonly controls: readonly { readonly oid: string; readonly fields: readonly ReadElement[] }[];
}

/** The fields that every result begins with. */
export const resultFields = (code: number, diagnostic = ''): BerElement[] => [
  integer(code, tags.enumerated),
  octets(''),
  octets(diagnostic),
];

/** A control with a value, as a server sends it. */
export const controlOf = (oid: string, value: Uint8Array): BerElement => sequence([octets(oid), octets(value)]);

/** The number in the content of an INTEGER that is not negative. */
export const numberOf = (content: Uint8Array): number => Buffer.from(content).readUIntBE(0, content.length);

/** The bytes of a message. */
export function messageOf(id: number, operation: BerElement, controls: readonly BerElement[] = []): Uint8Array {
  return encodeBer(sequence([integer(id), operation, ...(controls.length > 0 ? [sequence(controls, 0xa0)] : [])]));
}

export const bindResponse = (id: number, fields: readonly BerElement[]): Uint8Array =>
  messageOf(id, sequence(fields, 0x61));

export const searchDone = (id: number, code = 0, controls: readonly BerElement[] = [], diagnostic = ''): Uint8Array =>
  messageOf(id, sequence(resultFields(code, diagnostic), 0x65), controls);

export function searchEntry(
  id: number,
  dn: string,
  attributes: Record<string, (string | Uint8Array)[]> = {},
): Uint8Array {
  const list = Object.entries(attributes).map(([name, values]) =>
    sequence([
      octets(name),
      sequence(
        values.map((value) => octets(value)),
        tags.set,
      ),
    ]),
  );
  return messageOf(id, sequence([octets(dn), sequence(list)], 0x64));
}

/** The server's end of a connection: takes requests one by one, and answers what the test wants. */
export class LdapPeer {
  readonly #stream: Duplex;
  #received = Buffer.alloc(0);
  #sealing: { incoming: Sealing; outgoing: Sealing } | undefined;
  #plain = Buffer.alloc(0);

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('error', () => undefined);
  }

  /** The next request; rejects when the client ends the connection. */
  async next(): Promise<PeerRequest> {
    for (;;) {
      const size = elementSize(this.#plain);
      if (size !== undefined && this.#plain.length >= size) {
        const bytes = this.#plain.subarray(0, size);
        this.#plain = this.#plain.subarray(size);
        return requestOf(bytes);
      }
      await this.#readMore();
    }
  }

  /** Sends messages, each in a buffer of its own once the connection is sealed. */
  send(...messages: Uint8Array[]): void {
    for (const message of messages) this.#stream.write(this.#sealing ? this.seal(message) : message);
  }

  /** A sealed buffer, its length included. */
  seal(content: Uint8Array): Buffer {
    if (!this.#sealing) throw new TypeError('the connection is not sealed');
    const body = this.#sealing.outgoing.stream(content);
    const token = Buffer.concat([this.#sealing.outgoing.sign(content), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(token.length);
    return Buffer.concat([length, token]);
  }

  raw(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  end(): void {
    this.#stream.end();
  }

  /** Plays the server of a SASL sign-in with a bare NTLM token, up to the sealed connection. */
  async acceptNtlm(password: string): Promise<void> {
    const negotiate = await this.next();
    this.send(bindResponse(negotiate.id, [...resultFields(14), octets(challengeMessage(), 0x87)]));
    const authenticate = await this.next();
    const sessionKey = acceptAuthenticate(saslOf(authenticate).credentials ?? new Uint8Array(), password);
    if (sessionKey === undefined) {
      const refusal = '8009030C: LdapErr: DSID-0C0904DC, comment: AcceptSecurityContext error, data 52e, v1db1\0';
      this.send(bindResponse(authenticate.id, resultFields(49, refusal)));
      return;
    }
    this.send(bindResponse(authenticate.id, resultFields(0)));
    this.#sealing = {
      incoming: new Sealing(sessionKey, 'client-to-server'),
      outgoing: new Sealing(sessionKey, 'server-to-client'),
    };
  }

  async #readMore(): Promise<void> {
    const chunk: unknown = this.#stream.read();
    if (chunk instanceof Buffer) {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#unseal();
      return;
    }
    if (this.#stream.readableEnded || this.#stream.destroyed) throw new TypeError('the client ended the connection');
    await new Promise<void>((resolve) => {
      for (const event of ['readable', 'end', 'close']) this.#stream.once(event, resolve);
    });
  }

  #unseal(): void {
    if (!this.#sealing) {
      this.#plain = Buffer.concat([this.#plain, this.#received]);
      this.#received = Buffer.alloc(0);
      return;
    }
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readUInt32BE()) {
      const end = 4 + this.#received.readUInt32BE();
      const content = this.#sealing.incoming.stream(this.#received.subarray(20, end));
      if (!this.#sealing.incoming.sign(content).equals(this.#received.subarray(4, 20))) {
        throw new TypeError('the signature of the client is wrong');
      }
      this.#plain = Buffer.concat([this.#plain, content]);
      this.#received = this.#received.subarray(end);
    }
  }
}

/** Mechanism and credentials of a SASL bind request. */
export function saslOf(request: PeerRequest): { mechanism: string; credentials: Uint8Array | undefined } {
  const [, , sasl] = readElements(request.content, 'BindRequest');
  const [mechanism, credentials] = readElements(sasl?.content ?? new Uint8Array(), 'SaslCredentials');
  return { mechanism: Buffer.from(mechanism?.content ?? []).toString(), credentials: credentials?.content };
}

function requestOf(bytes: Uint8Array): PeerRequest {
  const [id, operation, controls] = readElements(readElement(new Reader(bytes, 'request')).content, 'LDAPMessage');
  if (!id || !operation) throw new TypeError('no LDAP message');
  return {
    id: numberOf(id.content),
    tag: operation.tag,
    content: operation.content,
    controls: readElements(controls?.content ?? new Uint8Array(), 'Controls').map(({ content }) => {
      const [oid, ...fields] = readElements(content, 'Control');
      return { oid: Buffer.from(oid?.content ?? []).toString(), fields };
    }),
  };
}
