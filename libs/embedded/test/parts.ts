import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { Server, ServerName, Stack } from '../src/index.js';

/** A server that the stack must have. */
export function part(stack: Stack, name: ServerName): Server {
  const server = stack.servers[name];
  if (server === undefined) throw new Error(`${name} is not part of the stack`);
  return server;
}

/** Leaves a trace in each kind of server that can be looked for later. */
export const traces: Record<ServerName, { leave(url: string): Promise<void>; isThere(url: string): Promise<boolean> }> =
  {
    postgres: {
      leave: async (url) => void (await sql(url, 'CREATE TABLE trace AS SELECT 1')),
      isThere: async (url) => (await sql(url, `SELECT 1 FROM pg_class WHERE relname = 'trace'`)).rowCount === 1,
    },
    kafka: {
      leave: (url) =>
        asKafkaAdmin(url, async (admin) => void (await admin.createTopics({ topics: [{ topic: 'trace' }] }))),
      isThere: (url) => asKafkaAdmin(url, async (admin) => (await admin.listTopics()).includes('trace')),
    },
    mongodb: {
      leave: (url) =>
        inMongodb(url, async (client) => void (await client.db('test').collection('trace').insertOne({}))),
      isThere: (url) =>
        inMongodb(url, async (client) => (await client.db('test').collection('trace').countDocuments()) === 1),
    },
  };

async function sql(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

async function asKafkaAdmin<T>(broker: string, work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function inMongodb<T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(url);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
