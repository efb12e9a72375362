/** An object of a connector space. Numbers 0 and 1 are false and true. */
export interface CsRow {
  readonly id: number;
  readonly connector: number;
  readonly partition: number | null;
  /** `objectGUID` as a GUID, or the tenant's source anchor. */
  readonly key: string;
  readonly live: number;
  readonly type: string;
  readonly dn: string;
  readonly attributes: string;
  /** Of the tenant's objects: the connector whose forest gave the anchor. */
  readonly source: string | null;
  readonly mv: number | null;
  readonly dirty: number;
  readonly links_dirty: number;
  readonly password_sync: number;
  /** The run that found it. */
  readonly since: number;
  readonly path: string;
  /** Of the tenant's groups: the digest of `links`, 32 hexadecimal digits. */
  readonly digest: string | null;
  readonly error: string | null;
}
