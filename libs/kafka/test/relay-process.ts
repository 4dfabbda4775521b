// A relay in a process of its own, for tests that kill it. It is told everything by its environment, and says READY on its
// output when it runs.
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { createKafka } from '../src/client.js';
import { KafkaLink } from '../src/kafka-link.js';
import { createProducing } from '../src/producing.js';
import './note.facts.js';

const settings = JSON.parse(process.env.KAFKA_SETTINGS ?? '{}');
const background = await new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, poolSize: 3 }).initialize();
const logger = pino({ level: process.env.PLAZA_TEST_LOG ?? 'silent' });
const options = { settings, logger, background, registry: new Registry() };
const { relay } = createProducing(options, createKafka(settings, logger), new KafkaLink());
relay.start();
process.stdout.write('READY\n');
