/**
 * The version of a credential, given by its source: the replication metadata of `unicodePwd`.
 *
 * Every domain controller of the forest agrees on it, so it orders two credentials of one user wherever and however
 * often they were read.
 *
 * @see [MS-DRSR] PROPERTY_META_DATA_EXT (5.161); conflict resolution order: [MS-ADTS] 3.1.1.1.9
 */
export interface CredentialVersion {
  /** How often the password was set: 1 for the first. */
  readonly version: number;
  /** When it was set: ISO 8601 in UTC, whole seconds, `2026-11-22T18:40:00Z`. */
  readonly changedAt: string;
  /** Invocation id of the domain controller it was set on, as a lower-case GUID. */
  readonly originatingDsa: string;
}

/** Negative when `left` is older than `right`, positive when it is newer, 0 when they are the same. */
export function compareCredentialVersions(left: CredentialVersion, right: CredentialVersion): number {
  if (left.version !== right.version) return left.version - right.version;
  if (left.changedAt !== right.changedAt) return left.changedAt < right.changedAt ? -1 : 1;
  if (left.originatingDsa === right.originatingDsa) return 0;
  return left.originatingDsa < right.originatingDsa ? -1 : 1;
}

/** One line of text for stores and logs: `3@2026-11-22T18:40:00Z@6ba7b810-9dad-11d1-80b4-00c04fd430c8`. */
export function formatCredentialVersion(version: CredentialVersion): string {
  return `${version.version}@${version.changedAt}@${version.originatingDsa}`;
}

const pattern = /^(\d{1,10})@(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The version that {@link formatCredentialVersion} wrote; undefined for any other text. */
export function parseCredentialVersion(text: string): CredentialVersion | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, version = '', changedAt = '', originatingDsa = ''] = match;
  return { version: Number(version), changedAt, originatingDsa };
}
