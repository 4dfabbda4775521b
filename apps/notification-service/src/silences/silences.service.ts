import { Injectable } from '@nestjs/common';
import { Outbox } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';
import { leaveUnread, type Move, type NotificationState, TOLD_CAUSE, type ToldCause } from '../causes/cause.js';
import { Telling } from '../notifications/telling.service.js';
import { newestOf, type Silence } from './silence.js';

/** Somebody who is told nothing of what somebody else does. */
interface Pair {
  recipientId: string;
  actorId: string;
}

/**
 * Blocks and mutes: kept by their facts, and what was told before they began is taken back. Under the recipients' locks: either
 * a cause that comes at the same moment finds the silence, or the silence finds what the cause has told.
 */
@Injectable()
export class SilencesService {
  constructor(
    private readonly outbox: Outbox,
    private readonly telling: Telling,
  ) {}

  /** A block takes back what either was told of the other, and even of what was read nothing stays in the lists. */
  async applyBlocks(manager: EntityManager, blocks: readonly Silence[]): Promise<void> {
    await this.outbox.lock(manager, ...new Set(blocks.flatMap(({ byId, ofId }) => [byId, ofId])));
    const begun = await manager.query<Pair[]>(BLOCKS, [JSON.stringify(newestOf(blocks))]);
    const both = begun.flatMap((pair) => [pair, { recipientId: pair.actorId, actorId: pair.recipientId }]);
    await this.telling.move(manager, await toldBetween(manager, both), hide);
  }

  /** A mute takes back what is unread. */
  async applyMutes(manager: EntityManager, mutes: readonly Silence[]): Promise<void> {
    await this.outbox.lock(manager, ...new Set(mutes.map(({ byId }) => byId)));
    const begun = await manager.query<Pair[]>(MUTES, [JSON.stringify(newestOf(mutes))]);
    await this.telling.move(manager, await toldBetween(manager, begun), leaveUnread);
  }
}

const BLOCKS = keeping('blocks', 'blocker_id', 'blocked_id');
const MUTES = keeping('mutes', 'muter_id', 'muted_id');

/** Writes what is newer than what is known, and gives those whose silence has begun since, even if it is over already. */
function keeping(table: string, by: string, of: string): string {
  return `
    WITH given AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb)
        AS given ("byId" uuid, "ofId" uuid, version bigint, until timestamptz, "begunBy" bigint)
    ), kept AS (
      INSERT INTO ${table} AS s (${by}, ${of}, version, until) SELECT "byId", "ofId", version, until FROM given
      ON CONFLICT (${by}, ${of}) DO UPDATE SET version = excluded.version, until = excluded.until, updated_at = now()
       WHERE s.version < excluded.version
      RETURNING s.${by} AS by_id, s.${of} AS of_id, coalesce(old.version, 0) AS version_before
    )
    SELECT by_id AS "recipientId", of_id AS "actorId"
      FROM kept JOIN given ON "byId" = by_id AND "ofId" = of_id WHERE "begunBy" > version_before`;
}

async function toldBetween(manager: EntityManager, pairs: readonly Pair[]): Promise<ToldCause[]> {
  if (pairs.length === 0) return [];
  return manager.query<ToldCause[]>(
    `SELECT ${TOLD_CAUSE} FROM causes
      WHERE notification_id IS NOT NULL
        AND (recipient_id, actor_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
    [pairs.map(({ recipientId }) => recipientId), pairs.map(({ actorId }) => actorId)],
  );
}

function hide(_: ToldCause, told: NotificationState): Move {
  if (told === 'read') return 'hidden';
  return told === 'unread' ? 'leaves' : 'stays';
}
