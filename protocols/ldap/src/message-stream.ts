import type { Duplex } from 'node:stream';
import { elementSize } from '@ad-protocols/asn1';
import { FramedStream } from './framed-stream.ts';

/** Largest message taken from a server unless told otherwise: a group of a million members fits. */
export const MESSAGE_BYTES_MAX = 128 * 1024 * 1024;

/** How LDAP messages follow each other: each is one BER element. */
export const messageFraming = {
  name: 'an LDAP message',
  frameBytesMax: MESSAGE_BYTES_MAX,
  frameBytes: elementSize,
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
