import type { PasswordPorts } from './ports.ts';

/** The tenant's features are asked for this often. */
const ASK_MS = 60_000;

/** Whether the tenant takes temporary passwords: its feature ForcePasswordChangeOnLogOn, as it was at most a minute ago. */
export function temporaryPasswordsOf({
  directory,
  clock,
}: Pick<PasswordPorts, 'directory' | 'clock'>): (signal: AbortSignal) => Promise<boolean> {
  let known: { readonly at: number; readonly takes: boolean } | undefined;
  return async (signal) => {
    const now = clock.now();
    if (known === undefined || now - known.at >= ASK_MS) {
      const { features } = await directory.readSettings({ signal });
      known = { at: now, takes: features.ForcePasswordChangeOnLogOn };
    }
    return known.takes;
  };
}
