import { Command, Option } from '@commander-js/extra-typings';
import { exitCodes } from '../../failure.ts';
import { configOption, jsonOption } from '../options.ts';
import type { GivenAnswers } from './answers.ts';

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** `causeway connect init`: from nothing to a configuration that is tested. */
export function initCommand(configFile: string) {
  return new Command('init')
    .description(
      'ask for forest, account and tenant, test each step with a cure for its failure, and write the configuration',
    )
    .addOption(configOption(configFile))
    .option('--forest <name>', 'DNS name of the forest: its root domain')
    .option(
      '--dc <host>',
      'full name of a domain controller; may be repeated; those that DNS names unless given',
      collect,
    )
    .option('--account <name>', 'sAMAccountName of the service account')
    .option('--account-domain <name>', "NetBIOS or DNS name of the account's domain; the forest's unless given")
    .addOption(
      new Option('--sign-in <how>', 'how the account signs in').choices([
        'kerberos',
        'kerberos-or-ntlm',
        'ntlm',
      ] as const),
    )
    .addOption(new Option('--tls <how>', 'how LDAP is protected').choices(['starttls', 'ldaps', 'sasl'] as const))
    .option('--ca <file>', "PEM file of the authority of the domain controllers' certificates")
    .option('--tenant <id>', 'id of the tenant at the directory')
    .option('--public-key <base64>', "the tenant's public key, as `causeway domain key` printed it")
    .option('--directory <url>', 'URL of the directory')
    .option('--directory-ca <file>', "PEM file of the authority of the directory's certificate")
    .option('--agent <id>', 'id of this agent at the directory; connect-1 unless given')
    .option('--state-dir <folder>', 'where connect keeps what it knows; /var/lib/causeway unless given')
    .option(
      '--password-file <file>',
      "file with the account's password on its first line, which is not changed; else asked, or read from standard input",
    )
    .option(
      '--answers <file>',
      'file with answers (YAML): forest, domainControllers, account, tenant, publicKey, directory and others',
    )
    .option('--check', 'only test the configuration that is there')
    .option('--force', 'write over a configuration that is there; a copy of it is kept')
    .option('--yes', 'ask nothing')
    .addOption(jsonOption())
    .action(async (options) => {
      const { checkConfig, initConnect } = await import('./init.ts');
      const { config, json = false } = options;
      const good = options.check
        ? await checkConfig({ config, json })
        : await initConnect({
            config,
            json,
            answers: answersOf(options),
            answersFile: options.answers,
            passwordFile: options.passwordFile,
            yes: options.yes ?? false,
            force: options.force ?? false,
          });
      if (!good) process.exitCode = exitCodes.failed;
    });
}

/** The flags that are answers. */
function answersOf(flags: {
  readonly forest?: string | undefined;
  readonly dc?: string[] | undefined;
  readonly account?: string | undefined;
  readonly accountDomain?: string | undefined;
  readonly signIn?: GivenAnswers['signIn'];
  readonly tls?: GivenAnswers['tls'];
  readonly ca?: string | undefined;
  readonly tenant?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly directory?: string | undefined;
  readonly directoryCa?: string | undefined;
  readonly agent?: string | undefined;
  readonly stateDir?: string | undefined;
}): GivenAnswers {
  const { forest, account, accountDomain, signIn, tls, ca, tenant, publicKey, directory, directoryCa } = flags;
  const [first, ...others] = flags.dc ?? [];
  const domainControllers = first === undefined ? undefined : ([first, ...others] as [string, ...string[]]);
  const rest = { agent: flags.agent, stateDir: flags.stateDir, domainControllers };
  return { forest, account, accountDomain, signIn, tls, ca, tenant, publicKey, directory, directoryCa, ...rest };
}
