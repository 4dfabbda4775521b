// A relay in a process of its own, for tests that kill it. It is told everything by its environment, and says READY on its
// output when it runs.
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createKafka } from '../src/client.js';
import { KafkaLink } from '../src/kafka-link.js';
import './note.facts.js';
import { MongoNotes } from './notes-mongo.js';
import { PostgresNotes } from './notes-postgres.js';

const settings = JSON.parse(process.env.KAFKA_SETTINGS ?? '{}');
const url = process.env.DATABASE_URL ?? '';
const notes = url.startsWith('mongodb') ? await MongoNotes.connect(url) : await PostgresNotes.connect(url);
const logger = pino({ level: process.env.PLAZA_TEST_LOG ?? 'silent' });
const options = { settings, logger, registry: new Registry() };
const { relay } = await notes.producer(options, createKafka(settings, logger), new KafkaLink());
relay.start();
process.stdout.write('READY\n');
