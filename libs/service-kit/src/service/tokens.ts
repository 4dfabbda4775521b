/** Injection tokens that the kit provides everywhere. */

/** The service's validated settings: `@Inject(CONFIG) config: ServiceConfig<typeof userSettings>`. */
export const CONFIG = Symbol('plaza.config');
/** The service's pino Logger. */
export const LOGGER = Symbol('plaza.logger');
/** The service's prom-client Registry. */
export const REGISTRY = Symbol('plaza.registry');
/** The small DataSource of consumers, relay and jobs. */
export const BACKGROUND = Symbol('plaza.background');
