export { type PlatformConfig, platformSettings } from './config/platform-settings.js';
export { readSettings, SettingsInvalid } from './config/read-settings.js';
export {
  choice,
  duration,
  flag,
  list,
  optional,
  type Setting,
  type SettingsOf,
  type SettingsSpec,
  secrets,
  secretText,
  text,
  url,
  whole,
} from './config/settings.js';
export {
  Conflict,
  type FieldError,
  Forbidden,
  Invalid,
  Malformed,
  NotFound,
  PreconditionFailed,
  ProblemError,
  type ProblemExtra,
  TooMany,
  Unauthenticated,
  Unavailable,
} from './errors/problems.js';
export { type RequestContext, requestContext, runInRequestContext } from './http/request-context.js';
export {
  defineService,
  type EntityClass,
  type MigrationClass,
  type ServiceConfig,
  type ServiceDefinition,
} from './service/definition.js';
export type { Readiness, RunningService } from './service/running-service.js';
export { type StartOptions, startService } from './service/start-service.js';
export { BACKGROUND, CONFIG, LOGGER, REGISTRY } from './service/tokens.js';
