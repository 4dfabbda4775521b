export { messagingService } from './app.js';
// For the bench of the storage.
export { conversationDocument } from './conversations/conversation-insert.js';
export { newMember } from './members/new-member.js';
export { MessageSender } from './sending/message-sender.js';
export type { Send } from './sending/send.js';
export { collections } from './storage/collections.js';
export { Lanes } from './storage/lanes.js';
