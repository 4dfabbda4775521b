export { messagingService } from './app.js';
// For the bench of the storage.
export { MessageSender } from './sending/message-sender.js';
export type { Send } from './sending/send.js';
export { collections, memberId } from './storage/collections.js';
export type { ConversationDocument, MemberDocument } from './storage/documents.js';
export { Lanes } from './storage/lanes.js';
