import { Injectable } from '@nestjs/common';
import type { FollowState, FriendshipState } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';
import { lockAuthors } from '../feed/author-locks.js';
import { Readers } from '../feed/readers.js';
import { FOLLOWED, FRIENDS, type RelationChange, type RelationWrite, writeRelations } from './relation-writes.js';

/** Who follows and who is friends with whom. */
@Injectable()
export class RelationsService {
  constructor(private readonly readers: Readers) {}

  async applyFollows(manager: EntityManager, facts: ReceivedFact<FollowState>[]): Promise<void> {
    const changes = facts.map(({ fact, version }) => {
      return { readerId: fact.followerId, authorId: fact.followingId, state: fact.status, version };
    });
    await this.apply(manager, FOLLOWED, changes);
  }

  /** A friendship is a relation of each to the other. */
  async applyFriendships(manager: EntityManager, facts: ReceivedFact<FriendshipState>[]): Promise<void> {
    const changes = facts.flatMap(({ fact: { requesterId, addresseeId, status }, version }) => {
      const state = status === 'ACCEPTED';
      return [
        { readerId: requesterId, authorId: addresseeId, state, version },
        { readerId: addresseeId, authorId: requesterId, state, version },
      ];
    });
    await this.apply(manager, FRIENDS, changes);
  }

  /**
   * While a fan-out of one of the authors is under way it is waited for: what it did not see of a new reader, because that
   * was not committed yet, this sees of the post, which was.
   */
  private async apply(manager: EntityManager, write: RelationWrite, changes: RelationChange[]): Promise<void> {
    await lockAuthors(manager, { alone: changes.map(({ authorId }) => authorId) });
    const { began, ended } = await writeRelations(manager, write, changes);
    await this.readers.changed(manager, began, ended);
  }
}
