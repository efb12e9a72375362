/** The types that the evaluator itself knows. */
export type ScalarType =
  | 'object'
  | 'string'
  | 'int'
  | 'long'
  | 'double'
  | 'bool'
  | 'switch'
  | 'guid'
  | 'datetime'
  | 'timespan'
  | 'hashtable'
  | 'scriptblock'
  | 'array'
  | 'pscustomobject'
  | 'math'
  | 'void';

/** A type, or an array of it. */
export interface TypeReference {
  readonly scalar: ScalarType;
  readonly isArray: boolean;
}

/** The full .NET name of each type, and the short names it goes by. */
export const typeNames: Record<ScalarType, { readonly fullName: string; readonly aliases: readonly string[] }> = {
  object: { fullName: 'System.Object', aliases: ['object'] },
  string: { fullName: 'System.String', aliases: ['string'] },
  int: { fullName: 'System.Int32', aliases: ['int', 'int32'] },
  long: { fullName: 'System.Int64', aliases: ['long', 'int64'] },
  double: { fullName: 'System.Double', aliases: ['double', 'decimal', 'System.Decimal'] },
  bool: { fullName: 'System.Boolean', aliases: ['bool', 'boolean'] },
  switch: { fullName: 'System.Management.Automation.SwitchParameter', aliases: ['switch'] },
  guid: { fullName: 'System.Guid', aliases: ['guid'] },
  datetime: { fullName: 'System.DateTime', aliases: ['datetime'] },
  timespan: { fullName: 'System.TimeSpan', aliases: ['timespan'] },
  hashtable: { fullName: 'System.Collections.Hashtable', aliases: ['hashtable', 'ordered'] },
  scriptblock: { fullName: 'System.Management.Automation.ScriptBlock', aliases: ['scriptblock'] },
  array: { fullName: 'System.Array', aliases: ['array'] },
  pscustomobject: {
    fullName: 'System.Management.Automation.PSCustomObject',
    aliases: ['pscustomobject', 'psobject', 'System.Management.Automation.PSObject'],
  },
  math: { fullName: 'System.Math', aliases: ['math'] },
  void: { fullName: 'System.Void', aliases: ['void'] },
};

const byName = new Map(
  (Object.keys(typeNames) as ScalarType[]).flatMap((scalar) => {
    const { fullName, aliases } = typeNames[scalar];
    return [fullName, fullName.replace(/^System\./u, ''), ...aliases].map(
      (name) => [name.toLowerCase(), scalar] as const,
    );
  }),
);

/** The type of a name, short or full, in any case; undefined for a type that is not known. */
export function scalarTypeOf(name: string): ScalarType | undefined {
  return byName.get(name.toLowerCase());
}
