import { Injectable } from '@nestjs/common';
import { Forbidden, NotFound } from '@plaza/service-kit';
import { UserCache, type UserCacheEntry } from '@plaza/user-cache';
import { Relations } from '../relations/relations.js';
import { pairKey } from '../storage/collections.js';

type Users = Map<string, UserCacheEntry>;

/** Whom one may talk to, and whom one may bring along. */
@Injectable()
export class Invitees {
  constructor(
    private readonly users: UserCache,
    private readonly relations: Relations,
  ) {}

  /**
   * The others, once the service knows them: who has registered a moment ago is waited for. Somebody whose account is gone
   * or between whom and the user there is a block, whoever made it, is nobody.
   * @throws Forbidden ACCOUNT_NOT_ACTIVE (the user's own), NotFound USER_NOT_FOUND
   */
  async find(userId: string, ids: readonly string[]): Promise<Users> {
    const found = await this.users.findMany([userId, ...ids]);
    if (!isActive(found.get(userId) ?? { deleted: false, accountStatus: 'ACTIVE' })) throw accountNotActive();
    const blocked = await this.relations.blockBetween(ids.map((id) => [userId, id]));
    const others = await Promise.all(ids.map(async (id) => found.get(id) ?? this.users.find(id, { wait: true })));
    const known = others.filter((it) => it !== undefined && isActive(it) && !blocked.has(pairKey(userId, it.id)));
    const people = new Map(known.flatMap((it) => (it ? [[it.id, it]] : [])));
    if (people.size < ids.length) throw userNotFound(ids.filter((id) => !people.has(id)));
    return people;
  }

  /** @throws Forbidden INVITE_NOT_ALLOWED, naming those who want to be brought into nothing by the user */
  async mustWantInvitation(userId: string, invited: Users): Promise<void> {
    const unwilling = await this.among(userId, invited, 'invite');
    if (unwilling.length === 0) return;
    const errors = problemsOf('INVITE_NOT_ALLOWED', unwilling);
    throw new Forbidden('INVITE_NOT_ALLOWED', 'Some of them do not want to be invited by you.', { errors });
  }

  /**
   * Whether a first message to somebody has to be agreed to.
   * @throws Forbidden MESSAGES_NOT_WANTED
   */
  async mustAsk(userId: string, other: UserCacheEntry): Promise<boolean> {
    if (other.audience?.message === 'NOBODY')
      throw new Forbidden('MESSAGES_NOT_WANTED', 'This person does not want to be written to.');
    return (await this.among(userId, new Map([[other.id, other]]), 'message')).length > 0;
  }

  /** Those whose audience the user does not belong to. */
  private async among(userId: string, others: Users, what: 'message' | 'invite'): Promise<string[]> {
    const choosy = [...others.values()].filter(({ audience }) => audience?.[what] !== 'EVERYONE');
    const pairs = choosy
      .filter(({ audience }) => audience?.[what] === 'FRIENDS')
      .map(({ id }) => [userId, id] as const);
    const friends = await this.relations.areFriends(pairs);
    return choosy.map(({ id }) => id).filter((id) => !friends.has(pairKey(userId, id)));
  }
}

function isActive({ deleted, accountStatus }: Pick<UserCacheEntry, 'deleted' | 'accountStatus'>): boolean {
  return !deleted && accountStatus === 'ACTIVE';
}

function accountNotActive(): Forbidden {
  return new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
}

function userNotFound(ids: string[]): NotFound {
  const detail = ids.length > 1 ? 'There are no such users.' : 'There is no such user.';
  return new NotFound('USER_NOT_FOUND', detail, { errors: problemsOf('USER_NOT_FOUND', ids) });
}

function problemsOf(code: string, ids: string[]) {
  return ids.map((id) => ({ path: id, code, message: 'this user' }));
}
