import { type AsyncApiDocument, factContentType, factHeader, type JsonSchema, schemaOf } from '@plaza/contracts';
import type { Catalogue, CatalogueFact, CatalogueTopic } from './catalogue.js';
import type { ConsumerUse } from './consumers.js';

type Json = Record<string, unknown>;

/** The AsyncAPI 3.0 document of all topics: their messages with envelope, who sends and who receives. */
export function asyncApiDocument({ topics }: Catalogue, version: string): AsyncApiDocument {
  const facts = topics.flatMap((topic) => topic.facts.map((fact) => ({ topic, fact })));
  return {
    asyncapi: '3.0.0',
    info: { title: 'Plaza', version, description },
    defaultContentType: factContentType,
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        description: 'Apache Kafka, as in PLAZA_KAFKA_BROKERS',
        variables: { brokers: { default: '127.0.0.1:9092' } },
      },
    },
    channels: byName(topics, (it) => it.declaration.name, channel),
    operations: { ...Object.fromEntries(topics.flatMap(sends)), ...Object.fromEntries(topics.flatMap(receives)) },
    components: {
      schemas: { FactHeaders: envelope },
      messages: byName(
        facts,
        ({ fact }) => fact.declaration.payload.name,
        ({ topic, fact }) => message(topic, fact),
      ),
    },
  };
}

const description =
  'What the services of Plaza tell each other. Facts are published after the commit of what they tell, at least once; ' +
  'those of one key keep their order and carry a rising version. Topic names may have a prefix (PLAZA_KAFKA_PREFIX). ' +
  'Readers must ignore fields that they do not know.';

const envelope: Json = {
  type: 'object',
  description: 'CloudEvents 1.0, Kafka binary binding',
  properties: {
    [factHeader.contentType]: { const: factContentType },
    [factHeader.specVersion]: { const: '1.0' },
    [factHeader.id]: { type: 'string', format: 'uuid', description: 'UUIDv7; the same on a redelivery' },
    [factHeader.source]: { type: 'string', format: 'uri', description: 'The service, as urn:plaza:<service>' },
    [factHeader.type]: { type: 'string' },
    [factHeader.subject]: { type: 'string', description: "The aggregate's id, equal to the record's key" },
    [factHeader.time]: { type: 'string', format: 'date-time' },
    [factHeader.dataSchema]: { type: 'string', format: 'uri' },
    [factHeader.traceparent]: { type: 'string', description: 'W3C trace context' },
    [factHeader.version]: { type: 'string', pattern: '^[0-9]+$', description: 'Rises with each change of the key' },
    [factHeader.snapshot]: { const: 'true', description: 'State published anew, not a happening' },
  },
  required: Object.values(factHeader).filter((it) => it !== factHeader.traceparent && it !== factHeader.snapshot),
};

function channel({ declaration, facts }: CatalogueTopic): Json {
  const { name, kind, configs } = declaration;
  return {
    address: name,
    servers: [reference('servers', 'kafka')],
    description: `${kind} topic`,
    messages: byName(
      facts,
      (it) => it.declaration.payload.name,
      (it) => reference('components/messages', it.declaration.payload.name),
    ),
    bindings: { kafka: { topic: name, topicConfiguration: topicConfiguration(configs), bindingVersion: '0.5.0' } },
  };
}

function topicConfiguration(configs: Record<string, string>): Json {
  return Object.fromEntries(
    Object.entries(configs).map(([name, value]) => [name, name === 'cleanup.policy' ? [value] : Number(value)]),
  );
}

function message({ key }: CatalogueTopic, { declaration, doc }: CatalogueFact): Json {
  return {
    name: declaration.type,
    title: declaration.payload.name,
    summary: doc.text,
    ...(declaration.planned ? { description: `Not published yet: ${declaration.planned}.` } : {}),
    contentType: factContentType,
    headers: {
      allOf: [reference('components/schemas', 'FactHeaders')],
      properties: {
        [factHeader.type]: { const: declaration.type },
        [factHeader.dataSchema]: { const: declaration.schemaId },
      },
    },
    payload: described(schemaOf(declaration), doc.fields),
    bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } },
  };
}

// AsyncAPI's own dialect is taken for granted in a payload, and it has no place for another `$schema`.
function described({ $schema, $id, ...schema }: JsonSchema, fields: Record<string, string>): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    return [name, fields[name] ? { ...field, description: fields[name] } : field];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function sends(topic: CatalogueTopic): Array<[string, Json]> {
  const { name, producers } = topic.declaration;
  return producers.map((producer) => [
    `${producer}.publishes.${name}`,
    {
      action: 'send',
      channel: reference('channels', name),
      summary: `${producer} publishes`,
      messages: messageReferences(topic, topic.facts),
    },
  ]);
}

function receives(topic: CatalogueTopic): Array<[string, Json]> {
  const groupOf = (it: ConsumerUse) => `${it.service}.${it.consumer}`;
  return [...new Set(topic.consumers.map(groupOf))].map((group) => {
    const uses = topic.consumers.filter((it) => groupOf(it) === group);
    return [`${group}.reads.${topic.declaration.name}`, receive(topic, group, uses)];
  });
}

function receive(topic: CatalogueTopic, group: string, uses: ConsumerUse[]): Json {
  const broadcast = uses.some((it) => it.broadcast);
  const types = new Set(uses.map((it) => it.type));
  return {
    action: 'receive',
    channel: reference('channels', topic.declaration.name),
    summary: broadcast ? `Every instance of ${group} reads all` : `${group} reads`,
    messages: messageReferences(
      topic,
      topic.facts.filter((it) => types.has(it.declaration.type)),
    ),
    ...(broadcast
      ? {}
      : { bindings: { kafka: { groupId: { type: 'string', enum: [group] }, bindingVersion: '0.5.0' } } }),
  };
}

function messageReferences({ declaration: { name } }: CatalogueTopic, facts: CatalogueFact[]): Json[] {
  return facts.map((it) => reference(`channels/${name}/messages`, it.declaration.payload.name));
}

function reference(path: string, name: string): Json {
  return { $ref: `#/${path}/${name}` };
}

function byName<T>(values: readonly T[], name: (value: T) => string, map: (value: T) => Json): Record<string, Json> {
  return Object.fromEntries(values.map((value) => [name(value), map(value)]));
}
