/** What a frame tells, and what is in its data. */
export interface FrameDescription {
  /** When it is sent. */
  readonly desc: string;
  /** What its data is. */
  readonly data: string;
}

const MESSAGE = 'The message as `GET /v1/messages/{id}` shows it, without what differs from reader to reader';
const CONVERSATION =
  'The conversation as `GET /v1/conversations/{id}` shows it, without what differs from member to member';
const WATERMARKS = '`{conversationId, watermarks: [{userId, deliveredSeq, readSeq}]}`';
const NOTIFICATION = 'The notification as `GET /v1/notifications` shows it, and `unreadCount`';
const MINE = "To one user's own clients";

/** Every type of frame that a service sends to open clients, by name; the gateway only carries them. */
export const frameTypes = {
  'message.sent': { desc: 'Somebody has sent a message.', data: MESSAGE },
  'message.edited': { desc: 'A message was edited.', data: MESSAGE },
  'message.deleted': {
    desc: 'A message was deleted for everybody; its place stays.',
    data: '`{id, conversationId, seq, senderId, deletedBy, deletedAt}`',
  },
  'message.hidden': {
    desc: `${MINE}: a message was deleted for them alone.`,
    data: '`{id, conversationId, seq, unreadCount}`',
  },
  'message.reacted': {
    desc: 'Somebody reacted to a message, or took that back.',
    data: '`{messageId, conversationId, seq, senderId, userId, emotion, reacted, reactedAt, emotions}`',
  },
  'message.pinned': { desc: 'A message was pinned.', data: '`{id, conversationId, seq, pinnedBy, pinnedAt}`' },
  'message.unpinned': { desc: 'A message is no longer pinned.', data: '`{id, conversationId, seq, unpinnedBy}`' },
  'message.delivered': {
    desc: 'Messages have reached members; at most once a second per conversation.',
    data: WATERMARKS,
  },
  'message.read': {
    desc: 'Members have read messages; at most once a second per conversation.',
    data: WATERMARKS,
  },
  'typing.started': {
    desc: 'Somebody is typing. Never sent again to who was away.',
    data: '`{conversationId, userId, until}`',
  },
  'presence.changed': {
    desc: 'What is seen of somebody has changed. Never sent again to who was away.',
    data: '`{userId, status, lastSeenAt}`',
  },
  'conversation.created': { desc: 'A conversation was begun, and the user is in it.', data: CONVERSATION },
  'conversation.updated': {
    desc: 'Name, looks, settings or owner of a conversation have changed, or a request to talk was answered.',
    data: `${CONVERSATION}; where a request was answered, with \`request\``,
  },
  'conversation.member-added': {
    desc: 'Users are members from here on.',
    data: '`{conversationId, conversation, members, addedBy}`',
  },
  'conversation.member-removed': {
    desc: 'A user is a member up to here.',
    data: '`{conversationId, userId, removedBy, memberCount}`',
  },
  'conversation.member-updated': {
    desc: "A member's role or permissions have changed.",
    data: '`{conversationId, userId, role, permissions}`',
  },
  'conversation.read': {
    desc: `${MINE}: messages were read, on any of them.`,
    data: '`{conversationId, readSeq, unreadCount}`',
  },
  'conversation.settings-changed': {
    desc: `${MINE}: a conversation was archived, pinned or muted, or no longer is.`,
    data: '`{conversationId, archived, pinned, mutedUntil}`',
  },
  'notification.created': { desc: 'There is something new to be told.', data: NOTIFICATION },
  'notification.updated': { desc: 'More or fewer people have caused a notification.', data: NOTIFICATION },
  'notification.read': {
    desc: 'Notifications were read, on any device.',
    data: '`{notificationIds, readAt, unreadCount}`; of more than 100 the ids are null: ask for the list again',
  },
  'notification.withdrawn': {
    desc: 'What was told has been undone, and is no longer in the list.',
    data: '`{notificationIds, withdrawnAt, unreadCount}`; of more than 100 the ids are null: ask for the list again',
  },
} as const satisfies Readonly<Record<string, FrameDescription>>;

/** Services publish no other. */
export type FrameType = keyof typeof frameTypes;
