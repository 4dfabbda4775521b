import type {
  CommentCreated,
  CommentDeleted,
  CommentLike,
  FollowState,
  Mention,
  NotificationType,
  PostDeleted,
  PostLike,
  PostShared,
} from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import type { CauseChange, DeletedSubject } from './cause.js';

type Told = Pick<CauseChange, 'recipientId' | 'actorId' | 'type' | 'referenceId'> & Partial<CauseChange>;
type Received = Pick<ReceivedFact, 'type' | 'version' | 'time'>;

/** A follow and the request for one are two causes, and every fact of the topic says how both stand. */
export function causesOfFollow({ fact, ...received }: ReceivedFact<FollowState>): CauseChange[] {
  const ends = { recipientId: fact.followingId, actorId: fact.followerId, referenceId: fact.followerId };
  const answeredBy = received.type === 'follow.accepted' ? received.version : 0;
  return [
    change(received, { ...ends, type: 'FOLLOW', stands: received.type === 'follow.created' }),
    change(received, { ...ends, type: 'FOLLOW_REQUEST', stands: received.type === 'follow.requested', answeredBy }),
  ].flat();
}

export function causesOfLike({ fact, ...received }: ReceivedFact<PostLike | CommentLike>): CauseChange[] {
  const stands = received.type.endsWith('.liked');
  const { userId: actorId, postId } = fact;
  const about =
    'commentId' in fact
      ? { recipientId: fact.commentAuthorId, referenceId: fact.commentId, commentId: fact.commentId }
      : { recipientId: fact.postAuthorId, referenceId: postId };
  return change(received, { ...about, type: 'LIKE', actorId, postId, stands });
}

/** The author of the parent is told of an answer, and then not of a comment as well. */
export function causesOfComment({ fact, ...received }: ReceivedFact<CommentCreated | CommentDeleted>): CauseChange[] {
  if ('deletedAt' in fact) return [];
  const { id, postId, authorId: actorId, postAuthorId, parentAuthorId } = fact;
  const told = (type: NotificationType, recipientId: string) =>
    change(received, { type, recipientId, actorId, referenceId: id, postId, commentId: id });
  return [
    parentAuthorId === postAuthorId ? [] : told('COMMENT', postAuthorId),
    parentAuthorId === null ? [] : told('REPLY', parentAuthorId),
  ].flat();
}

/** Those whom the comment itself is told to are not told of being named in it. */
export function causesOfMention({ fact, ...received }: ReceivedFact<Mention>): CauseChange[] {
  const { mentionedUserId: recipientId, authorId: actorId, postId, commentId, postAuthorId, parentAuthorId } = fact;
  if (commentId !== null && [postAuthorId, parentAuthorId].includes(recipientId)) return [];
  const stands = received.type === 'user.mentioned';
  return change(received, {
    ...{ type: 'MENTION', recipientId, actorId, referenceId: commentId ?? postId, postId, commentId, stands },
  });
}

/** A plain share that is taken back and made again is the same cause, as a like is; each quote is one of its own. */
export function causesOfShare({ fact, ...received }: ReceivedFact<PostShared>): CauseChange[] {
  const { id, sharedPostId, sharedPostAuthorId: recipientId, authorId: actorId, content } = fact;
  return change(received, {
    ...{ type: 'SHARE', recipientId, actorId, referenceId: sharedPostId, postId: sharedPostId },
    ...{ itemId: content === null ? sharedPostId : id, shareId: id },
  });
}

export function deletedPosts({ fact, version }: ReceivedFact<PostDeleted>): DeletedSubject[] {
  return [{ id: fact.id, postId: fact.id, commentId: null, version }];
}

/** A comment's replies stay, and so does what they have told. */
export function deletedComments({ fact, version }: ReceivedFact<CommentCreated | CommentDeleted>): DeletedSubject[] {
  return 'deletedAt' in fact ? [{ id: fact.id, postId: fact.postId, commentId: fact.id, version }] : [];
}

/** Nobody is told of what he did himself. */
function change({ version, time }: Received, told: Told): CauseChange[] {
  if (told.actorId === told.recipientId) return [];
  const rest = { itemId: told.referenceId, postId: null, commentId: null, shareId: null, stands: true, answeredBy: 0 };
  return [{ ...rest, version, happenedAt: time, ...told }];
}
