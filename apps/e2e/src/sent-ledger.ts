/** A message that a client wanted sent. */
export interface Sent {
  conversationId: string;
  senderId: string;
  content: string;
  /** What it was told; absent: no answer came. */
  answer?: { id: string; seq: number };
}

/** What clients have sent and were answered, by the ids that they chose. */
export class SentLedger {
  readonly messages = new Map<string, Sent>();
  /** Up to where somebody was answered to have read, by `<conversation>:<user>`. */
  readonly reads = new Map<string, number>();
  /** How often a message was sent again, because no answer came or the platform was busy. */
  repeats = 0;

  begin(clientId: string, sent: Omit<Sent, 'answer'>): void {
    this.messages.set(clientId, sent);
  }

  answered(clientId: string, answer: { id: string; seq: number }): void {
    const sent = this.messages.get(clientId);
    if (sent) sent.answer = answer;
  }

  read(conversationId: string, userId: string, seq: number): void {
    const key = `${conversationId}:${userId}`;
    this.reads.set(key, Math.max(seq, this.reads.get(key) ?? 0));
  }
}
