import { DrsError } from '../errors.ts';
import type { CrackedItem, CrackNamesReply } from './crack-names-reply.ts';
import { NAMES_MAX, type CrackNamesRequest } from './crack-names-request.ts';
import { nameFormats, type NameFormat } from './name-format.ts';
import { nameStatusOf, type NameStatus } from './name-status.ts';

/** Names to translate. */
export interface NamesToCrack {
  readonly formatOffered: NameFormat;
  readonly formatDesired: NameFormat;
  /** Up to 10,000. Formats that list something mostly take one empty name. */
  readonly names: readonly string[];
  /** Whether a name of another forest gives `trustReferral` with its domain; false unless given. */
  readonly referToTrustedForests?: boolean;
}

/** What became of one name. */
export interface CrackedName {
  readonly status: NameStatus;
  /** DNS name of the domain of the object. */
  readonly domain?: string;
  /** The name in the format that was wanted. */
  readonly name?: string;
}

/** @see [MS-DRSR] DRS_MSG_CRACKREQ_V1 (4.1.4.1.2), dwFlags */
const DS_NAME_FLAG_TRUST_REFERRAL = 0x0000_0008;

/** The request, without the handle. @throws {RangeError} for no names, or more than 10,000. */
export function crackNamesQuery(names: NamesToCrack): Omit<CrackNamesRequest, 'handle'> {
  const count = names.names.length;
  if (count === 0 || count > NAMES_MAX) throw new RangeError(`1 to ${NAMES_MAX} names can be translated, not ${count}`);
  return {
    flags: names.referToTrustedForests === true ? DS_NAME_FLAG_TRUST_REFERRAL : 0,
    formatOffered: nameFormats[names.formatOffered],
    formatDesired: nameFormats[names.formatDesired],
    names: names.names,
  };
}

function unusable(problem: string): DrsError {
  return new DrsError({
    code: 'ERR_DRSR_REPLY',
    message: `the domain controller ${problem}`,
    nextStep: 'Report this with the version of the domain controller.',
  });
}

function crackedName({ status: number, ...found }: CrackedItem): CrackedName {
  const status = nameStatusOf(number);
  if (status === undefined) throw unusable(`gave a name the status ${number}, which does not exist`);
  return { status, ...found };
}

/**
 * The names of a reply to `asked`.
 *
 * @throws {DrsError} ERR_DRSR_REPLY for a status that does not exist, or another number of names than were asked for: which is
 *   whose would not be known.
 */
export function crackedNames(asked: NamesToCrack, { items }: CrackNamesReply): readonly CrackedName[] {
  const isList = asked.formatOffered.startsWith('list');
  if (!isList && items.length !== asked.names.length) {
    throw unusable(`gave ${items.length} names for ${asked.names.length}`);
  }
  return items.map(crackedName);
}
