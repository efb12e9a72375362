import { decodeAvPairs } from '../../protocols/ntlm/src/av-pairs.ts';
import { decodeChallengeMessage } from '../../protocols/ntlm/src/challenge-message.ts';
import type { FuzzTarget } from '../target.ts';

/** A challenge of Samba 4.17. */
const challenge = Buffer.from(
  '4e544c4d53535000020000000800080038000000358289620ad04dc2f1f6149e000000000000000086008600400000000601' +
    '00000000000f43004f00520050000200080043004f005200500001000c005200500043004400430031000400220063006f00' +
    '720070002e0063006f006e0074006f0073006f002e007400650073007400030030007200700063006400630031002e006300' +
    '6f00720070002e0063006f006e0074006f0073006f002e00740065007300740007000800241343d5b57add0100000000',
  'hex',
);

export const targets = {
  'ntlm-challenge': { refusals: ['ERR_WIRE_'], decode: decodeChallengeMessage, seeds: [challenge] },
  'ntlm-av-pairs': { refusals: ['ERR_WIRE_'], decode: decodeAvPairs, seeds: [challenge.subarray(64)] },
} as const satisfies Record<string, FuzzTarget>;
