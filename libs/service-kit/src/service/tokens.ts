/** Injection tokens that the kit provides everywhere. */

/** The service's validated settings: `@Inject(CONFIG) config: ServiceConfig<typeof userSettings>`. */
export const CONFIG = Symbol('plaza.config');
/** The service's pino Logger. */
export const LOGGER = Symbol('plaza.logger');
/** The service's prom-client Registry. */
export const REGISTRY = Symbol('plaza.registry');
/** The service's MongoDB database, a `Db`, for requests. */
export const MONGO = Symbol('plaza.mongo');
/** The database through the small pool of consumers, relay and jobs: a DataSource, or a `Db` where it is MongoDB. */
export const BACKGROUND = Symbol('plaza.background');
