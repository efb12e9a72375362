import { decodeAvPairs } from '../../protocols/ntlm/src/av-pairs.ts';
import { decodeChallengeMessage } from '../../protocols/ntlm/src/challenge-message.ts';
import type { FuzzTarget } from '../target.ts';

/** A challenge of a Samba domain controller in the lab. */
const challenge = Buffer.from(
  '4e544c4d53535000020000000800080038000000358289e2' +
    '0123456789abcdef00000000000000002400240040000000060100000000000f43004f0052005000' +
    '0200080043004f00520050000100060044004300310007000800112233445566010000000000',
  'hex',
);

export const ntlmTargets = {
  'ntlm-challenge': { refusals: ['ERR_WIRE_'], decode: decodeChallengeMessage, seeds: [challenge] },
  'ntlm-av-pairs': { refusals: ['ERR_WIRE_'], decode: decodeAvPairs, seeds: [challenge.subarray(64)] },
} as const satisfies Record<string, FuzzTarget>;
