import type { RingEntry } from './ring.js';

/** The frames of a conversation that its member sees, by their versions, both included. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What messaging-service says of one membership. */
export interface ListedMembership {
  conversationId: string;
  /** Version of the frame that told of the joining. */
  joinedVersion: number;
  /** Version of the frame that told of the leaving; null while it lasts. */
  leftVersion: number | null;
}

interface KnownSpan extends Span {
  until: number;
  /** The frame that ends it has been met. */
  over: boolean;
}

type Change = Pick<RingEntry, 'audienceId' | 'version' | 'joined' | 'left'>;

/**
 * When a user was a member of which conversations. The list of messaging-service was true at some moment, while records of
 * earlier changes may still be on their way and later ones be here already: the versions of the frames tell what was when.
 */
export class Memberships {
  private readonly spans = new Map<string, KnownSpan[]>();

  constructor(
    private readonly userId: string,
    listed: Iterable<ListedMembership> = [],
  ) {
    for (const { conversationId, joinedVersion: from, leftVersion } of listed) {
      this.add(conversationId, { from, until: leftVersion ?? Number.POSITIVE_INFINITY, over: false });
    }
  }

  /** Takes in a change of members, whether it was known or not. */
  learn({ audienceId, version, joined, left }: Change): void {
    if (joined.includes(this.userId) && !this.spanAt(audienceId, version)) {
      this.add(audienceId, { from: version, until: Number.POSITIVE_INFINITY, over: false });
    }
    if (!left.includes(this.userId)) return;
    const span = this.spanAt(audienceId, version);
    if (span) Object.assign(span, { until: version, over: true });
    else this.add(audienceId, { from: 0, until: version, over: true });
  }

  /** @param asOf the version at which the user must have been a member already */
  includes(conversationId: string, version: number, asOf = version): boolean {
    const span = this.spanAt(conversationId, version);
    return span !== undefined && span.from <= asOf;
  }

  /** The memberships whose end has not been met. */
  *lasting(): Generator<[conversationId: string, spans: readonly Span[]]> {
    for (const [conversationId, spans] of this.spans) {
      const lasting = spans.filter(({ over }) => !over);
      if (lasting.length > 0) yield [conversationId, lasting];
    }
  }

  private add(conversationId: string, span: KnownSpan): void {
    const spans = this.spans.get(conversationId) ?? [];
    this.spans.set(
      conversationId,
      [...spans, span].sort((a, b) => a.from - b.from),
    );
  }

  private spanAt(conversationId: string, version: number): KnownSpan | undefined {
    return this.spans.get(conversationId)?.find(({ from, until }) => from <= version && version <= until);
  }
}
