import type { DirectoryClient } from '@causeway/contract';
import type { RunProfile } from './store/runs.ts';

/** Attributes that refer to other objects of the forest: they become links, and their values are GUIDs. */
export const referenceAttributes = ['member', 'manager'] as const;
export type ReferenceAttribute = (typeof referenceAttributes)[number];

/** How the references of one attribute have changed, as GUIDs of the objects referred to. */
export interface LinkChange {
  /** True when `add` is all there is, and everything else is gone. */
  readonly replace: boolean;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What a source says about one object. */
export interface SourceChange {
  /** `objectGUID`, lower case with hyphens. */
  readonly guid: string;
  readonly deleted: boolean;
  /** Distinguished name as of now; of a deleted object it is of no use. */
  readonly dn: string;
  /** Structural object class; undefined when only changes have come and the class was not among them. */
  readonly type: string | undefined;
  /** Whether this is the whole object, and not only what has changed of it. */
  readonly whole: boolean;
  /** Values by name; an empty list: the attribute is gone. Binary values are base64. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly links: Readonly<Partial<Record<ReferenceAttribute, LinkChange>>>;
}

/** A part of what a source has to say. */
export interface SourcePage {
  readonly changes: readonly SourceChange[];
  /** Where a later import goes on once this page and all before it are kept; undefined on a page from which none can. */
  readonly cursor: string | undefined;
  /** How many objects there will be in all, when that is known. */
  readonly total?: number | undefined;
}

/** A domain, as its DC names it. */
export interface SourceDomain {
  /** `objectGUID` of its root. */
  readonly identifier: string;
  readonly dn: string;
  readonly netbiosName: string;
}

/** One connection to a domain of a forest, for one import. */
export interface SourceSession {
  readonly domain: SourceDomain;
  /**
   * What has changed since a cursor; everything when it is undefined, or when the source does not know it any more, which
   * `isFull` then says.
   */
  read(cursor: string | undefined, signal: AbortSignal): Promise<{ isFull: boolean; pages: AsyncIterable<SourcePage> }>;
  /** Whole objects by GUID; those that are gone, or out of sight, are not in the answer. */
  readWhole(guids: readonly string[], signal: AbortSignal): Promise<SourceChange[]>;
  close(): Promise<void>;
}

/** A domain of a forest that can be imported. */
export interface SourcePartition {
  /** DNS name. */
  readonly name: string;
  /** @param attributes what to read, by object class. */
  open(attributes: Readonly<Record<string, readonly string[]>>, signal: AbortSignal): Promise<SourceSession>;
}

/** A forest. */
export interface SourceConnector {
  /** Case-sensitive. */
  readonly name: string;
  readonly identifier: string;
  readonly partitions: readonly SourcePartition[];
  /** Organizational units that are in, undefined for all, and out of scope: distinguished names. */
  readonly units: { readonly include: readonly string[] | undefined; readonly exclude: readonly string[] };
}

/** The tenant, where exports go and imports confirm them. */
export interface TenantConnector {
  readonly name: string;
  readonly directory: Pick<DirectoryClient, 'readObjects' | 'readMembers' | 'sendObjects'>;
}

/** Identifier of every tenant connector. */
export const tenantConnectorIdentifier = 'b891884f-051e-4a83-95af-2544101c9083';

/** What an administrator is told of while the engine works. */
export interface EngineEvents {
  /** Progress of the step under way. */
  progress(step: { connector: string; runProfile: RunProfile; done: number; total: number | undefined }): void;
  /** The deletion threshold stops an export: event 116. */
  deletionThreshold(found: { connector: string; pendingDeletes: number; threshold: number }): void;
  /** Something that is not as the configuration says, and what was done about it. */
  warning(details: { code: string; message: string; nextStep: string }): void;
  /** What is exported, linked or out of scope has changed. */
  changed(): void;
}
