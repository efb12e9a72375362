import type { Duplex } from 'node:stream';
import { elementSize, tags } from '@ad-protocols/asn1';
import { MalformedError } from '@ad-protocols/wire';
import { FramedStream } from './framed-stream.ts';

/** Largest message taken from a server unless told otherwise: a group of a million members fits. */
const MESSAGE_BYTES_MAX = 128 * 1024 * 1024;

/** How LDAP messages follow each other: each is one SEQUENCE. What begins otherwise is refused at its first byte. */
export const messageFraming = {
  name: 'an LDAP message',
  frameBytesMax: MESSAGE_BYTES_MAX,
  frameBytes(head: Uint8Array): number | undefined {
    const [tag] = head;
    if (tag === undefined || tag === tags.sequence) return elementSize(head);
    throw new MalformedError({ structure: 'LDAPMessage', offset: 0, problem: `it begins with ${tag}` });
  },
} as const;

/**
 * A bound connection as a stream of whole LDAP messages: every chunk that is read is exactly one, whatever the pieces in
 * which it arrived. What is written goes through as it is.
 *
 * It fits `createConnection` of ldapts, whose parser calls itself for every further message of a chunk.
 */
export class MessageStream extends FramedStream {
  constructor(below: Duplex, server: string) {
    const codec = {
      ...messageFraming,
      receive: (frame: Uint8Array) => frame,
      send: (chunk: Uint8Array) => [chunk],
      release: () => undefined,
    };
    super(below, codec, { server, wholeFrames: true });
  }
}
