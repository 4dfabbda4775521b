import { FactUnreadable } from './errors.js';
import { declarationByType } from './fact.js';

/** Names of the Kafka headers: CloudEvents 1.0, Kafka binary binding. `ce_version` and `ce_snapshot` are our extensions. */
export const factHeader = {
  contentType: 'content-type',
  specVersion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  subject: 'ce_subject',
  time: 'ce_time',
  dataSchema: 'ce_dataschema',
  traceparent: 'ce_traceparent',
  version: 'ce_version',
  snapshot: 'ce_snapshot',
} as const;

export const factContentType = 'application/json';

/** What travels beside a fact's payload. */
export interface FactEnvelope {
  /** UUIDv7, unique per published fact; the same on a redelivery. */
  id: string;
  type: string;
  /** The aggregate's id, equal to the Kafka key. */
  key: string;
  time: Date;
  /** Rises with each change of the key; of two facts of one key the higher one is the newer state. */
  version: number;
  /** True for state that is published anew (after Kafka lost its log), not for a happening. */
  snapshot: boolean;
  /** W3C trace context. */
  traceparent?: string;
}

/** The Kafka headers of a fact. `source` is the service that publishes it. */
export function factHeaders(envelope: FactEnvelope, source: string): Record<string, string> {
  const headers: Record<string, string> = {
    [factHeader.contentType]: factContentType,
    [factHeader.specVersion]: '1.0',
    [factHeader.id]: envelope.id,
    [factHeader.source]: `urn:plaza:${source}`,
    [factHeader.type]: envelope.type,
    [factHeader.subject]: envelope.key,
    [factHeader.time]: envelope.time.toISOString(),
    [factHeader.version]: String(envelope.version),
  };
  const dataSchema = declarationByType(envelope.type)?.schemaId;
  if (dataSchema) headers[factHeader.dataSchema] = dataSchema;
  if (envelope.snapshot) headers[factHeader.snapshot] = 'true';
  if (envelope.traceparent) headers[factHeader.traceparent] = envelope.traceparent;
  return headers;
}

/** Headers as kafkajs gives them. */
export type RawHeaders = Record<string, Buffer | string | (Buffer | string)[] | undefined>;

/**
 * Reads a fact's envelope from its Kafka headers.
 * @throws FactUnreadable when a header that a consumer needs is missing or malformed
 */
export function readHeaders(headers: RawHeaders | undefined): FactEnvelope {
  const time = new Date(required(headers, factHeader.time));
  const version = Number(required(headers, factHeader.version));
  if (Number.isNaN(time.getTime())) throw new FactUnreadable(`Header ${factHeader.time} is not a time`);
  if (!Number.isSafeInteger(version)) throw new FactUnreadable(`Header ${factHeader.version} is not a whole number`);
  return {
    id: required(headers, factHeader.id),
    type: required(headers, factHeader.type),
    key: required(headers, factHeader.subject),
    time,
    version,
    snapshot: header(headers, factHeader.snapshot) === 'true',
    traceparent: header(headers, factHeader.traceparent),
  };
}

function required(headers: RawHeaders | undefined, name: string): string {
  const value = header(headers, name);
  if (value) return value;
  throw new FactUnreadable(`Header ${name} is missing`);
}

function header(headers: RawHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return (Array.isArray(value) ? value[0] : value)?.toString();
}
