import { durable } from '@plaza/kafka';
import type { Collection, Db } from 'mongodb';
import type {
  BlockDocument,
  ConnectionDocument,
  ConversationDocument,
  EmotionDocument,
  FriendshipDocument,
  GatewayDocument,
  HiddenMessageDocument,
  MemberDocument,
  MessageDocument,
  MessageEditDocument,
  PresenceDocument,
  ReceiptsDueDocument,
  UnseenCheckDocument,
  UsageBatchDocument,
  UsageDayDocument,
} from './documents.js';

/** The collections of messaging-service. Within a transaction their own concerns do not count, the transaction's do. */
export const collections = {
  conversations: (db: Db): Collection<ConversationDocument> => db.collection('conversations', durable),
  members: (db: Db): Collection<MemberDocument> => db.collection('conversation_members', durable),
  messages: (db: Db): Collection<MessageDocument> => db.collection('messages', durable),
  edits: (db: Db): Collection<MessageEditDocument> => db.collection('message_edits', durable),
  hidden: (db: Db): Collection<HiddenMessageDocument> => db.collection('hidden_messages', durable),
  emotions: (db: Db): Collection<EmotionDocument> => db.collection('emotions', durable),
  blocks: (db: Db): Collection<BlockDocument> => db.collection('blocks', durable),
  friendships: (db: Db): Collection<FriendshipDocument> => db.collection('friendships', durable),
  presence: (db: Db): Collection<PresenceDocument> => db.collection('user_presence', durable),
  gateways: (db: Db): Collection<GatewayDocument> => db.collection('gateways', durable),
  connections: (db: Db): Collection<ConnectionDocument> => db.collection('connections', durable),
  unseenChecks: (db: Db): Collection<UnseenCheckDocument> => db.collection('unseen_checks', durable),
  receiptsDue: (db: Db): Collection<ReceiptsDueDocument> => db.collection('receipts_due', durable),
  usageBatches: (db: Db): Collection<UsageBatchDocument> => db.collection('usage_batches', durable),
  usageDays: (db: Db): Collection<UsageDayDocument> => db.collection('usage_days', durable),
};

export function memberId(conversationId: string, userId: string): string {
  return `${conversationId}:${userId}`;
}

/** Of a direct conversation, whoever began it. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}:${b}` : `${b}:${a}`;
}
