import type { Actor } from '@plaza/testing';
import { rows } from './checker.js';
import { type Cause, causesOf, keyOf } from './checker-causes.js';
import { allPages } from './pages.js';
import type { Platform } from './platform.js';
import type { Ties } from './ties.js';

interface Told {
  recipient: string;
  type: string;
  reference: string;
  sender: string;
  count: number;
}

/** What somebody had been told, and had read, by some time. */
export interface Read {
  /** Keys of the causes. */
  causes: Set<string>;
  /** The notifications, each as a line. */
  lines: string[];
}

export const NOTHING_READ: Read = { causes: new Set(), lines: [] };

/** What these people have read, if they have just read all there is. */
export async function readBy(platform: Platform, people: Actor[], ties: Ties): Promise<Read> {
  const theirs = new Set(people.map(({ id }) => id));
  const causes = (await causesOf(platform, ties)).filter(({ recipient }) => theirs.has(recipient));
  return { causes: new Set(causes.map(keyOf)), lines: linesOf(notificationsFrom(causes)) };
}

/**
 * Notifications that are not as the sources imply, in the table, in the lists that people get, and in the counts of what is
 * unread, each as one line.
 */
export async function wrongNotifications(
  platform: Platform,
  people: Actor[],
  { ties, read = NOTHING_READ }: { ties: Ties; read?: Read },
): Promise<string[]> {
  const news = (await causesOf(platform, ties)).filter((cause) => !read.causes.has(keyOf(cause)));
  const right = notificationsFrom(news);
  return [
    ...differences('unread in the table', await inTable(platform, 'IS NULL'), linesOf(right)),
    ...differences('read in the table', await inTable(platform, 'IS NOT NULL'), read.lines),
    ...differences('in the lists', (await Promise.all(people.map(listedFor))).flat(), [
      ...linesOf(right),
      ...read.lines,
    ]),
    ...(await Promise.all(people.map((person) => wrongUnreadCount(person, right)))).flat(),
  ];
}

/** Likes of one thing by several, and shares of one post, are one notification; the last to do it is its sender. */
function notificationsFrom(causes: Cause[]): Told[] {
  const groups = Map.groupBy(causes, ({ recipient, type, reference }) => [recipient, type, reference].join());
  return [...groups.values()].flatMap((group) => {
    const last = group.reduce((one, other) => (Number(other.place) > Number(one.place) ? other : one));
    const count = new Set(group.map(({ actor }) => actor)).size;
    return { recipient: last.recipient, type: last.type, reference: last.reference, sender: last.actor, count };
  });
}

async function inTable(platform: Platform, read: 'IS NULL' | 'IS NOT NULL'): Promise<string[]> {
  return linesOf(
    await rows<Told>(
      platform,
      'notification_service',
      `SELECT recipient_id AS recipient, type, reference_id AS reference, sender_id AS sender, sender_count AS count
         FROM notifications WHERE read_at ${read}`,
    ),
  );
}

async function listedFor(person: Actor): Promise<string[]> {
  const listed = await allPages<{ type: string; referenceId: string; sender: { id: string }; senderCount: number }>(
    person,
    '/v1/notifications',
  );
  return linesOf(
    listed.map(({ type, referenceId, sender, senderCount }) => ({
      recipient: person.id,
      type,
      reference: referenceId,
      sender: sender.id,
      count: senderCount,
    })),
  );
}

async function wrongUnreadCount(person: Actor, right: Told[]): Promise<string[]> {
  const { body } = await person.get('/v1/notifications/unread-count');
  const count = right.filter(({ recipient }) => recipient === person.id).length;
  return body.count === count ? [] : [`${person.person.username} has ${body.count} unread, should have ${count}`];
}

function linesOf(told: Told[]): string[] {
  return told.map(({ recipient, type, reference, sender, count }) =>
    [recipient, type, 'of', reference, 'by', sender, `(${count})`].join(' '),
  );
}

/** With doubles: what is there twice and should be there once is one too many. */
function differences(where: string, found: string[], right: string[]): string[] {
  return [
    ...without(right, found).map((line) => `not ${where}: ${line}`),
    ...without(found, right).map((line) => `wrongly ${where}: ${line}`),
  ];
}

function without(lines: string[], others: string[]): string[] {
  const left = Map.groupBy(others, (line) => line);
  return lines.filter((line) => left.get(line)?.pop() === undefined);
}
