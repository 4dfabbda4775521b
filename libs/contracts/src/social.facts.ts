import { IsBoolean, IsIn, IsRFC3339, IsUUID } from 'class-validator';
import { Fact, type FactOptions } from './fact.js';
import { Nullable } from './rules.js';

export type FollowStatus = 'ACTIVE' | 'PENDING' | 'NONE';

/** What one user's follow of another is now; the same fields in every fact of the topic, so that a replica needs one write. */
export abstract class FollowState {
  @IsUUID() followerId: string;
  @IsUUID() followingId: string;
  abstract status: FollowStatus;
  /** When the follow, or the request for it, was made. */
  @IsRFC3339() createdAt: string;
}

const follow: Omit<FactOptions<FollowState>, 'type'> = {
  topic: 'follow',
  kind: 'state',
  producer: 'social-service',
  key: (it) => `${it.followerId}:${it.followingId}`,
};

/** Published when a user follows another who need not agree, after commit, by social-service. */
@Fact<FollowCreated>({ ...follow, type: 'follow.created' })
export class FollowCreated extends FollowState {
  @IsIn(['ACTIVE']) override status: 'ACTIVE';
}

/** Published when a user asks to follow a private account, after commit, by social-service. */
@Fact<FollowRequested>({ ...follow, type: 'follow.requested' })
export class FollowRequested extends FollowState {
  @IsIn(['PENDING']) override status: 'PENDING';
}

/** Published when a private account accepts a follower, after commit, by social-service. */
@Fact<FollowAccepted>({ ...follow, type: 'follow.accepted' })
export class FollowAccepted extends FollowState {
  @IsIn(['ACTIVE']) override status: 'ACTIVE';
}

/** Published when a follow or the request for one ends, by either side, after commit, by social-service. */
@Fact<FollowDeleted>({ ...follow, type: 'follow.deleted' })
export class FollowDeleted extends FollowState {
  @IsIn(['NONE']) override status: 'NONE';
}

const laterBySocial = 'social-service publishes it once blocks, mutes and friendships stand; replicas are ready for it';

/** One user's block of another; the same fields in both facts. Only services learn of it, never the blocked. */
export abstract class BlockState {
  @IsUUID() blockerId: string;
  @IsUUID() blockedId: string;
  @IsRFC3339() createdAt: string;
}

const block: Omit<FactOptions<BlockState>, 'type'> = {
  topic: 'block',
  kind: 'state',
  producer: 'social-service',
  key: (it) => `${it.blockerId}:${it.blockedId}`,
  planned: laterBySocial,
};

/** Published when a user blocks another (follow and friendship end by facts of their own), after commit, by social-service. */
@Fact<BlockCreated>({ ...block, type: 'block.created' })
export class BlockCreated extends BlockState {}

/** Published when a user ends a block, after commit, by social-service. */
@Fact<BlockDeleted>({ ...block, type: 'block.deleted' })
export class BlockDeleted extends BlockState {}

/** What one user no longer wants to see of another. */
export abstract class MuteState {
  @IsUUID() muterId: string;
  @IsUUID() mutedId: string;
  @IsBoolean() posts: boolean;
  @IsBoolean() notifications: boolean;
  /** When it ends by itself; null: when the muter ends it. */
  @Nullable() @IsRFC3339() until: string | null;
  @IsRFC3339() createdAt: string;
}

const mute: Omit<FactOptions<Pick<MuteState, 'muterId' | 'mutedId'>>, 'type'> = {
  topic: 'mute',
  kind: 'state',
  producer: 'social-service',
  key: (it) => `${it.muterId}:${it.mutedId}`,
  planned: laterBySocial,
};

/** Published when a user mutes another, or changes what is muted, after commit, by social-service. */
@Fact<MuteCreated>({ ...mute, type: 'mute.created' })
export class MuteCreated extends MuteState {}

/** Published when a user ends a mute, after commit, by social-service. */
@Fact<MuteDeleted>({ ...mute, type: 'mute.deleted' })
export class MuteDeleted {
  @IsUUID() muterId: string;
  @IsUUID() mutedId: string;
}

export type FriendshipStatus = 'PENDING' | 'ACCEPTED' | 'DECLINED' | 'NONE';

/** How two users stand to each other; the same fields in every fact of the topic. */
export abstract class FriendshipState {
  @IsUUID() requesterId: string;
  @IsUUID() addresseeId: string;
  abstract status: FriendshipStatus;
  /** When friendship was asked for. */
  @IsRFC3339() createdAt: string;
}

const friendship: Omit<FactOptions<FriendshipState>, 'type'> = {
  topic: 'friendship',
  kind: 'state',
  producer: 'social-service',
  key: ({ requesterId, addresseeId }) => [requesterId, addresseeId].sort().join(':'),
  planned: laterBySocial,
};

/** Published when a user asks another for friendship, after commit, by social-service. */
@Fact<FriendshipRequested>({ ...friendship, type: 'friendship.requested' })
export class FriendshipRequested extends FriendshipState {
  @IsIn(['PENDING']) override status: 'PENDING';
}

/** Published when friendship begins, after commit, by social-service. */
@Fact<FriendshipAccepted>({ ...friendship, type: 'friendship.accepted' })
export class FriendshipAccepted extends FriendshipState {
  @IsIn(['ACCEPTED']) override status: 'ACCEPTED';
}

/** Published when a request for friendship is declined, after commit, by social-service. */
@Fact<FriendshipDeclined>({ ...friendship, type: 'friendship.declined' })
export class FriendshipDeclined extends FriendshipState {
  @IsIn(['DECLINED']) override status: 'DECLINED';
}

/** Published when a friendship, or the request for one, ends by either side, after commit, by social-service. */
@Fact<FriendshipDeleted>({ ...friendship, type: 'friendship.deleted' })
export class FriendshipDeleted extends FriendshipState {
  @IsIn(['NONE']) override status: 'NONE';
}
