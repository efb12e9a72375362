/** A group as the tenant sees one; who its members are is kept beside it. */
export interface Group {
  /** `sAMAccountName`. */
  readonly accountName: string;
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly mail?: string | undefined;
  readonly mailNickname?: string | undefined;
  /** Addresses with their kind: `SMTP:` is the primary one, `smtp:` another. */
  readonly proxyAddresses?: readonly string[] | undefined;
  /** True for a security group, false for a distribution group. */
  readonly securityEnabled: boolean;
  /** The SID at the source, `S-1-5-21-…`. */
  readonly onPremisesSecurityIdentifier?: string | undefined;
}
