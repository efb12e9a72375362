import type { Disposition } from '@causeway/model';

interface ErrorCodeEntry {
  readonly status: number;
  /** What is said when there is nothing more exact to say. */
  readonly message: string;
  readonly nextStep: string;
  readonly disposition: Disposition;
}

/** Every error that the directory answers with. Codes are never renamed and never reused. */
export const errorCodes = {
  malformed_request: {
    status: 400,
    message: 'The request is not well-formed.',
    nextStep: 'Send well-formed HTTP with a JSON body; see that agent and directory are of the same release.',
    disposition: 'halt',
  },
  unauthenticated: {
    status: 401,
    message: 'The request is not signed by an agent that this directory knows.',
    nextStep:
      "Enter the agent's public key under the tenant's agents in the directory's configuration, with the same agent id, and restart the directory.",
    disposition: 'halt',
  },
  clock_skew: {
    status: 401,
    message: "The request's time does not fit the directory's clock.",
    nextStep: 'Set the clocks of both hosts by NTP; they may differ by at most two minutes.',
    disposition: 'retry',
  },
  forbidden: {
    status: 403,
    message: "The agent's role does not permit this.",
    nextStep: "Use an agent of the right role, or correct the agent's role in the directory's configuration.",
    disposition: 'halt',
  },
  route_unknown: {
    status: 404,
    message: 'The directory has no such address.',
    nextStep: "Check the directory's URL in the configuration; it has no path.",
    disposition: 'halt',
  },
  tenant_unknown: {
    status: 404,
    message: 'The directory has no such tenant for this agent.',
    nextStep: "Check the tenant's name in the agent's configuration and in the directory's.",
    disposition: 'halt',
  },
  user_unknown: {
    status: 404,
    message: 'The tenant has no such user.',
    nextStep:
      "Give the account name, the user principal name or the source anchor, and check that the user is in the connector's scope.",
    disposition: 'halt',
  },
  group_unknown: {
    status: 404,
    message: 'The tenant has no such group.',
    nextStep: 'Give the anchor of a group that is not deleted; read the objects of the tenant again.',
    disposition: 'halt',
  },
  cursor_conflict: {
    status: 409,
    message: 'The batch does not start where the last accepted one ended.',
    nextStep: 'Read the stored cursor and go on from there; see that only one agent of the tenant is active.',
    disposition: 'retry',
  },
  key_not_registered: {
    status: 409,
    message: 'The tenant has no key yet, so nothing can be sealed to it.',
    nextStep: 'Start the domain service once; it registers the key.',
    disposition: 'retry',
  },
  key_mismatch: {
    status: 409,
    message: "The batch is sealed to another key than the tenant's.",
    nextStep: "Read the tenant's key and send all credentials again, sealed to it.",
    disposition: 'resync',
  },
  key_conflict: {
    status: 409,
    message: 'The tenant already has another key.',
    nextStep:
      'Give this host the private key of the registered one; or, when that is lost, register again and name the registered key as the one to replace.',
    disposition: 'halt',
  },
  feed_position_unknown: {
    status: 409,
    message: 'The change feed has not come that far; the directory was restored from an older copy or made anew.',
    nextStep: 'Read the feed again from 0; applying a change twice does no harm.',
    disposition: 'resync',
  },
  password_sync_disabled: {
    status: 409,
    message: 'Password hash synchronization is turned off in the tenant.',
    nextStep: "Turn the feature PasswordHashSync on in the tenant's settings, and start a full password hash sync.",
    disposition: 'retry',
  },
  temporary_password_refused: {
    status: 409,
    message: 'The tenant does not take passwords that have to be changed at the next sign-in.',
    nextStep: "Leave such passwords out, or turn the feature ForcePasswordChangeOnLogOn on in the tenant's settings.",
    disposition: 'retry',
  },
  feature_irreversible: {
    status: 409,
    message: 'The feature EnableSoftMatchOnUpn cannot be turned off again.',
    nextStep: 'Leave it on; turn BlockSoftMatch on to match nobody by name.',
    disposition: 'halt',
  },
  not_cloud_only: {
    status: 409,
    message: 'The object comes from a source and is changed only there.',
    nextStep: 'Change or delete the user at its source.',
    disposition: 'halt',
  },
  name_taken: {
    status: 409,
    message: 'Another user of the tenant has this user principal name.',
    nextStep: 'Choose another user principal name.',
    disposition: 'halt',
  },
  name_ambiguous: {
    status: 409,
    message: 'Several users have this name.',
    nextStep: 'Ask by source anchor.',
    disposition: 'halt',
  },
  body_too_large: {
    status: 413,
    message: 'The request body is too large.',
    nextStep: 'Send smaller batches.',
    disposition: 'halt',
  },
  media_type_unsupported: {
    status: 415,
    message: 'The request body is not JSON.',
    nextStep: 'Send the body as application/json.',
    disposition: 'halt',
  },
  invalid_request: {
    status: 422,
    message: 'The request breaks a rule of its schema.',
    nextStep: 'See the fields; if the agent is Causeway, see that agent and directory are of the same release.',
    disposition: 'halt',
  },
  internal: {
    status: 500,
    message: 'The directory failed.',
    nextStep: "Look up the request id in the directory's log.",
    disposition: 'retry',
  },
  unavailable: {
    status: 503,
    message: 'The directory is stopping or busy.',
    nextStep: 'Try again in a moment.',
    disposition: 'retry',
  },
  storage_full: {
    status: 507,
    message: "The disk that holds the directory's database is full; nothing of the request was kept.",
    nextStep: 'Free space on that disk; the directory accepts again by itself and the agents send again by themselves.',
    disposition: 'retry',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
