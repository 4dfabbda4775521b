import type { StreamClient } from './client.js';
import type { Span } from './memberships.js';
import type { RingEntry } from './ring.js';

/** Which clients a frame is for, found by user and by conversation, so that its cost is that of those who get it. */
export class Audience {
  private readonly users = new Map<string, Set<StreamClient>>();
  private readonly conversations = new Map<string, Map<StreamClient, readonly Span[]>>();
  private readonly all = new Set<StreamClient>();

  get clients(): ReadonlySet<StreamClient> {
    return this.all;
  }

  get userCount(): number {
    return this.users.size;
  }

  clientsOf(userId: string): ReadonlySet<StreamClient> {
    return this.users.get(userId) ?? NOBODY;
  }

  add(client: StreamClient): void {
    this.all.add(client);
    const { id } = client.user;
    const clients = this.users.get(id) ?? new Set();
    this.users.set(id, clients.add(client));
  }

  remove(client: StreamClient): void {
    this.all.delete(client);
    for (const conversationId of [...client.conversations]) this.leave(client, conversationId);
    const { id } = client.user;
    const clients = this.users.get(id);
    clients?.delete(client);
    if (clients?.size === 0) this.users.delete(id);
  }

  /** @param spans of a member who has left and come back, several: the frames of all that may still be on their way */
  join(client: StreamClient, conversationId: string, spans: readonly Span[]): void {
    const members = this.conversations.get(conversationId) ?? new Map<StreamClient, readonly Span[]>();
    this.conversations.set(conversationId, members.set(client, spans));
    client.conversations.add(conversationId);
  }

  leave(client: StreamClient, conversationId: string): void {
    client.conversations.delete(conversationId);
    const members = this.conversations.get(conversationId);
    members?.delete(client);
    if (members?.size === 0) this.conversations.delete(conversationId);
  }

  /** The live clients that are to get a frame which has just come. Who joins or leaves with it gets it as the first or last one. */
  *of(entry: RingEntry): Generator<StreamClient> {
    if (entry.audience === 'USER') {
      for (const client of this.clientsOf(entry.audienceId)) if (isFor(client, entry)) yield client;
      return;
    }
    this.letIn(entry);
    for (const [client, spans] of this.conversations.get(entry.audienceId) ?? []) {
      if (isFor(client, entry) && spans.some((span) => sees(span, entry))) yield client;
    }
    this.letOut(entry);
  }

  private letIn({ joined, audienceId, version }: RingEntry): void {
    for (const userId of joined) {
      // One whose list is still being asked for will learn it from the ring.
      for (const client of this.clientsOf(userId)) {
        if (!client.knowsConversations) continue;
        const spans = this.spansOf(client, audienceId);
        if (spans.some(({ from, until }) => from <= version && version <= until)) continue;
        this.join(client, audienceId, [...spans, { from: version, until: Number.POSITIVE_INFINITY }]);
      }
    }
  }

  private letOut({ left, audienceId, version }: RingEntry): void {
    for (const userId of left) {
      for (const client of this.clientsOf(userId)) {
        const later = this.spansOf(client, audienceId).filter(({ from }) => from > version);
        if (later.length > 0) this.join(client, audienceId, later);
        else this.leave(client, audienceId);
      }
    }
  }

  private spansOf(client: StreamClient, conversationId: string): readonly Span[] {
    return this.conversations.get(conversationId)?.get(client) ?? [];
  }
}

const NOBODY: ReadonlySet<StreamClient> = new Set();

function isFor(client: StreamClient, { exceptUserId }: RingEntry): boolean {
  return client.live && client.user.id !== exceptUserId;
}

/** What is momentary has no version of the conversation's: it is for those who are members now. */
function sees({ from, until }: Span, { momentary, version, asOf = version }: RingEntry): boolean {
  if (momentary) return until === Number.POSITIVE_INFINITY;
  return from <= Math.min(version, asOf) && version <= until;
}
