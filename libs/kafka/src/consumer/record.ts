import { FactUnreadable, factHeader, parseFact, readHeaders } from '@plaza/contracts';
import type { IHeaders } from 'kafkajs';
import type { FactOrigin } from './context.js';
import type { ConsumerHandlers, FactHandler } from './handlers.js';

/** A record as it lies in Kafka or in the dead letters. */
export interface RawRecord {
  /** Name of the topic without prefix. */
  topic: string;
  partition: number;
  offset: number;
  key: string;
  headers: Record<string, string>;
  value: Buffer | null;
}

/** A record that concerns the consumer. */
export interface ReadableRecord extends RawRecord {
  value: Buffer;
  type: string;
  origin: FactOrigin;
  handler: FactHandler;
  problem?: undefined;
}

/** A record that concerns the consumer, or may: its envelope or payload can't be understood. */
export interface UnreadableRecord extends RawRecord {
  value: Buffer;
  type: string;
  problem: Error;
}

export type FactRecord = ReadableRecord | UnreadableRecord;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What the record means to the consumer; undefined when it is not for it: a tombstone, a type that it does not handle, or
 * state published anew for those that can take it twice.
 */
export function readRecord(handlers: ConsumerHandlers, raw: RawRecord): FactRecord | undefined {
  const { value, headers } = raw;
  if (value === null) return undefined;
  const type = headers[factHeader.type];
  if (type === undefined) return { ...raw, value, type: '', problem: new FactUnreadable('The record has no type') };
  const handler = handlers.find(type);
  if (!handler) return undefined;
  if (headers[factHeader.snapshot] === 'true' && !handlers.declaration.replayable) return undefined;
  try {
    return { ...raw, value, type, handler, origin: readOrigin(raw, type, value) };
  } catch (error) {
    return { ...raw, value, type, problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

function readOrigin(raw: RawRecord, type: string, value: Buffer): FactOrigin {
  const { topic, partition, offset, headers } = raw;
  const envelope = readHeaders(headers);
  if (!uuid.test(envelope.id)) throw new FactUnreadable(`Header ${factHeader.id} is not a UUID`);
  return { ...envelope, fact: parseFact(type, value), topic, partition, offset: String(offset) };
}

/** Headers as text; of a repeated one the first. */
export function textHeaders(headers: IHeaders | undefined): Record<string, string> {
  const entries = Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first.toString()] as const];
  });
  return Object.fromEntries(entries);
}
