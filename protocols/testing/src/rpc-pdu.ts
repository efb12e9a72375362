/** A PDU with the common header in front of `body`. @see [C706] Common Fields (12.6.3.1) */
export function pduOf(type: number, flags: number, callId: number, body: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.from('05000000100000000000000000000000', 'hex'), body]);
  bytes[2] = type;
  bytes[3] = flags;
  bytes.writeUInt16LE(bytes.length, 8);
  bytes.writeUInt32LE(callId, 12);
  return bytes;
}

/** The same PDU, said to end in a token of this length. */
export function withToken(pdu: Buffer, tokenLength: number): Buffer {
  pdu.writeUInt16LE(tokenLength, 10);
  return pdu;
}

/** A token behind the trailer that a client's PDU has. */
export function trailerOf(
  pdu: Buffer,
): { type: number; level: number; authContext: number; token: Buffer } | undefined {
  const tokenLength = pdu.readUInt16LE(10);
  if (tokenLength === 0) return undefined;
  const start = pdu.length - tokenLength - 8;
  const [type = 0, level = 0] = pdu.subarray(start);
  return { type, level, authContext: pdu.readUInt32LE(start + 4), token: pdu.subarray(start + 8) };
}

/** Trailer and token for the end of a PDU. */
export function trailer({ type = 10, level = 6, pad = 0, authContext = 1 } = {}): Buffer {
  const bytes = Buffer.from([type, level, pad, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(authContext, 4);
  return bytes;
}
