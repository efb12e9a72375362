/** What a key is used for; two uses of one key never give bytes that fit each other. @see RFC 4120 §7.5.1 */
export const keyUsages = {
  asRequestTimestamp: 1,
  /** The encrypted part of a ticket. */
  ticket: 2,
  asReplyPart: 3,
  tgsRequestAuthorizationData: 4,
  tgsRequestAuthorizationDataWithSubkey: 5,
  tgsRequestChecksum: 6,
  tgsRequestAuthenticator: 7,
  tgsReplyPart: 8,
  tgsReplyPartWithSubkey: 9,
  apRequestChecksum: 10,
  apRequestAuthenticator: 11,
  apReplyPart: 12,
  /** The checksum over the AS-REQ in its reply. @see RFC 6806 §11 */
  asRequestChecksum: 56,
} as const;
