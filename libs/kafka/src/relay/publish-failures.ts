/**
 * What a failed send says: `record`: Kafka refuses one of the records for what it is; `topic`: there is no such topic;
 * `producer`: Kafka and our producer no longer agree about sequence numbers, a new producer is needed; `passing`: the same
 * records may be sent again.
 */
export type PublishFailure = 'record' | 'topic' | 'producer' | 'passing';

const failures: Record<string, PublishFailure> = {
  MESSAGE_TOO_LARGE: 'record',
  RECORD_LIST_TOO_LARGE: 'record',
  INVALID_RECORD: 'record',
  INVALID_TIMESTAMP: 'record',
  INVALID_TOPIC_EXCEPTION: 'record',
  UNKNOWN_TOPIC_OR_PARTITION: 'topic',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'producer',
  DUPLICATE_SEQUENCE_NUMBER: 'producer',
  UNKNOWN_PRODUCER_ID: 'producer',
  INVALID_PRODUCER_EPOCH: 'producer',
};

/** Looks for Kafka's own error code through what kafkajs wraps around it. */
export function publishFailure(error: unknown): PublishFailure {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const type = 'type' in at && typeof at.type === 'string' ? at.type : '';
    if (failures[type]) return failures[type];
  }
  return 'passing';
}
