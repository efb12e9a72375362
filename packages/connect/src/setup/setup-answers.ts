import path from 'node:path';
import { z } from 'zod';
import type { connectConfigSchema } from '../config.ts';

const text = z.string().min(1);

/** What an administrator says of a new set-up; a file of answers has these keys. */
export const setupAnswersSchema = z.strictObject({
  /** DNS name of the forest: its root domain. */
  forest: text,
  /** Full names of domain controllers of the root domain, the preferred first; those that DNS names unless given. */
  domainControllers: z.array(text).nonempty().optional(),
  /** `sAMAccountName` of the service account. */
  account: text,
  /** NetBIOS or DNS name of the account's domain; the forest's unless given. */
  accountDomain: text.optional(),
  signIn: z.enum(['kerberos', 'kerberos-or-ntlm', 'ntlm']).optional(),
  tls: z.enum(['starttls', 'ldaps', 'sasl']).optional(),
  /** PEM file of the authority that issued the domain controllers' certificates. */
  ca: text.optional(),
  /** Id of the tenant at the directory. */
  tenant: text,
  /** The tenant's public key, as `causeway domain key` printed it. */
  publicKey: text,
  /** URL of the directory. */
  directory: text,
  /** PEM file of the authority that issued the directory's certificate. */
  directoryCa: text.optional(),
  agent: text.default('connect-1'),
  stateDir: text.default('/var/lib/causeway'),
});
export type SetupAnswers = z.output<typeof setupAnswersSchema>;

/** The configuration for some answers, as it is written to its file: defaults are left out, and no secret is in it. */
export function configFileOf(answers: SetupAnswers, domainControllers: readonly string[]): ConfigFile {
  const { forest, account, accountDomain, signIn, tls, ca, tenant, publicKey, directory, agent, stateDir } = answers;
  const name = forest.toLowerCase();
  return {
    tenant: { id: tenant, publicKey },
    directory: {
      url: directory,
      ...(answers.directoryCa !== undefined && { ca: answers.directoryCa }),
      agent,
      key: path.join(stateDir, 'agent.key'),
    },
    connectors: [
      {
        name,
        domains: [{ name, domainControllers: [...domainControllers] }],
        ...((tls !== undefined || ca !== undefined) && {
          ldap: { ...(tls !== undefined && { tls }), ...(ca !== undefined && { ca }) },
        }),
        account: {
          name: account,
          ...(accountDomain !== undefined && { domain: accountDomain }),
          ...(signIn !== undefined && { signIn }),
          passwordFile: path.join(stateDir, `${name}.password`),
        },
      },
    ],
    stateDir,
  };
}

/** A configuration as it is written: what the schema takes. */
export type ConfigFile = z.input<typeof connectConfigSchema>;

/** A configuration file with more domains of a forest. */
export function withDomains(
  file: ConfigFile,
  connector: string,
  added: readonly { readonly name: string; readonly domainControllers: readonly string[] }[],
): ConfigFile {
  return {
    ...file,
    connectors: file.connectors.map((one) =>
      one.name === connector
        ? {
            ...one,
            domains: [
              ...one.domains,
              ...added.map(({ name, domainControllers }) => ({ name, domainControllers: [...domainControllers] })),
            ],
          }
        : one,
    ),
  };
}
