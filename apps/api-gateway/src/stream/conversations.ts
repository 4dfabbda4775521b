import { Unavailable } from '@plaza/service-kit';
import type { Calls } from '../dispatch/calls.js';
import type { StreamClient } from './client.js';
import type { ListedMembership } from './memberships.js';

/** Asks messaging-service; without that service nobody has conversations. */
export class Conversations {
  constructor(private readonly calls: Calls) {}

  /**
   * The conversations of a client's user: those that last, and those that have ended in the last ten minutes.
   * @throws Unavailable where messaging-service does not tell them
   */
  async of(client: StreamClient): Promise<ListedMembership[]> {
    if (!this.calls.has('messaging-service')) return [];
    const all: ListedMembership[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await this.page(client, cursor);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  }

  private async page(client: StreamClient, cursor: string): Promise<MembershipPage> {
    const path = `/v1/conversations/memberships?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, body } = await this.calls.call(client, { method: 'GET', path });
    if (status === 200 && isPage(body)) return body;
    throw new Unavailable('CONVERSATIONS_UNKNOWN', `messaging-service does not tell the conversations (${status}).`);
  }
}

interface MembershipPage {
  items: ListedMembership[];
  nextCursor: string | null;
}

function isPage(body: unknown): body is MembershipPage {
  if (typeof body !== 'object' || body === null || !('items' in body) || !('nextCursor' in body)) return false;
  const { items, nextCursor } = body;
  return Array.isArray(items) && items.every(isMembership) && (nextCursor === null || typeof nextCursor === 'string');
}

function isMembership(item: unknown): item is ListedMembership {
  if (typeof item !== 'object' || item === null) return false;
  const { conversationId, joinedVersion, leftVersion } = item as Partial<ListedMembership>;
  const left = leftVersion === null || Number.isSafeInteger(leftVersion);
  return typeof conversationId === 'string' && Number.isSafeInteger(joinedVersion) && left;
}
