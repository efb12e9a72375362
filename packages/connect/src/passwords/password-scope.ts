import type { Guid } from '@ad-protocols/wire';
import type { SourceAnchor } from '@causeway/model';

/** Where a user of a forest stands on the way to the tenant, as far as its password is concerned. */
export type PasswordTarget =
  /** Exported to the tenant, and a rule with PasswordSync applies. */
  | { readonly state: 'ready'; readonly anchor: SourceAnchor; readonly dn: string }
  /** In the metaverse, but no rule with PasswordSync applies, or filtered by an attribute; in words why. */
  | { readonly state: 'notInScope'; readonly dn: string; readonly reason: string }
  /** Not in the connector space of its forest. */
  | { readonly state: 'SourceConnectorNotPresent' }
  /** Nothing in the metaverse or in the tenant's connector space. */
  | { readonly state: 'NoTargetConnection'; readonly dn: string }
  /** In the tenant's connector space, and the tenant does not have it yet. */
  | { readonly state: 'TargetNotExportedToDirectory'; readonly anchor: SourceAnchor; readonly dn: string };

/** A user of a connector space. */
export interface UserInScope {
  readonly objectGuid: Guid;
  readonly dn: string;
}

/** What object synchronization tells password hash sync. Every answer is at once: nothing is read or waited for. */
export interface PasswordScope {
  /** Whether a full import, synchronization and export of this connector has been completed; until then its passwords wait. */
  isReady(connector: string): boolean;
  find(connector: string, objectGuid: Guid): PasswordTarget;
  /** The users at or below a DN, or the one with an account name, user principal name, DN or source anchor. */
  findUsers(connector: string, query: { readonly ou: string } | { readonly user: string }): readonly UserInScope[];
  /** Calls back whenever what the others say may have changed; gives the function that ends it. */
  onChange(listener: () => void): () => void;
}
