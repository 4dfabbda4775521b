import type { Document, Filter } from 'mongodb';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../storage/documents.js';
import { notHidden, ofMember } from './visible-messages.js';

/** A conversation that is searched by one of its members. */
export interface Searched {
  conversation: Pick<ConversationDocument, '_id' | 'type' | 'request' | 'member_count' | 'last_activity_at'>;
  member: Pick<MemberDocument, 'conversation_id' | 'joined_seq'>;
}

/** Where a message stands among all that are found. */
export type Place = Pick<MessageDocument, 'created_at' | 'conversation_id' | 'seq'>;

const newestFirst = { created_at: -1, conversation_id: -1, seq: -1 };

/**
 * The words of a question as `$text` takes them: each as a phrase, for of words without quotes one is enough, and a hyphen
 * would take messages out.
 */
export function wordsOf(question: string): string {
  const words = question.split(/[\s"\\]+-*|^-+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word) => `"${word}"`).join(' ');
}

/** Searches each conversation by itself, as its part of the text index can only be read so, and puts together what is found. */
export function searchStages(
  userId: string,
  searched: readonly Searched[],
  { words, below, limit }: { words: string; below?: Place; limit: number },
): Document[] {
  const [first = [], ...others] = searched.map(({ member }) => [
    { $match: { ...ofMember(member), $text: { $search: words }, ...(below && placedBelow(below)) } },
    { $sort: newestFirst },
    ...notHidden(userId),
    { $limit: limit },
  ]);
  const united = others.map((pipeline) => ({ $unionWith: { coll: 'messages', pipeline } }));
  return [...first, ...united, { $sort: newestFirst }, { $limit: limit }];
}

function placedBelow({ created_at, conversation_id, seq }: Place): Filter<MessageDocument> {
  return {
    $or: [
      { created_at: { $lt: created_at } },
      { created_at, conversation_id: { $lt: conversation_id } },
      { created_at, conversation_id, seq: { $lt: seq } },
    ],
  };
}
