export {
  ACCESS_TOKEN_SECONDS,
  type AccessToken,
  REVOCATIONS_LOOKBACK_MS,
  signAccessToken,
} from './auth/access-token.js';
export { AuthModule } from './auth/auth.module.js';
export { CurrentUser, Public, Roles } from './auth/decorators.js';
export { Revocations, type RevokedSession } from './auth/revocations.js';
export { type PublishedKey, SigningKeys } from './auth/signing-keys.js';
export { bearerToken, tokenProblem } from './auth/token-problems.js';
export type { AuthenticatedRequest, Role, TokenUser } from './auth/token-user.js';
export { TokenVerifier, type VerifiedToken } from './auth/token-verifier.js';
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
export { settingsDocs } from './config/settings-docs.js';
export { databaseTrouble, isUniqueViolation, sqlState } from './database/database-errors.js';
export { revertMigrations, runMigrations } from './database/migrations.js';
export { type Prepared, queryPrepared } from './database/prepared.js';
export { migrateBackAndForth, type RoundTrip, type Schema } from './database/round-trip.js';
export { migrateDatabase, migrationsOf } from './database/service-database.js';
export { PROBLEM_JSON, type ProblemBody, problemBody, problemHeaders } from './errors/problem-body.js';
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
export { toProblem } from './errors/to-problem.js';
export { writeProblem } from './errors/write-problem.js';
export { type HealthPart, HealthParts, type HealthReport } from './health/health-parts.js';
export { DEADLINE_HEADER, NoDeadline } from './http/deadline.js';
export { IdParam } from './http/id-param.js';
export { type RequestContext, requestContext, runInRequestContext } from './http/request-context.js';
export { Idempotent } from './idempotency/idempotent.js';
export { type IdempotencyScope, type OwnRecord, ownRecord } from './idempotency/idempotent-request.js';
export { mongoTransaction } from './idempotency/mongo-transaction.js';
export { oneStatement, transaction } from './idempotency/transaction.js';
export { addJob, type JobProgress, jobProgress } from './jobs/asked-jobs.js';
export { type DeadJob, listDeadJobs, retryDeadJob } from './jobs/dead-jobs.js';
export { type JobHandler, JobKind, type JobKindOptions, LeaseLost, type RunningJob } from './jobs/job.js';
export type { JobTransaction } from './jobs/job-store.js';
export { type JobOptions, Jobs } from './jobs/jobs.js';
export { MongoJobs } from './jobs/mongo/mongo-jobs.js';
export type { OperatorJobs, OperatorResults } from './jobs/operator-jobs.js';
export { deleteBatches } from './jobs/postgres/delete-batches.js';
export { ScheduledJobs, type ScheduledRun } from './jobs/scheduled-jobs.js';
export { Ticker } from './jobs/ticker.js';
export { createLogger } from './logs/logger.js';
export { metricsOfProcess } from './metrics/metrics.js';
export { mongoMigrationsOf, revertMongoMigrations, runMongoMigrations } from './mongo/migrations.js';
export { isDuplicateKey } from './mongo/mongo-errors.js';
export { migrateMongoDatabase } from './mongo/mongo-store.js';
export { migrateMongoBackAndForth } from './mongo/round-trip.js';
export { ApiPage, ApiProblems, NoContent } from './openapi/decorators.js';
export { openApiDocument } from './openapi/document.js';
export { Cursors, type JsonValue } from './paging/cursors.js';
export { mapPage, type Page, PageQuery, page } from './paging/page.js';
export {
  both,
  ClearableText,
  isPlainText,
  mayBe,
  OptionalText,
  Text,
  type TextRule,
} from './rules/text.js';
export { isWebUrl } from './rules/web-url.js';
export { deriveKey } from './secrets/derive-key.js';
export { SealBroken, SecretBox } from './secrets/secret-box.js';
export { type DatabaseKind, databaseKind } from './service/database-kind.js';
export {
  defineService,
  type EntityClass,
  type MigrationClass,
  type MongoDatabase,
  type ServiceConfig,
  type ServiceDatabase,
  type ServiceDefinition,
} from './service/definition.js';
export { type ProcessSignals, runProcess } from './service/run-process.js';
export { runService } from './service/run-service.js';
export type { Readiness, RunningService } from './service/running-service.js';
export type { StartOptions } from './service/start-options.js';
export { databaseUrl, mongoDatabaseUrl, readConfig, startService } from './service/start-service.js';
export { BACKGROUND, CONFIG, LOGGER, MONGO, REGISTRY } from './service/tokens.js';
