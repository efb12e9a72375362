/**
 * A signal that is raised by the first SIGINT or SIGTERM, so that a service stops in order; a second one ends it at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort(new DOMException(`received ${name}`, 'AbortError'));
    });
  }
  return controller.signal;
}
