import type { BlockState, MuteCreated, MuteDeleted } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';

/** One user's block or mute of another, as a fact has it. */
export interface Silence {
  byId: string;
  ofId: string;
  version: number;
  /** When it ends or ended; null: it stands until somebody ends it. */
  until: Date | null;
  /** Version of the fact by which it began; 0: by none of those at hand. */
  begunBy: number;
}

export function silenceOfBlock({ fact, type, version, time }: ReceivedFact<BlockState>): Silence {
  const begins = type === 'block.created';
  return { ...begun(begins, version), byId: fact.blockerId, ofId: fact.blockedId, until: begins ? null : time };
}

/** Of mutes only those of notifications matter here. */
export function silenceOfMute({ fact, version, time }: ReceivedFact<MuteCreated | MuteDeleted>): Silence {
  const pair = { byId: fact.muterId, ofId: fact.mutedId };
  if (!('notifications' in fact) || !fact.notifications) return { ...begun(false, version), ...pair, until: time };
  return { ...begun(true, version), ...pair, until: fact.until === null ? null : new Date(fact.until) };
}

/** Of several facts about one pair the newest, in the order of the pairs. */
export function newestOf(silences: readonly Silence[]): Silence[] {
  const newest = new Map<string, Silence>();
  for (const silence of silences) {
    const pair = `${silence.byId} ${silence.ofId}`;
    const known = newest.get(pair);
    newest.set(pair, known ? later(known, silence) : silence);
  }
  return [...newest.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, silence]) => silence);
}

function later(one: Silence, other: Silence): Silence {
  const last = other.version > one.version ? other : one;
  return { ...last, begunBy: Math.max(one.begunBy, other.begunBy) };
}

function begun(begins: boolean, version: number): Pick<Silence, 'version' | 'begunBy'> {
  return { version, begunBy: begins ? version : 0 };
}
