import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  type INestApplication,
  Injectable,
  type Provider,
  Scope,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, MessagePattern, EventPattern as NestEventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { eventually } from '@plaza/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { EventPattern } from '../src/consumer/event-pattern.js';
import {
  connectKafka,
  FactContext,
  KafkaModule,
  KafkaTransport,
  type ReceivedFact,
  traceStorage,
} from '../src/index.js';
import { apply, ConsumerBed, databaseOption, upTo } from './consumer-bed.js';
import type { LedgerPool } from './ledger.js';
import { ParcelMoved } from './parcel.facts.js';

const failures: Array<() => Error | undefined> = [];
const traces: unknown[] = [];

@Controller()
class Ledger {
  @EventPattern('parcel.moved', { consumer: 'ledger' })
  async onParcelMoved(@Payload() fact: ParcelMoved, @Ctx() context: FactContext): Promise<void> {
    expect(fact).toBeInstanceOf(ParcelMoved);
    traces.push(traceStorage.getStore());
    const error = failures.shift()?.();
    if (error) throw error;
    await apply('ledger', fact, context);
  }

  @EventPattern(['parcel.moved', 'parcel.lost'], { consumer: 'archive', batch: true })
  async onParcels(@Payload() facts: ReceivedFact<ParcelMoved>[], @Ctx() context: FactContext): Promise<void> {
    for (const { fact, key } of facts) {
      await context.manager.query(`INSERT INTO applied (consumer, key, step) VALUES ('archive', $1, $2)`, [
        key,
        fact.step,
      ]);
    }
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerFact {
  readonly created = Date.now();
}

@Controller()
class ScopedLedger {
  constructor(readonly perFact: PerFact) {}

  @EventPattern('parcel.moved', { consumer: 'scoped' })
  async onParcelMoved(@Payload() fact: ParcelMoved, @Ctx() context: FactContext): Promise<void> {
    if (fact.step === 1 && failures.pop()) throw Object.assign(new Error('deadlock'), { code: '40P01' });
    await apply('scoped', fact, context);
  }
}

class Refusing implements CanActivate, ExceptionFilter {
  canActivate(): boolean {
    throw new Error('A guard made for HTTP was asked about a fact');
  }

  catch(): never {
    throw new Error('A filter made for HTTP was given what a fact threw');
  }
}

let bed: ConsumerBed;
let pool: LedgerPool;
let app: INestApplication | undefined;

beforeEach(async () => {
  bed = await ConsumerBed.start();
  pool = await bed.ledger.pool();
  failures.length = traces.length = 0;
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await pool.close();
  await bed.stop();
});

async function create(controllers: Type[], providers: Provider[] = []): Promise<INestApplication> {
  const logger = pino({ level: process.env.PLAZA_TEST_LOG ?? 'silent' });
  const kafka = KafkaModule.forRoot({
    settings: bed.settings,
    ...databaseOption(pool.database),
    logger,
    registry: new Registry(),
  });
  const root: DynamicModule = { module: class Root {}, imports: [kafka], controllers, providers };
  const created = await NestFactory.create(root, new FastifyAdapter(), { logger: false, abortOnError: false });
  const refusing = new Refusing();
  created.useGlobalGuards(refusing);
  created.useGlobalFilters(refusing);
  created.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
  await created.init();
  connectKafka(created);
  return created;
}

async function start(controllers: Type[], providers: Provider[] = []): Promise<INestApplication> {
  app = await create(controllers, providers);
  await app.startAllMicroservices();
  return app;
}

test('gives facts to controllers, past what the application has for HTTP', async () => {
  await start([Ledger]);
  await bed.publish({ key: 'a', step: 1 }, { key: 'a', step: 2, type: 'parcel.lost' }, { key: 'a', step: 3 });
  await bed.expectApplied('ledger', 'a', [1, 3]);
  await bed.expectApplied('archive', 'a', upTo(3));
  expect(traces).toEqual([{ traceparent: undefined }, { traceparent: undefined }]);
});

test('sees what a handler really threw: a deadlock is waited out, another error parks the key', async () => {
  const running = await start([Ledger]);
  failures.push(...upTo(8).map(() => () => Object.assign(new Error('deadlock detected'), { code: '40P01' })));
  await bed.publish({ key: 'a', step: 1 });
  await bed.expectApplied('ledger', 'a', [1]);
  failures.push(...upTo(4).map(() => () => new TypeError('x is not a function')));
  await bed.publish({ key: 'b', step: 1 });
  await eventually(async () => {
    const keys = await bed.ledger.parkedKeys();
    expect(keys).toEqual([{ key: 'b', state: 'PARKED', attempts: 4 }]);
  });
  expect(running.get(KafkaTransport).consumers).toHaveLength(2);
});

test('runs what the application wants around each fact', async () => {
  app = await create([Ledger]);
  const around: string[] = [];
  app.get(KafkaTransport).setOnProcessingStartHook(async (_, context, done) => {
    const { type } = context as FactContext;
    around.push(`begin ${type}`);
    await done();
    around.push(`end ${type}`);
  });
  await app.startAllMicroservices();
  await bed.publish({ key: 'a', step: 1, type: 'parcel.lost' });
  await bed.expectApplied('archive', 'a', [1]);
  await eventually(() => expect(around).toEqual(['begin parcel.lost', 'end parcel.lost']));
});

test('makes a controller that is made per fact anew for each', async () => {
  await start([ScopedLedger], [PerFact]);
  failures.push(() => undefined);
  await bed.publish({ key: 'a', step: 1 }, { key: 'a', step: 2 });
  await bed.expectApplied('scoped', 'a', [1, 2]);
});

@Controller()
class WithoutConsumer {
  @NestEventPattern('parcel.moved')
  onParcelMoved(_: unknown): void {}
}

@Controller()
class Undeclared {
  @EventPattern('parcel.painted', { consumer: 'ledger' })
  onParcelPainted(): void {}
}

@Controller()
class Twice {
  @EventPattern('parcel.moved', { consumer: 'ledger' })
  once(): void {}

  @EventPattern('parcel.moved', { consumer: 'ledger' })
  again(): void {}
}

@Controller()
class Contradiction {
  @EventPattern('parcel.moved', { consumer: 'ledger', replayable: true })
  once(): void {}

  @EventPattern('parcel.lost', { consumer: 'ledger' })
  again(): void {}
}

@Controller()
class Request {
  @MessagePattern('parcel.moved')
  answer(): void {}
}

test.each([
  [WithoutConsumer, 'Facts are handled by'],
  [Undeclared, 'which no contract declares'],
  [Twice, 'in two methods'],
  [Contradiction, 'is declared as'],
  [Request, 'Facts are handled by'],
])('refuses to start with %p', async (controller, message) => {
  app = await create([controller]);
  await expect(app.startAllMicroservices()).rejects.toThrow(message);
});
