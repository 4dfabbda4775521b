import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaJars } from '../programs/kafka-download.js';
import { StackError } from '../stack-error.js';
import { lastLines, run } from '../system/processes.js';
import type { Recipe } from './server.js';

const jvm = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** Apache Kafka 4.1: broker and KRaft controller in one Java process. */
export function kafkaRecipe(
  dataDir: string,
  ports: { kafka: number; kafkaController: number },
  log: (line: string) => void,
): Recipe {
  const data = join(dataDir, 'kafka');
  const properties = join(dataDir, 'kafka.properties');
  const url = `127.0.0.1:${ports.kafka}`;
  let jars = '';
  return {
    name: 'kafka',
    label: 'Kafka',
    url,
    port: ports.kafka,
    data,
    log: join(dataDir, 'kafka.log'),
    stopSignal: 'SIGTERM',
    endSignal: 'SIGKILL',
    prepare: async () => {
      jars = await kafkaJars(log);
      await mkdir(dataDir, { recursive: true });
      await writeFile(properties, propertiesFile(data, ports));
      await format(jars, data, properties);
    },
    command: () => ({ file: java(), args: [...jvm, '-cp', `${jars}/*`, 'kafka.Kafka', properties], cwd: dataDir }),
    ready: () => ask(url),
  };
}

function propertiesFile(data: string, { kafka, kafkaController }: { kafka: number; kafkaController: number }): string {
  const listeners = `PLAINTEXT://127.0.0.1:${kafka},CONTROLLER://127.0.0.1:${kafkaController}`;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${kafkaController}`,
    'controller.listener.names': 'CONTROLLER',
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': false,
    // A killed broker may register again only when its old session has run out.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 3,
    'offsets.topic.replication.factor': 1,
    'offsets.retention.minutes': 525_600,
    'transaction.state.log.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Kept in memory from the start on: 128 MB unless told.
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** @returns a cluster id as Kafka makes its own: 16 random bytes as base64url, never taken for an option by its tools. */
export function randomClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? randomClusterId() : id;
}

async function format(jars: string, data: string, properties: string): Promise<void> {
  if (existsSync(join(data, 'meta.properties')) && existsSync(join(data, '__cluster_metadata-0'))) return;
  await rm(data, { recursive: true, force: true });
  const tool = [
    '-cp',
    `${jars}/*`,
    'kafka.tools.StorageTool',
    'format',
    '--standalone',
    '-t',
    randomClusterId(),
    '-c',
    properties,
  ];
  const finished = await run(java(), [...jvm, ...tool]);
  if (finished === undefined) {
    throw new StackError(
      'Java is missing: Apache Kafka runs on it. Install Java 17 or newer (or set JAVA_HOME), or set PLAZA_KAFKA_BROKERS to a Kafka of yours.',
    );
  }
  if (finished.output.includes('UnsupportedClassVersionError')) {
    throw new StackError('This Java is too old for Apache Kafka. Install Java 17 or newer, and set JAVA_HOME to it.');
  }
  if (finished.code !== 0) throw new StackError(`Kafka could not format its data:\n${lastLines(finished.output, 15)}`);
}

function java(): string {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
}

async function ask(broker: string): Promise<void> {
  const kafka = new Kafka({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 2000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error('no broker yet');
  } finally {
    await admin.disconnect();
  }
}
