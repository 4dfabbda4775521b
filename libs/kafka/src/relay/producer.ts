import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { createKafka } from '../client.js';
import type { KafkaSettings } from '../settings.js';
import { ConnectionLosses } from '../sockets.js';
import { ProducerSession } from './producer-session.js';

/** The one idempotent producer of this process, for all services in it. It connects when it is first used. */
export class ProcessProducer {
  private static readonly ofProcess = new Map<string, ProcessProducer>();

  private readonly losses = new ConnectionLosses();
  private readonly kafka: Kafka;
  private users = 0;
  private current: Promise<ProducerSession> | undefined;

  private constructor(settings: KafkaSettings, logger: Logger) {
    this.kafka = createKafka(settings, logger, this.losses.socketFactory);
  }

  /** The producer for these brokers. Whoever uses it says so with `join` and `leave`. */
  static of(settings: KafkaSettings, logger: Logger): ProcessProducer {
    const brokers = settings.brokers.join();
    const known = ProcessProducer.ofProcess.get(brokers) ?? new ProcessProducer(settings, logger);
    ProcessProducer.ofProcess.set(brokers, known);
    return known;
  }

  join(): void {
    this.users += 1;
  }

  /** How often a connection to Kafka has ended: when it changes, what answers next may be another Kafka. */
  get connectionsLost(): number {
    return this.losses.count;
  }

  /** The session to send through, connected. */
  async session(): Promise<ProducerSession> {
    this.current ??= this.connect();
    return this.current;
  }

  /** Has the next `session` give a new one, with a new producer id. */
  async retire(session: ProducerSession): Promise<void> {
    if ((await this.current) === session) this.current = undefined;
    await session.retire();
  }

  /** As `retire`, for whatever session there is. */
  async renew(): Promise<void> {
    const session = await this.current;
    if (session) await this.retire(session);
  }

  /** The last service to leave disconnects. */
  async leave(): Promise<void> {
    this.users -= 1;
    if (this.users > 0) return;
    const session = await this.current;
    this.current = undefined;
    await session?.retire();
  }

  private async connect(): Promise<ProducerSession> {
    const session = new ProducerSession(this.kafka);
    try {
      await session.connect();
      return session;
    } catch (error) {
      this.current = undefined;
      await session.retire();
      throw error;
    }
  }
}
