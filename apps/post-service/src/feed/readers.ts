import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuthorModes } from './author-modes.js';
import { Backfill } from './backfill.js';
import type { Reading } from './reading.js';

/** What a change of an author's readers means to their timelines. The lock of each author is held alone. */
@Injectable()
export class Readers {
  constructor(
    private readonly modes: AuthorModes,
    private readonly backfill: Backfill,
  ) {}

  async changed(manager: EntityManager, began: Reading[], ended: Reading[]): Promise<void> {
    if (began.length + ended.length === 0) return;
    await this.modes.review(
      manager,
      [...began, ...ended].map(({ authorId }) => authorId),
    );
    if (began.length > 0) {
      await manager.query(MERGE_OR_NOT, columns(began));
      await this.backfill.write(manager, began);
    }
    if (ended.length > 0) await manager.query(REMOVE, columns(ended));
  }
}

const MERGE_OR_NOT = `
  UPDATE relations r SET merged = a.merges
    FROM unnest($1::uuid[], $2::uuid[]) AS began (reader_id, author_id) JOIN authors a ON a.author_id = began.author_id
   WHERE r.reader_id = began.reader_id AND r.author_id = began.author_id AND r.merged <> a.merges`;

const REMOVE = `
  DELETE FROM timeline_entries e USING unnest($1::uuid[], $2::uuid[]) AS ended (reader_id, author_id)
   WHERE e.user_id = ended.reader_id AND e.author_id = ended.author_id`;

function columns(readings: Reading[]): [readers: string[], authors: string[]] {
  return [readings.map(({ readerId }) => readerId), readings.map(({ authorId }) => authorId)];
}
