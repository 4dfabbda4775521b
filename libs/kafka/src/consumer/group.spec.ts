import { EventEmitter } from 'node:events';
import type { Assigner, Cluster, ConsumerConfig, ConsumerRunConfig, EachBatchPayload, Kafka } from 'kafkajs';
import { pino } from 'pino';
import type { PartitionWork } from './feed.js';
import type { FeedSource } from './generation.js';
import { ConsumerGroup } from './group.js';

const GROUP_JOIN = 'consumer.group_join';
const CRASH = 'consumer.crash';

interface Fake {
  group: ConsumerGroup;
  fatal: Error[];
  /** How many kafkajs consumers were made. */
  readonly made: number;
  crash(error: Error): Promise<void>;
  /** Gives the consumer a partition and its first record. */
  deliver(): Promise<void>;
}

const cluster = {
  metadata: async () => ({ clusterId: 'c' }),
  fetchTopicsOffset: async (of: Array<{ topic: string; fromBeginning: boolean }>) =>
    of.map(({ topic, fromBeginning }) => ({
      topic,
      partitions: [{ partition: 0, offset: fromBeginning ? '0' : '9' }],
    })),
};

/** A group on consumers that do nothing but what kafkajs says they do. */
function fakeGroup(o: { connect?: () => Promise<void>; source?: FeedSource } = {}): Fake {
  let current = new EventEmitter();
  let made = 0;
  let running = Promise.withResolvers<ConsumerRunConfig>();
  const nothing = async (): Promise<void> => undefined;
  const kafka = {
    consumer: ({ partitionAssigners: [assigner] = [] }: ConsumerConfig) => {
      made++;
      current = new EventEmitter();
      assigner?.({ cluster: cluster as unknown as Cluster, groupId: 'x.feed', logger: undefined as never }) satisfies
        | Assigner
        | undefined;
      const run = async (config: ConsumerRunConfig): Promise<void> => running.resolve(config);
      const calls = { connect: o.connect ?? nothing, subscribe: nothing, run, disconnect: nothing };
      const control = { seek: () => undefined, pause: () => undefined, resume: () => undefined };
      return {
        events: { GROUP_JOIN, CRASH, FETCH: 'consumer.fetch' },
        on: current.on.bind(current),
        ...calls,
        ...control,
      };
    },
  };
  const fatal: Error[] = [];
  const group = new ConsumerGroup({
    kafka: kafka as unknown as Kafka,
    name: 'feed',
    groupId: 'x.feed',
    prefix: 'x.',
    topics: ['parcel'],
    commits: false,
    source: o.source ?? { open: async () => [] },
    logger: pino({ level: 'silent' }),
    ensureTopics: nothing,
    backoff: () => 1,
    onFatal: (reason) => fatal.push(reason),
  });
  return {
    group,
    fatal,
    get made() {
      return made;
    },
    async crash(error) {
      await running.promise;
      running = Promise.withResolvers();
      current.emit(CRASH, { payload: { error } });
    },
    async deliver() {
      const { eachBatch } = await running.promise;
      current.emit(GROUP_JOIN, { payload: { memberAssignment: { 'x.parcel': [0] } } });
      const messages = [{ offset: '0', key: null, value: null, headers: {} }];
      const batch = {
        topic: 'x.parcel',
        partition: 0,
        fetchedOffset: '0',
        highWatermark: '9',
        messages,
        lastOffset: () => '0',
      };
      await eachBatch?.({ batch, isStale: () => false } as unknown as EachBatchPayload);
    },
  };
}

function kafkaError(name: string, retriable: boolean): Error {
  return Object.assign(new Error(name), { name, retriable });
}

test('starts a consumer that crashed again up to 5 times, then says so', async () => {
  const fake = fakeGroup();
  fake.group.start();
  for (let crash = 1; crash <= 6; crash++) await fake.crash(new TypeError(`crash ${crash}`));
  await fake.group.stop();
  expect(fake.made).toBe(6);
  expect(fake.fatal).toEqual([new TypeError('crash 6')]);
});

test('does not count that Kafka is away, however often', async () => {
  const fake = fakeGroup();
  fake.group.start();
  const cause = kafkaError('KafkaJSConnectionError', true);
  for (let crash = 1; crash <= 8; crash++) {
    await fake.crash(Object.assign(kafkaError('KafkaJSNumberOfRetriesExceeded', false), { cause }));
  }
  await fake.group.stop();
  expect(fake.fatal).toEqual([]);
});

test('tries for ever to begin', async () => {
  let tries = 0;
  const connect = async (): Promise<void> => {
    if (++tries < 8) throw new Error('whatever kafkajs says when it can not connect');
  };
  const fake = fakeGroup({ connect });
  fake.group.start();
  expect(fake.group.state).toEqual({ name: 'feed', state: 'connecting', lag: undefined });
  await fake.crash(kafkaError('KafkaJSConnectionError', true));
  await fake.group.stop();
  expect(fake.made).toBe(8);
  expect(fake.fatal).toEqual([]);
  expect(fake.group.state.state).toBe('stopped');
});

describe('a consumer that is behind', () => {
  const halfAMinute = 31_000;
  const gate = Promise.withResolvers<void>();

  function stuck(work: Partial<PartitionWork>): Fake {
    const place = { topic: 'parcel', partition: 0, offset: 0, read: () => undefined };
    const source: FeedSource = {
      open: async () => [{ work: { ...place, apply: () => gate.promise, ...work }, end: 9 }],
    };
    return fakeGroup({ source });
  }

  afterAll(() => gate.resolve());

  test('and makes no progress for 30 s can not be kept alive', async () => {
    const fake = stuck({});
    fake.group.start();
    await fake.deliver();
    await fake.group.inspect();
    expect(fake.group.state.lag).toBe(9);
    expect(fake.fatal).toEqual([]);
    await fake.group.inspect(Date.now() + halfAMinute);
    expect(fake.fatal).toEqual([new Error('Consumer feed makes no progress in parcel/0')]);
  });

  test('may be so while it waits for what it depends on', async () => {
    const fake = stuck({ waiting: true });
    fake.group.start();
    await fake.deliver();
    await fake.group.inspect(Date.now() + halfAMinute);
    expect(fake.fatal).toEqual([]);
  });

  test('hangs when kafkajs no longer fetches, but not when there is nothing to be fetched', async () => {
    const fake = stuck({ apply: async () => undefined });
    fake.group.start();
    await fake.deliver();
    await fake.group.inspect(Date.now() + 10_000);
    await fake.group.inspect(Date.now() + halfAMinute);
    expect(fake.fatal).toEqual([]);
    await fake.group.inspect(Date.now() + 2 * halfAMinute);
    expect(fake.fatal).toHaveLength(1);
  });
});
