import { CausewayError } from '@causeway/model';

/** An organizational unit of the filter is in no domain of the forest. */
export function unitUnknown(connector: string, dn: string): CausewayError {
  return new CausewayError({
    code: 'ERR_ENGINE_UNIT_UNKNOWN',
    message: `${connector} has no organizational unit ${dn}, which the filter of the connector names: nothing is synchronized from there`,
    nextStep: 'correct connectors.filter.organizationalUnits; what is synchronized already stays as it is meanwhile',
    disposition: 'halt',
  });
}

/** A cycle or run is under way and another one cannot begin. */
export function engineBusy(): CausewayError {
  return new CausewayError({
    code: 'ERR_ENGINE_BUSY',
    message: 'a run is under way: Busy',
    nextStep: 'wait until it is over (causeway sync status shows it), or stop it with causeway sync stop',
    disposition: 'retry',
  });
}

/** No connector has this name. */
export function connectorUnknown(name: string, names: readonly string[]): CausewayError {
  const similar = names.find((one) => one.toLowerCase() === name.toLowerCase());
  return new CausewayError({
    code: 'ERR_ENGINE_CONNECTOR_UNKNOWN',
    message:
      similar === undefined
        ? `there is no connector ${name}`
        : `there is no connector ${name}; names are case-sensitive, and there is ${similar}`,
    nextStep: `take one of: ${names.join(', ')}`,
    disposition: 'halt',
  });
}
