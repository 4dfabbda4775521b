import type { FrameType, PresenceStatus, Watermark } from '@plaza/contracts';

interface InConversation {
  conversationId: string;
}

interface Message extends InConversation {
  id: string;
  seq: number;
  sender: { id: string };
  content: string | null;
}

/** What frames hold, as far as a client here looks into them. */
interface LookedInto {
  ready: { resumed: boolean };
  /** What the route of the command answers: of `message.send` the message. */
  ack: Partial<Message>;
  error: { status: number; code: string };
  'message.sent': Message;
  'message.edited': Message;
  'message.deleted': InConversation & { id: string };
  'message.reacted': InConversation & { messageId: string; userId: string };
  'message.delivered': InConversation & { watermarks: Watermark[] };
  'message.read': InConversation & { watermarks: Watermark[] };
  'typing.started': InConversation & { userId: string };
  'presence.changed': { userId: string; status: PresenceStatus; lastSeenAt: string | null };
  'conversation.read': InConversation & { unreadCount: number };
  'notification.created': { type: string };
}

/** Those of services, and the gateway's own. */
export type SeenType = FrameType | 'ready' | 'resync' | 'cursor' | 'ack' | 'error';

export type DataOf<Type extends SeenType> = Type extends keyof LookedInto ? LookedInto[Type] : object;

export interface FrameOf<Type extends SeenType> {
  id?: string;
  type: Type;
  /** Of an answer: the command's id. */
  re?: string | null;
  data: DataOf<Type>;
}

/** What a client reads on the stream: its type says what is in its data. */
export type SeenFrame = { [Type in SeenType]: FrameOf<Type> }[SeenType];
