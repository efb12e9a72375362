const statuses = {
  ok: 0,
  /** The server failed while it looked. */
  resolvingFailed: 1,
  notFound: 2,
  /** Several objects have the name. */
  notUnique: 3,
  /** The object is there, and has no name in the format that is wanted. */
  noMapping: 4,
  /** Only the domain part of the name is known. */
  domainOnly: 5,
  /** Would need a question to the server; servers never say it. */
  noSyntacticalMapping: 6,
  /** The name belongs to a trusted forest, whose name is given. */
  trustReferral: 7,
  sidHistoryUnknown: 0xffff_fff2,
  sidHistoryAlias: 0xffff_fff3,
  sidHistoryGroup: 0xffff_fff4,
  sidHistoryUser: 0xffff_fff5,
  sidUnknown: 0xffff_fff6,
  sidAlias: 0xffff_fff7,
  sidGroup: 0xffff_fff8,
  sidUser: 0xffff_fff9,
  schemaControlRight: 0xffff_fffa,
  schemaClass: 0xffff_fffb,
  schemaPropertySet: 0xffff_fffc,
  schemaAttribute: 0xffff_fffd,
  schemaGuidNotFound: 0xffff_fffe,
  /** A foreign security principal. */
  foreignPrincipal: 0xffff_ffff,
} as const;

/**
 * What became of one name. `ok`, and those of SIDs and of the schema that say what was found, come with a name.
 *
 * @see [MS-DRSR] DS_NAME_ERROR (4.1.4.1.8)
 */
export type NameStatus = keyof typeof statuses;

const byNumber: ReadonlyMap<number, NameStatus> = new Map(
  (Object.keys(statuses) as NameStatus[]).map((name) => [statuses[name], name]),
);

/** The status of a number; undefined for one that the specification lacks. */
export function nameStatusOf(number: number): NameStatus | undefined {
  return byNumber.get(number);
}
