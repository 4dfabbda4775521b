import { printable, printableLines } from './printable.js';
import type { Style } from './style.js';
import type { Conversation, Member, Message, Presence, User } from './views.js';

/** Who looks, and how it is shown. */
export interface Looks {
  me: string;
  style: Style;
  /** A time of day, for people. */
  clock(time: string): string;
}

type Named = Pick<User, 'id' | 'username' | 'displayName'>;

export function nameOf({ username, displayName }: Pick<User, 'username' | 'displayName'>): string {
  return printable(displayName || username || 'somebody');
}

/** A direct conversation is named after the other. */
export function titleOf({ name, participants, type }: Conversation, me: string): string {
  if (name !== null) return printable(name);
  const other = participants.find(({ id }) => id !== me);
  return other ? nameOf(other) : type.toLowerCase();
}

/** `#12 10:31 Bob: Hello` */
export function messageLine(message: Message, looks: Looks): string {
  const { style, clock } = looks;
  const place = style.dim(`#${message.seq} ${clock(message.createdAt)}`);
  if (message.type === 'SYSTEM') return `${place} ${style.dim(eventOf(message))}`;
  const reply = message.replyTo ? style.dim(` (to #${message.replyTo.seq})`) : '';
  return `${place} ${paintedName(message.sender, looks)}${reply}: ${bodyOf(message, style)}`;
}

/** ` 1  Bob   2 unread   10:31  Bob: Hello` */
export function conversationLine(place: number, conversation: Conversation, looks: Looks): string {
  const { style, clock, me } = looks;
  const { unreadCount: unread, lastMessage: last } = conversation;
  const title = style.name(titleOf(conversation, me));
  const count = unread > 0 ? style.bad(` ${unread} unread`) : '';
  const said =
    last && `${last.sender.id === me ? 'you' : nameOf(last.sender)}: ${printable(last.preview ?? last.type)}`;
  const latest = last ? style.dim(`  ${clock(last.createdAt)} ${said}`) : '';
  return `${String(place).padStart(2)}  ${title}${count}${latest}`;
}

/** Of a message to a conversation that is not open. */
export function elsewhereLine(
  conversation: Conversation,
  { sender, content, type }: Message,
  { style, me }: Looks,
): string {
  const beginning = printable((content ?? type).slice(0, 60));
  const where = conversation.name === null ? '' : ` in ${titleOf(conversation, me)}`;
  return style.dim(`(${nameOf(sender)}${where}: ${beginning})`);
}

export function memberLine({ user, role }: Member, presence: Presence | undefined, looks: Looks): string {
  const state = presence ? `, ${statusOf(presence, looks)}` : '';
  return `  ${paintedName(user, looks)} @${printable(user.username)} ${looks.style.dim(`${role.toLowerCase()}${state}`)}`;
}

export function presenceLine(name: string, presence: Presence, looks: Looks): string {
  return looks.style.dim(`${name} is ${statusOf(presence, looks)}`);
}

export function typingLine(name: string, { style }: Looks): string {
  return style.dim(`${name} is typing ...`);
}

/** A message's reactions, by emotion: `LIKE 2, WOW 1`. */
export function emotionsOf(emotions: Record<string, number>): string {
  return Object.entries(emotions)
    .map(([emotion, count]) => `${emotion} ${count}`)
    .join(', ');
}

function paintedName(user: Named, { me, style }: Looks): string {
  return user.id === me ? style.mine('you') : style.name(nameOf(user));
}

function bodyOf({ content, type, metadata, editedAt, deletedAt, emotions }: Message, style: Style): string {
  if (deletedAt !== null) return style.dim('(deleted)');
  const link = typeof metadata?.url === 'string' ? printable(metadata.url) : '';
  const attached = type === 'TEXT' || type === 'EMOTION' ? '' : `[${type.toLowerCase()} ${link}] `;
  const reactions = emotionsOf(emotions);
  return [
    `${attached}${printableLines(content ?? '')}`,
    ...(editedAt === null ? [] : [style.dim(' (edited)')]),
    ...(reactions ? [style.dim(` [${reactions}]`)] : []),
  ].join('');
}

/** What a message without words says: what was changed, by whom. */
function eventOf({ sender, metadata }: Message): string {
  const event = typeof metadata?.event === 'string' ? metadata.event.replaceAll('-', ' ') : 'something changed';
  const name = typeof metadata?.name === 'string' ? `: ${metadata.name}` : '';
  return `* ${printable(`${event}${name}`)}, by ${nameOf(sender)}`;
}

const STATUS_WORDS: Record<string, string> = {
  ONLINE: 'online',
  AWAY: 'away',
  DO_NOT_DISTURB: 'not to be disturbed',
};

function statusOf({ status, lastSeenAt }: Presence, { clock }: Looks): string {
  return STATUS_WORDS[status] ?? (lastSeenAt === null ? 'offline' : `offline since ${clock(lastSeenAt)}`);
}
