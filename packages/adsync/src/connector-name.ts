import type { Connector } from '@causeway/control';
import type { CausewayError } from '@causeway/model';
import { argumentInvalid, failure } from './errors.ts';

/**
 * The connector of a name. Names are case-sensitive, and one that is nearly right is told apart from one that is not.
 *
 * @throws {CausewayError} ERR_ADSYNC_ARGUMENT when the name is empty, ERR_ADSYNC_CONNECTOR_CASE when only the case is
 *   wrong, ERR_ADSYNC_CONNECTOR_UNKNOWN.
 */
export function findConnector(connectors: readonly Connector[], name: string, parameter: string): Connector {
  if (name.trim() === '') throw emptyName(parameter);
  const exact = connectors.find((connector) => connector.name === name);
  if (exact !== undefined) return exact;
  const nearly = connectors.find((connector) => connector.name.toLowerCase() === name.trim().toLowerCase());
  throw nearly === undefined ? unknownName(connectors, name, parameter) : wrongCase(nearly.name, name, parameter);
}

function emptyName(parameter: string): CausewayError {
  return argumentInvalid(
    `-${parameter} is empty: no connector has that name`,
    'See that the variable after it is spelt as where it is set: a script in circulation sets $aadConnector and uses $azureadConnector.',
  );
}

function wrongCase(right: string, given: string, parameter: string): CausewayError {
  return failure(
    'ERR_ADSYNC_CONNECTOR_CASE',
    `-${parameter}: there is no connector "${given}"; there is "${right}", and names of connectors are case-sensitive`,
    `Write "${right}", exactly so. Nothing has been changed.`,
  );
}

function unknownName(connectors: readonly Connector[], given: string, parameter: string): CausewayError {
  const names = connectors.map(({ name }) => `"${name}"`).join(', ');
  return failure(
    'ERR_ADSYNC_CONNECTOR_UNKNOWN',
    `-${parameter}: there is no connector "${given}"`,
    `Name one of these, exactly so: ${names}.`,
  );
}
