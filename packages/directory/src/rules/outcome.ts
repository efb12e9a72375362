/**
 * Whether a reported outcome is kept as the user's last.
 *
 * Reports may come late, twice or out of order: one about an older change, or an earlier one about the same change,
 * never replaces a later one. A report about a change that the tenant never made is of another database.
 */
export function decideOutcome(
  user: { readonly sequence: number } | undefined,
  stored: { readonly sequence: number; readonly at: string } | undefined,
  offered: { readonly sequence: number; readonly at: string },
): 'accepted' | 'ignored' {
  if (user === undefined || offered.sequence > user.sequence) return 'ignored';
  if (stored === undefined || offered.sequence > stored.sequence) return 'accepted';
  if (offered.sequence < stored.sequence) return 'ignored';
  return Date.parse(offered.at) >= Date.parse(stored.at) ? 'accepted' : 'ignored';
}
