/** Attribute → its values, never empty. Binary values are base64, booleans `True` and `False`, integers decimal. */
export type Attributes = Readonly<Record<string, readonly string[]>>;

/**
 * Types of the metaverse. A user and an inetOrgPerson are both a person. A foreign security principal has no object of
 * its own there: it joins the person or group whose SID it stands for.
 */
export type MetaverseType = 'person' | 'group';

/** Types of objects of the tenant. */
export type TenantType = 'user' | 'group';

/**
 * What becomes of an object that joins nothing: `provision` makes the target, `join` and `stickyJoin` leave it unlinked.
 * A metaverse object stays as long as a linked object has a rule in scope with `provision` or `stickyJoin`.
 */
export type LinkType = 'provision' | 'join' | 'stickyJoin';

/** A forest, or the tenant. */
export type ConnectorKind = 'ad' | 'tenant';

export interface Connector {
  readonly name: string;
  readonly kind: ConnectorKind;
}

/** An object of a connector space, as inbound rules see it. */
export interface SourceObject {
  readonly connector: string;
  /** Its structural class: `user`, `inetOrgPerson`, `group`, `foreignSecurityPrincipal`; `user` or `group` of the tenant. */
  readonly type: string;
  /**
   * In the spelling of {@link RuleSet.sourceAttributes}. `distinguishedName` is an attribute like another; a reference
   * (member, manager) is the names that the source gives.
   */
  readonly attributes: Attributes;
  /** `Domain.FQDN`, `Domain.Netbios`, `Forest.FQDN`, `Connector.Name`, …: a parameter that is not here is a problem of the rule that reads it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the object is a direct member of the group. Absent: of none. */
  readonly isMemberOf?: (groupDn: string) => boolean;
}

export interface RuleRef {
  readonly name: string;
  /** Lower wins. */
  readonly precedence: number;
}

/**
 * Why a rule could not be applied to an object. An object with problems is not synchronized: what it had stays,
 * nothing is deleted for it.
 */
export interface RuleProblem {
  readonly rule: string;
  /** The target attribute of the flow, or the source attribute of the scope or join clause. */
  readonly attribute: string;
  /** Never holds a value of a secret attribute: rules read none. */
  readonly message: string;
}

/** Where a value comes from. */
export interface Lineage {
  readonly rule: RuleRef;
  /** The connector of the contributing object; undefined in an outbound result, whose values come from the metaverse. */
  readonly connector?: string;
  /** The source attribute, the constant in quotes, or the text of the expression. */
  readonly source: string;
}

/** One clause of a join: the metaverse attribute has the value. */
export interface JoinClause {
  readonly attribute: string;
  readonly value: string;
  readonly caseSensitive: boolean;
}

/** A hit satisfies every clause. Exactly one hit joins; none or several: the next group is tried. */
export interface JoinGroup {
  readonly rule: RuleRef;
  readonly targetType: MetaverseType;
  readonly clauses: readonly JoinClause[];
}

/** What one flow of one rule says about one metaverse attribute. A flow that gives nothing (NULL) is not listed. */
export interface InboundFlow {
  readonly target: string;
  readonly rule: RuleRef;
  readonly source: string;
  /** `authoritativeNull`: no value, and no flow of lower precedence gives one. `ignore`: keeps what is there if no other flow gives a value. */
  readonly outcome: 'value' | 'authoritativeNull' | 'ignore';
  /** Empty unless the outcome is `value`. */
  readonly values: readonly string[];
  /** Applied once: only to a metaverse object that is new. */
  readonly once: boolean;
}

/** A reference that flows directly. The engine resolves the links of its values. */
export interface ReferenceFlow {
  readonly source: string;
  readonly target: string;
  readonly rule: RuleRef;
}

export interface InboundResult {
  readonly connector: string;
  /** In scope, by precedence. */
  readonly rules: readonly RuleRef[];
  /**
   * Undefined when the link type is `none`, and of a foreign security principal, whose join group that hits says it:
   * whether an object is to be linked is told by the link type alone.
   */
  readonly targetType?: MetaverseType;
  /** `none` when no rule in scope joins or provisions: the object is not linked, and a link it has is cut. */
  readonly linkType: LinkType | 'none';
  /** In the order to try. Empty when there is nothing to search by. */
  readonly joins: readonly JoinGroup[];
  /** Whether a rule in scope has password synchronization on. */
  readonly passwordSync: boolean;
  readonly flows: readonly InboundFlow[];
  readonly references: readonly ReferenceFlow[];
  readonly problems: readonly RuleProblem[];
}

/**
 * A connector's share in a metaverse object. Lower rank was created first and breaks ties of precedence.
 * A foreign security principal has no share: it gives no attribute, and does not count as a second object of its connector.
 */
export interface MergePart {
  readonly connectorRank: number;
  readonly result: InboundResult;
}

