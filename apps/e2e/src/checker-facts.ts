import type { Db } from 'mongodb';
import { rows } from './checker.js';
import { inDocuments } from './documents.js';
import type { Platform } from './platform.js';
import { DOCUMENT_SERVICES, databaseOf, type ServiceDatabase, STORED_SERVICES } from './services.js';

/** Facts that are not published, and all that dead letters or parked keys hold, in any service, each as one line. */
export async function leftovers(platform: Platform): Promise<string[]> {
  const found = STORED_SERVICES.map(databaseOf).map((database) =>
    linesOf(
      platform,
      database,
      `SELECT 'unpublished ' || type || ' ' || key AS line FROM outbox WHERE published_at IS NULL
       UNION ALL SELECT 'dead ' || consumer || ' ' || type || ' ' || key || ' ' || reason FROM dead_letters
       UNION ALL SELECT 'parked ' || consumer || ' ' || topic || ' ' || key FROM parked_keys`,
    ),
  );
  const inMongo = DOCUMENT_SERVICES.map(databaseOf).map((database) => inDocuments(platform, linesIn, database));
  return (await Promise.all([...found, ...inMongo])).flat();
}

async function linesIn(db: Db): Promise<string[]> {
  const outbox = await db
    .collection('outbox')
    .find({ state: { $ne: 'PUBLISHED' } })
    .toArray();
  const dead = await db.collection('dead_letters').find().toArray();
  const parked = await db.collection('parked_keys').find().toArray();
  return [
    ...outbox.map(({ type, key }) => `unpublished ${type} ${key}`),
    ...dead.map(({ consumer, type, key, reason }) => `dead ${consumer} ${type} ${key} ${reason}`),
    ...parked.map(({ consumer, topic, key }) => `parked ${consumer} ${topic} ${key}`),
  ];
}

/** Facts of post-service and notification-service that do not tell of what is there, exactly once, each as one line. */
export async function wrongFacts(platform: Platform): Promise<string[]> {
  const wrong = await Promise.all([
    linesOf(platform, 'post_service', `${BEGUN_OR_ENDED_TWICE} UNION ALL ${LIKES} UNION ALL ${SHARES}`),
    linesOf(platform, 'post_service', ofCreated('posts', 'post')),
    linesOf(platform, 'post_service', ofCreated('comments', 'comment')),
    linesOf(platform, 'social_service', BEGUN_OR_ENDED_TWICE),
    linesOf(platform, 'notification_service', NOTIFICATIONS),
  ]);
  return wrong.flat();
}

/** What is begun and ended under one key is so in turns. */
const BEGUN_OR_ENDED_TWICE = `
  SELECT format('%s of %s twice', type, key) AS line
    FROM (SELECT type, key, lag(type) OVER (PARTITION BY topic, key ORDER BY version) AS before
            FROM outbox WHERE topic IN ('like', 'mention', 'follow') AND NOT snapshot) AS history
   WHERE type = before`;

/** The last fact of each like says whether it is there. */
const LIKES = `
  SELECT format('like %s', coalesce(l.key, f.key))
    FROM (SELECT user_id || ':' || post_id AS key FROM post_likes
           UNION ALL SELECT user_id || ':' || comment_id FROM comment_likes) l
    FULL JOIN (SELECT key FROM (SELECT DISTINCT ON (key) key, type FROM outbox
                                 WHERE topic = 'like' AND NOT snapshot ORDER BY key, version DESC) AS last
                WHERE type IN ('post.liked', 'comment.liked')) f ON f.key = l.key
   WHERE l.key IS NULL OR f.key IS NULL`;

const SHARES = `
  SELECT format('share %s', coalesce(p.id::text, f.key))
    FROM (SELECT id FROM posts WHERE shared_post_id IS NOT NULL) p
    FULL JOIN (SELECT key, count(*) FROM outbox WHERE type = 'post.shared' AND NOT snapshot GROUP BY key) f
      ON f.key = p.id::text
   WHERE f.count IS DISTINCT FROM 1 OR p.id IS NULL`;

/** One fact of its creation for each row, and one of its deletion for each that is deleted. */
function ofCreated(table: 'posts' | 'comments', topic: 'post' | 'comment'): string {
  return `
    SELECT format('${topic} %s', coalesce(t.id::text, f.key)) AS line
      FROM ${table} t
      FULL JOIN (SELECT key, count(*) FILTER (WHERE type = '${topic}.created') AS created,
                        count(*) FILTER (WHERE type = '${topic}.deleted') AS deleted
                   FROM outbox WHERE topic = '${topic}' AND NOT snapshot GROUP BY key) f ON f.key = t.id::text
     WHERE t.id IS NULL OR f.created IS DISTINCT FROM 1 OR f.deleted <> (t.deleted_at IS NOT NULL)::int`;
}

/** Made once; there until it was withdrawn. */
const NOTIFICATIONS = `
  SELECT format('notification %s: made %s times, withdrawn %s times', coalesce(n.id, f.id), f.made, f.withdrawn) AS line
    FROM notifications n
    FULL JOIN (SELECT id, count(*) FILTER (WHERE type = 'notification.created') AS made,
                      count(*) FILTER (WHERE type = 'notification.withdrawn') AS withdrawn
                 FROM (SELECT type, (payload ->> 'id')::uuid AS id FROM outbox WHERE type = 'notification.created'
                        UNION ALL
                       SELECT type, json_array_elements_text(payload -> 'notificationIds')::uuid FROM outbox
                        WHERE type = 'notification.withdrawn') AS told GROUP BY id) f ON f.id = n.id
   WHERE f.made IS DISTINCT FROM 1 OR (n.id IS NULL) <> (f.withdrawn = 1)`;

async function linesOf(platform: Platform, database: ServiceDatabase, sql: string): Promise<string[]> {
  return (await rows<{ line: string }>(platform, database, sql)).map(({ line }) => line);
}
