import { declaredFacts, type ServiceName, type TopicKind } from './fact.js';

export interface TopicDeclaration {
  name: string;
  kind: TopicKind;
  producers: readonly ServiceName[];
  types: string[];
  /** Kafka's topic configs. */
  configs: Record<string, string>;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// Kafka deletes and compacts closed segments only, so `segment.ms` bounds how long a record outlives its retention.
const configsByKind: Record<TopicKind, Record<string, string>> = {
  state: {
    'cleanup.policy': 'compact',
    'segment.ms': String(hour),
    'max.compaction.lag.ms': String(day),
    'delete.retention.ms': String(day),
  },
  stream: { 'cleanup.policy': 'delete', 'retention.ms': String(7 * day), 'segment.ms': String(day) },
  // Short segments, so that what is kept is what the retention says and not twice as much.
  brief: { 'cleanup.policy': 'delete', 'retention.ms': String(10 * minute), 'segment.ms': String(2 * minute) },
  ephemeral: { 'cleanup.policy': 'delete', 'retention.ms': String(5 * minute), 'segment.ms': String(5 * minute) },
};

/** The topics of all declared facts, in the order of their names, without a prefix. */
export function declaredTopics(): readonly TopicDeclaration[] {
  const topics = new Map<string, TopicDeclaration>();
  for (const { topic: name, kind, producers, type } of declaredFacts()) {
    const topic = topics.get(name) ?? { name, kind, producers, types: [], configs: { ...configsByKind[kind] } };
    topic.types.push(type);
    topics.set(name, topic);
  }
  return [...topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