/** Where a reference attribute of the metaverse gets its values: in order, the first that has any, or the union of all. */
export interface MergedReference {
  readonly target: string;
  readonly merge: boolean;
  readonly sources: readonly { readonly part: MergePart; readonly source: string; readonly rule: RuleRef }[];
}

/** A metaverse object: the attributes of all its parts by precedence. */
export interface MergedObject {
  readonly type: MetaverseType;
  readonly attributes: Attributes;
  /** Of every attribute; of one that is merged from several, all of them in order. */
  readonly lineage: Readonly<Record<string, readonly Lineage[]>>;
  readonly references: readonly MergedReference[];
  /** Of all parts. */
  readonly problems: readonly RuleProblem[];
}

/** A metaverse object, as outbound rules see it. */
export interface MetaverseObject {
  readonly type: MetaverseType;
  readonly attributes: Attributes;
}

export interface OutboundContext {
  /** What the target has, as imported; undefined when the object is not there. `ImportedValue`, `IgnoreThisFlow` and `applyOnce` look at it. */
  readonly existing?: Attributes;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface OutboundResult {
  /**
   * False: the object does not belong into the target; one that is there is deleted. True: it belongs there under the
   * metaverse object's `sourceAnchor`, which is no attribute of the target.
   */
  readonly inScope: boolean;
  readonly targetType?: TenantType;
  /**
   * What the target has to have, of {@link RuleSet.targetAttributes}: one of those that is not here has to be empty.
   * Values that a rule leaves alone are those of {@link OutboundContext.existing}.
   */
  readonly attributes: Attributes;
  /** Metaverse references that flow to the target. */
  readonly references: readonly ReferenceFlow[];
  readonly lineage: Readonly<Record<string, readonly Lineage[]>>;
  readonly rules: readonly RuleRef[];
  readonly problems: readonly RuleProblem[];
}

/** Rules, compiled for the connectors. */
export interface RuleSet {
  /** Attributes that some rule reads of this type (scope, join, flow): what the connector has to import, in the spelling to give them in. */
  sourceAttributes(connector: string, type: string): readonly string[];
  /** Attributes that some rule flows to, references included. */
  targetAttributes(connector: string, type: TenantType): readonly string[];
  /** Metaverse attributes that joins search by: the engine indexes them. */
  readonly joinAttributes: readonly string[];
  /** Groups of `ISMEMBEROF` and `ISNOTMEMBEROF`, as distinguished names: an object is evaluated again when it joins or leaves one. */
  readonly membershipGroups: readonly string[];
  inbound(object: SourceObject): InboundResult;
  /**
   * The metaverse object of its parts.
   * @param parts at least one with a target type. They may be in any order.
   * @param previous attributes that the object has had, none when it is new; for flows that say `IgnoreThisFlow`, and those applied once.
   */
  merge(parts: readonly MergePart[], previous?: Attributes): MergedObject;
  outbound(connector: string, object: MetaverseObject, context?: OutboundContext): OutboundResult;
  /** Of the rules, connectors and options: the engine does a full synchronization when it has changed. Hexadecimal SHA-256. */
  readonly digest: string;
}

/** Operators of scoping filters. Text is compared without regard to case. */
export const operators = [
  'EQUAL',
  'NOTEQUAL',
  'LESSTHAN',
  'LESSTHAN_OR_EQUAL',
  'GREATERTHAN',
  'GREATERTHAN_OR_EQUAL',
  'CONTAINS',
  'NOTCONTAINS',
  'STARTSWITH',
  'NOTSTARTSWITH',
  'ENDSWITH',
  'NOTENDSWITH',
  'ISNULL',
  'ISNOTNULL',
  'ISIN',
  'ISNOTIN',
  'ISBITSET',
  'ISNOTBITSET',
  'ISMEMBEROF',
  'ISNOTMEMBEROF',
] as const;
export type Operator = (typeof operators)[number];

/** One condition of a scoping filter. `ISNULL` and `ISNOTNULL` have no value; `ISMEMBEROF` and `ISNOTMEMBEROF` have no attribute. */
export interface ScopeClause {
  readonly attribute?: string | undefined;
  readonly operator: Operator;
  readonly value?: string | undefined;
}

/** How a person with an account in several forests is recognized as one. */
export type MatchOption = 'once' | 'mail' | 'objectSid' | 'accountName';

/** What the administrator has chosen; compiled into the rules. */
export interface RuleOptions {
  /** Default `once`: people are represented by one account in all forests. */
  readonly match?: MatchOption;
  readonly filters?: readonly ConnectorFilter[];
}

/** What of one forest is filtered. */
export interface ConnectorFilter {
  readonly connector: string;
  /** A user or group that satisfies one of them is filtered. */
  readonly attribute?: readonly ScopeClause[];
  /** Distinguished name of the one group whose direct members are synchronized, and nothing else. */
  readonly group?: string;
}
