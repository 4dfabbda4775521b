import { IsIn, IsRFC3339, IsUUID } from 'class-validator';
import { Fact, type FactOptions } from './fact.js';

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
