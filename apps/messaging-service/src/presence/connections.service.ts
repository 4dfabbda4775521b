import { Inject, Injectable } from '@nestjs/common';
import { inTransaction } from '@plaza/kafka';
import { BACKGROUND, CONFIG } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import type { MessagingConfig } from '../config.js';
import { collections } from '../storage/collections.js';
import type { GatewayDocument } from '../storage/documents.js';
import { type ConnectionFact, type ConnectionNews, connectionNews, type Socket } from './connection-news.js';
import { Heartbeats, type WholeBeat } from './heartbeats.js';

/** More than these are stored with the next heartbeat, so that no transaction lasts too long. */
const DIFFERENCES_AT_ONCE = 2_000;
const ENDED_AT_ONCE = 500;

/** Sockets that are there now and were not before, and the other way round. */
interface Difference {
  came: Socket[];
  went: Socket[];
}

/** The open sockets of all gateways, and from when on their users are, or are no longer, there. */
@Injectable()
export class Connections {
  private readonly beats = new Heartbeats();

  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(CONFIG) private readonly config: MessagingConfig,
  ) {}

  /** Takes in what gateways say. Gives the heartbeats that are stored with it, to be forgotten after the commit. */
  async take(session: ClientSession, facts: readonly ConnectionFact[]): Promise<WholeBeat[]> {
    const ids = [...new Set(facts.map(({ gatewayId }) => gatewayId))];
    const gateways = await collections
      .gateways(this.db)
      .find({ _id: { $in: ids } }, { session })
      .toArray();
    const known = new Map(gateways.map(({ _id, beat }) => [_id, beat]));
    const news = connectionNews(facts, { known, whole: (part) => this.beats.take(part) });
    const { came, went } = await this.difference(session, news);
    await this.store(session, { came, went });
    await this.hear(session, news);
    await this.noteUsers(session, { came, went }, { $add: ['$$NOW', this.config.presenceLeaveAfter] });
    return [...news.held].map(([gatewayId, { beat }]) => ({ gatewayId, beat, connections: [] }));
  }

  stored(beats: readonly WholeBeat[]): void {
    for (const beat of beats) this.beats.forget(beat);
  }

  /** Ends the connections of gateways that have died. Tells whether there were any. */
  async endSilent(): Promise<boolean> {
    const silent = await collections
      .gateways(this.db)
      .find(this.silent(), { projection: { _id: 1 } })
      .toArray();
    for (const { _id } of silent) {
      let more = true;
      while (more) more = await inTransaction(this.db, (session) => this.endSome(session, _id));
    }
    return silent.length > 0;
  }

  /** Tells whether there are more. One that was heard of meanwhile lives, and its next heartbeat says what it holds. */
  private async endSome(session: ClientSession, id: string): Promise<boolean> {
    const forgotten = { $set: { beat: 0 } };
    const dead = await collections
      .gateways(this.db)
      .findOneAndUpdate({ _id: id, ...this.silent() }, forgotten, { session });
    if (!dead) return false;
    const of = { gateway_id: id };
    const went = await collections.connections(this.db).find(of, { session, limit: ENDED_AT_ONCE }).toArray();
    await this.store(session, { came: [], went });
    await this.noteUsers(session, { came: [], went }, '$$NOW', dead.seen_at);
    if (went.length === ENDED_AT_ONCE) return true;
    await collections.gateways(this.db).deleteOne({ _id: id }, { session });
    return false;
  }

  private silent(): Document {
    return { $expr: { $lt: ['$seen_at', { $subtract: ['$$NOW', this.config.presenceGatewaySilence] }] } };
  }

  private async difference(session: ClientSession, { opened, closed, held }: ConnectionNews): Promise<Difference> {
    const before = await collections
      .connections(this.db)
      .find({ gateway_id: { $in: [...held.keys()] } }, { session, projection: { user_id: 1, gateway_id: 1 } })
      .toArray();
    const known = new Set(before.map(({ _id }) => _id));
    const went = before.filter(({ _id, gateway_id }) => !held.get(gateway_id)?.sockets.has(_id));
    const came = [...held.values()].flatMap(({ sockets }) =>
      [...sockets.values()].filter(({ _id }) => !known.has(_id)),
    );
    return {
      came: [...opened.values(), ...came.slice(0, DIFFERENCES_AT_ONCE)],
      went: [...closed.values(), ...went.slice(0, DIFFERENCES_AT_ONCE)],
    };
  }

  private async store(session: ClientSession, { came, went }: Difference): Promise<void> {
    const connections = collections.connections(this.db);
    const inserts = came.map(({ _id, ...socket }) => ({
      updateOne: {
        filter: { _id },
        update: [{ $set: { ...socket, opened_at: { $ifNull: ['$opened_at', '$$NOW'] } } }],
        upsert: true,
      },
    }));
    if (inserts.length > 0) await connections.bulkWrite(inserts, { session });
    if (went.length > 0) await connections.deleteMany({ _id: { $in: went.map(({ _id }) => _id) } }, { session });
  }

  private async hear(session: ClientSession, { heard, held }: ConnectionNews): Promise<void> {
    const writes = [...heard].map((_id) => {
      const beat: Document = { $max: [{ $ifNull: ['$beat', 0] }, held.get(_id)?.beat ?? 0] };
      const update = [
        { $set: { beat, seen_at: '$$NOW' } satisfies Record<keyof Omit<GatewayDocument, '_id'>, unknown> },
      ];
      return { updateOne: { filter: { _id }, update, upsert: true } };
    });
    await collections.gateways(this.db).bulkWrite(writes, { session });
  }

  /** @param due when those are to be looked at who have no connection any more */
  private async noteUsers(
    session: ClientSession,
    { came, went }: Difference,
    due: Document | string,
    leftAt: Date | string = '$$NOW',
  ): Promise<void> {
    const here = new Set(came.map(({ user_id }) => user_id));
    const less = [...new Set(went.map(({ user_id }) => user_id))].filter((id) => !here.has(id));
    const still = await this.connected(session, less);
    const gone = less.filter((id) => !still.has(id));
    const left = { left_at: { $ifNull: ['$left_at', leftAt] }, due_at: due };
    const writes = [
      ...[...here].map((id) => presenceWrite(id, { left_at: null, due_at: '$$NOW' })),
      ...gone.map((id) => presenceWrite(id, left)),
    ];
    if (writes.length > 0) await collections.presence(this.db).bulkWrite(writes, { session });
  }

  private async connected(session: ClientSession, userIds: string[]): Promise<Set<string>> {
    if (userIds.length === 0) return new Set();
    const among = { user_id: { $in: userIds } };
    return new Set(await collections.connections(this.db).distinct('user_id', among, { session }));
  }
}

/** Fields of a user's presence that are set, with those that it has from its beginning. */
export function presenceSet(set: Document): Document {
  return {
    chosen: { $ifNull: ['$chosen', 'ONLINE'] },
    told: { $ifNull: ['$told', 'OFFLINE'] },
    shown: { $ifNull: ['$shown', 'OFFLINE'] },
    told_at: { $ifNull: ['$told_at', '$$NOW'] },
    last_seen_at: { $ifNull: ['$last_seen_at', null] },
    left_at: { $ifNull: ['$left_at', null] },
    ...set,
  };
}

function presenceWrite(id: string, set: Document) {
  return { updateOne: { filter: { _id: id }, update: [{ $set: presenceSet(set) }], upsert: true } };
}
