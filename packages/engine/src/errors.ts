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

/** A group that a filter or rule names is in no forest. */
export function groupUnknown(dn: string): CausewayError {
  return new CausewayError({
    code: 'ERR_ENGINE_GROUP_UNKNOWN',
    message: `no forest has the group ${dn}, which a filter or a synchronization rule names: nobody would be a member of it`,
    nextStep: 'correct the name of the group; what is synchronized already stays as it is meanwhile',
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

/** Another engine has exported to the tenant since this one looked. */
export function exportConflict(tenant: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_ENGINE_CURSOR_CONFLICT',
    message: `somebody else has exported to ${tenant} since this agent last looked`,
    nextStep:
      'none: what the tenant has is imported and compared; if this is said again and again, two agents are active: run causeway sync staging on at one of them',
    disposition: 'retry',
    cause,
  });
}
