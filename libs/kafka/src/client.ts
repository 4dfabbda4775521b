import { type ISocketFactory, Kafka, type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import { stopIdleTimers } from './kafkajs-idle-timers.js';
import { writeVarintsInPlace } from './kafkajs-varints.js';
import type { KafkaSettings } from './settings.js';
import { connectToBroker } from './sockets.js';

stopIdleTimers();
writeVarintsInPlace();

/**
 * A kafkajs client; it connects when a producer, consumer or admin made of it does. Timeouts are short and retries few,
 * because our own loops retry for ever and look around between two tries.
 */
export function createKafka(
  settings: KafkaSettings,
  logger: Logger,
  socketFactory: ISocketFactory = connectToBroker,
): Kafka {
  return new Kafka({
    brokers: settings.brokers,
    clientId: `${settings.service}.${settings.instance}`,
    connectionTimeout: 1_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => log(logger, entry),
    socketFactory,
  });
}

// What kafkajs calls an error it mostly retries itself. What it can't it throws, and whoever called it says so once,
// where kafkajs repeats it several times a second for as long as a broker is away.
function log(logger: Logger, { namespace, log: { message, timestamp: _, logger: __, ...details } }: LogEntry): void {
  logger.debug({ ...details, kafkajs: namespace }, message);
}
