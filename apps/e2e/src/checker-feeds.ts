import type { Actor } from '@plaza/testing';
import { rows } from './checker.js';
import { WORLD, worldOf } from './checker-world.js';
import { allPages } from './pages.js';
import type { Platform } from './platform.js';
import type { Ties } from './ties.js';

/** What belongs in whose home feed. */
const FED = `${WORLD},
  fed AS (
    SELECT s.viewer AS reader, p.id, p.position
      FROM seen s JOIN posts p ON p.id = s.post
     WHERE p.author_id <> s.viewer
       AND (s.viewer, p.author_id) IN (SELECT * FROM following UNION SELECT * FROM friends)
       AND (s.viewer, p.author_id) NOT IN (SELECT * FROM muted)
       AND (p.content IS NOT NULL OR (s.viewer, p.shared_post_id) IN (SELECT * FROM seen)))`;

/** Home feeds that differ from what the sources imply, in what is in them or in its order, each as one line. */
export async function wrongFeeds(platform: Platform, people: Actor[], ties: Ties): Promise<string[]> {
  const right = await feeds(platform, ties);
  const looks = people.map(async (reader) => {
    const shown = (await allPages<{ id: string }>(reader, '/v1/feed')).map(({ id }) => id);
    const difference = differenceOf(shown, right.get(reader.id) ?? []);
    return difference ? [`${reader.person.username}: ${difference}`] : [];
  });
  return (await Promise.all(looks)).flat();
}

/** How many posts there are in all home feeds together, by the sources. */
export async function fedPosts(platform: Platform, ties: Ties): Promise<number> {
  return [...(await feeds(platform, ties)).values()].flat().length;
}

/** Rows of the tables behind the feeds that should not be there, or are missing, each as one line. */
export async function wrongTimelines(platform: Platform, ties: Ties): Promise<string[]> {
  const wrong = await rows<{ line: string }>(
    platform,
    'post_service',
    `${FED},
     reading AS (SELECT * FROM following UNION SELECT * FROM friends),
     readers AS (SELECT other AS author, count(*)::int AS count FROM reading GROUP BY other)
     SELECT format('%s lacks %s', f.reader, f.id) AS line
       FROM fed f LEFT JOIN timeline_entries e ON e.user_id = f.reader AND e.position = f.position
      WHERE e.user_id IS NULL
     UNION ALL
     SELECT format('%s has %s of %s', e.user_id, e.position, e.author_id)
       FROM timeline_entries e LEFT JOIN posts p ON p.position = e.position
      WHERE p.deleted_at IS NOT NULL OR p.author_id IS DISTINCT FROM e.author_id
         OR (e.user_id, e.author_id) NOT IN (SELECT * FROM reading)
     UNION ALL
     SELECT format('%s and %s stand wrongly', coalesce(r.reader_id, t.one), coalesce(r.author_id, t.other))
       FROM (SELECT * FROM relations WHERE feeds) r
       FULL JOIN reading t ON t.one = r.reader_id AND t.other = r.author_id
      WHERE r.reader_id IS NULL OR t.one IS NULL
     UNION ALL
     SELECT format('%s has %s readers, should have %s', coalesce(a.author_id, r.author), a.readers_count, r.count)
       FROM authors a FULL JOIN readers r ON r.author = a.author_id
      WHERE coalesce(a.readers_count, 0) <> coalesce(r.count, 0)`,
    [await worldOf(platform, ties)],
  );
  return wrong.map(({ line }) => line);
}

async function feeds(platform: Platform, ties: Ties): Promise<Map<string, string[]>> {
  const found = await rows<{ reader: string; posts: string[] }>(
    platform,
    'post_service',
    `${FED} SELECT reader, array_agg(id ORDER BY position DESC) AS posts FROM fed GROUP BY reader`,
    [await worldOf(platform, ties)],
  );
  return new Map(found.map(({ reader, posts }) => [reader, posts]));
}

function differenceOf(shown: string[], right: string[]): string | undefined {
  const missing = right.filter((id) => !shown.includes(id));
  const wrong = shown.filter((id) => !right.includes(id));
  const double = shown.length - new Set(shown).size;
  if (missing.length + wrong.length + double > 0) return `lacks ${missing}, has ${wrong}, ${double} twice`;
  return shown.join() === right.join() ? undefined : 'is in another order';
}
