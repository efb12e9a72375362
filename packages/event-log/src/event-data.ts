/** A user whose credential a batch carries, in event 656. */
export interface RequestedUser {
  /** Source anchor, as the tenant knows it. */
  readonly anchor: string;
  readonly dn: string;
  /** When the password was changed at its source: ISO 8601, UTC. */
  readonly changeDate: string;
}

/** What became of a user's credential, in event 657. */
export interface ResultOfUser {
  readonly anchor: string;
  readonly dn: string;
  readonly result: 'Success' | 'Failed';
  /** Why it failed, or what else the tenant said. */
  readonly extendedError?: string | undefined;
}

interface Reason {
  readonly reason: string;
}

interface OfConnector {
  /** Name of the connector, as configured: case counts. */
  readonly connector: string;
}

interface OfConnectorDomain extends OfConnector, Reason {
  /** DNS name of the domain. */
  readonly domain: string;
}

interface RetryQueue extends OfConnector {
  readonly count: number;
  /** Distinguished names. */
  readonly users: readonly string[];
}

interface Batch extends OfConnector {
  /** Users in the batch. */
  readonly count: number;
  readonly trackingId: string;
}

interface TenantFailure extends OfConnector, Reason {
  /** 90: the tenant has password hash sync turned off. 81: the service is busy, the agent tries again by itself. */
  readonly errorCode: number;
  readonly trackingId: string;
  /** Host name of the directory. */
  readonly server: string;
}

interface Ping extends OfConnector {
  /** GUID of the connector: the text that scripts look for in event 654. */
  readonly connectorId: string;
}

interface OfForest {
  /** DNS name of the forest. */
  readonly forest: string;
}

interface OfForestDomain extends OfForest {
  /** DNS name of the domain. */
  readonly domain: string;
}

interface Notice extends OfConnector, Reason {
  /** The object that it is about, where it is about one. */
  readonly dn?: string | undefined;
}

type Nothing = Readonly<Record<string, never>>;

/**
 * What each event holds, by id. No field ever holds a password, a hash or a key. Times are ISO 8601 text, durations
 * seconds, counts of users.
 */
export interface EventData {
  /** Without `users` the account was refused; with them, they are tried again. */
  readonly 0: OfConnector & Reason & { readonly users: readonly string[] };
  readonly 115: OfConnector & Reason;
  readonly 116: OfConnector & { readonly pendingDeletes: number; readonly threshold: number };
  readonly 601: Nothing;
  readonly 602: Nothing;
  readonly 603: Reason;
  readonly 604: Reason;
  readonly 605: RetryQueue;
  readonly 606: RetryQueue;
  readonly 607: Reason;
  readonly 609: Nothing;
  readonly 610: Reason;
  /** `status`: the RPC or Win32 status of the domain controller, for example 8453. */
  readonly 611: OfConnectorDomain & { readonly status?: number | undefined; readonly nextStep?: string | undefined };
  readonly 612: Reason;
  readonly 613: OfConnector;
  readonly 614: Nothing;
  readonly 615: Reason;
  readonly 616: OfConnectorDomain & { readonly domainController: string };
  readonly 617: OfForest;
  readonly 618: OfForestDomain;
  readonly 619: OfForestDomain & {
    readonly done: number;
    readonly total?: number | undefined;
    readonly secondsLeft?: number | undefined;
  };
  readonly 620: OfConnector & { readonly users: readonly string[] };
  readonly 621: OfForestDomain & Reason & { readonly attempt: number };
  readonly 622: OfForestDomain & { readonly users: number; readonly seconds: number };
  readonly 623: OfForest & { readonly users: number; readonly seconds: number };
  readonly 650: Batch;
  readonly 651: Batch;
  readonly 652: TenantFailure;
  readonly 653: Ping;
  readonly 654: Ping;
  readonly 655: TenantFailure;
  /** 1 to 50 users. */
  readonly 656: OfConnector & { readonly users: readonly RequestedUser[] };
  readonly 657: OfConnector & { readonly users: readonly ResultOfUser[] };
  readonly 658: Notice;
  readonly 659: Notice;
  readonly 660: Notice;
  readonly 661: Notice;
  readonly 662: Notice;
  readonly 663: Nothing;
  readonly 664: OfConnector & Reason & { readonly dn: string };
  readonly 665: OfConnectorDomain;
  readonly 666: OfConnectorDomain;
  readonly 667: Reason;
  readonly 668: OfConnector & { readonly count: number };
  readonly 904: { readonly text: string; readonly connector?: string | undefined };
  readonly 6323: Reason;
  readonly 6900: Reason;
}

/** An id of the catalogue. */
export type EventId = keyof EventData;
