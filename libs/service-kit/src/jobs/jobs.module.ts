import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { DatabaseKind } from '../service/database-kind.js';
import { BACKGROUND, LOGGER, REGISTRY } from '../service/tokens.js';
import { type JobHandler, JobKind } from './job.js';
import { JobMetrics } from './job-metrics.js';
import { JobRunner, type RegisteredHandler } from './job-runner.js';
import { JobStore } from './job-store.js';
import { Jobs } from './jobs.js';
import { Maintenance, MongoMaintenance, PostgresMaintenance } from './maintenance.js';
import { JobCollection } from './mongo/job-collection.js';
import { MongoJobs } from './mongo/mongo-jobs.js';
import { ScheduleCollection } from './mongo/schedule-collection.js';
import { DeadLettersReplayJob, ReplayJob, RepublishJob } from './operator-jobs.js';
import { JobTable } from './postgres/job-table.js';
import { ScheduleTable } from './postgres/schedule-table.js';
import { ScheduleStore } from './schedule-store.js';
import { ScheduledJobs } from './scheduled-jobs.js';

const LEASE_MS = 30_000;

/** Starts jobs once the application stands, and ends them before its connections do. */
@Injectable()
export class JobsLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  private runner?: JobRunner;

  constructor(
    private readonly store: JobStore,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: JobMetrics,
    private readonly discovery: DiscoveryService,
    private readonly scheduled: ScheduledJobs,
  ) {}

  onApplicationBootstrap(): void {
    const { store, logger, metrics } = this;
    this.runner = new JobRunner({ handlers: this.handlers(), store, logger, metrics, renewMs: LEASE_MS / 3 });
    this.runner.start();
    this.scheduled.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.runner?.stop(), this.scheduled.stop()]);
  }

  wake(): void {
    this.runner?.wake();
  }

  private handlers(): Map<string, RegisteredHandler> {
    const handlers = new Map<string, RegisteredHandler>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: JobKind.KEY })) {
      const options = this.discovery.getMetadataByDecorator(JobKind, wrapper);
      if (!options) continue;
      if (handlers.has(options.kind)) throw new Error(`two handlers for jobs of kind ${options.kind}`);
      handlers.set(options.kind, { handler: wrapper.instance as JobHandler, concurrency: options.concurrency ?? 2 });
    }
    return handlers;
  }
}

const inPostgres: Provider[] = [
  {
    provide: JobStore,
    inject: [BACKGROUND],
    useFactory: (dataSource: DataSource) => new JobTable(dataSource, LEASE_MS),
  },
  {
    provide: ScheduleStore,
    inject: [BACKGROUND],
    useFactory: (dataSource: DataSource) => new ScheduleTable(dataSource),
  },
  { provide: Jobs, inject: [JobsLifecycle], useFactory: (jobs: JobsLifecycle) => new Jobs(() => jobs.wake()) },
  PostgresMaintenance,
];

const inMongo: Provider[] = [
  { provide: JobStore, inject: [BACKGROUND], useFactory: (db: Db) => new JobCollection(db, LEASE_MS) },
  { provide: ScheduleStore, inject: [BACKGROUND], useFactory: (db: Db) => new ScheduleCollection(db) },
  {
    provide: MongoJobs,
    inject: [BACKGROUND, JobsLifecycle],
    useFactory: (db: Db, jobs: JobsLifecycle) => new MongoJobs(db, () => jobs.wake()),
  },
  MongoMaintenance,
];

/** The jobs of a database, their runner, and scheduled jobs with the kit's own maintenance. Global. */
@Module({})
export class JobsModule {
  static forRoot(database: Exclude<DatabaseKind, 'none'>): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: JobMetrics, inject: [REGISTRY, JobStore], useFactory: metricsOf },
        { provide: ScheduledJobs, inject: [ScheduleStore, LOGGER, JobMetrics], useFactory: scheduledJobsOf },
        JobsLifecycle,
        Maintenance,
        RepublishJob,
        ReplayJob,
        DeadLettersReplayJob,
        ...(database === 'mongodb' ? inMongo : inPostgres),
      ],
      exports: [database === 'mongodb' ? MongoJobs : Jobs, ScheduledJobs],
    };
  }
}

function metricsOf(registry: Registry, store: JobStore): JobMetrics {
  return new JobMetrics(registry, store);
}

function scheduledJobsOf(store: ScheduleStore, logger: Logger, metrics: JobMetrics): ScheduledJobs {
  return new ScheduledJobs({ store, logger, metrics });
}
