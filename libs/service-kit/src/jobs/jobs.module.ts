import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { BACKGROUND, LOGGER, REGISTRY } from '../service/tokens.js';
import { type JobHandler, JobKind } from './job.js';
import { JobMetrics } from './job-metrics.js';
import { JobRunner, type RegisteredHandler } from './job-runner.js';
import { JobTable } from './job-table.js';
import { Jobs } from './jobs.js';
import { Maintenance } from './maintenance.js';
import { DeadLettersReplayJob, ReplayJob, RepublishJob } from './operator-jobs.js';
import { ScheduledJobs } from './scheduled-jobs.js';

const LEASE_MS = 30_000;

/** Starts jobs once the application stands, and ends them before its connections do. */
@Injectable()
export class JobsLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  private runner?: JobRunner;

  constructor(
    @Inject(BACKGROUND) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: JobMetrics,
    private readonly discovery: DiscoveryService,
    private readonly scheduled: ScheduledJobs,
  ) {}

  onApplicationBootstrap(): void {
    const table = new JobTable(this.dataSource, LEASE_MS);
    const { logger, metrics } = this;
    this.runner = new JobRunner({ handlers: this.handlers(), table, logger, metrics, renewMs: LEASE_MS / 3 });
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

/** The table of jobs, its runner, and scheduled jobs with the kit's own maintenance. Global; needs a database. */
@Module({})
export class JobsModule {
  static forRoot(): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: JobMetrics, inject: [REGISTRY, BACKGROUND], useFactory: metricsOf },
        { provide: ScheduledJobs, inject: [BACKGROUND, LOGGER, JobMetrics], useFactory: scheduledJobsOf },
        { provide: Jobs, inject: [JobsLifecycle], useFactory: (jobs: JobsLifecycle) => new Jobs(() => jobs.wake()) },
        JobsLifecycle,
        Maintenance,
        RepublishJob,
        ReplayJob,
        DeadLettersReplayJob,
      ],
      exports: [Jobs, ScheduledJobs],
    };
  }
}

function metricsOf(registry: Registry, dataSource: DataSource): JobMetrics {
  return new JobMetrics(registry, dataSource);
}

function scheduledJobsOf(dataSource: DataSource, logger: Logger, metrics: JobMetrics): ScheduledJobs {
  return new ScheduledJobs({ dataSource, logger, metrics });
}
