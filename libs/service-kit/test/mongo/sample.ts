import { createHash, randomUUID } from 'node:crypto';
import { Body, Controller, Get, Inject, Injectable, Module, Post } from '@nestjs/common';
import { fact, UserDeleted } from '@plaza/contracts';
import { ensureCollection, fields, inTransaction, type MongoMigration, MongoOutbox } from '@plaza/kafka';
import { IsString, Length } from 'class-validator';
import type { ClientSession, Collection, Db } from 'mongodb';
import {
  Conflict,
  defineService,
  type IdempotencyScope,
  Idempotent,
  isDuplicateKey,
  MONGO,
  mongoTransaction,
  type OwnRecord,
  ownRecord,
  Public,
} from '../../src/index.js';

interface NoteDocument {
  _id: string;
  text: string;
}

const createNotes: MongoMigration = {
  name: '20261125T1200-create-notes',
  async up(db) {
    await ensureCollection(db, 'notes', { validator: fields({ _id: 'string', text: 'string' }) });
    await db.collection('notes').createIndex({ text: 1 }, { name: 'uq_notes_text', unique: true });
  },
  async down(db) {
    await db.dropCollection('notes');
  },
};

/** What the routes are told to do beyond their work. */
export const orders: { fail: boolean; hold?: () => Promise<void> } = { fail: false };

class CreateNote {
  @IsString() @Length(1, 200) text: string;
}

interface NoteView {
  id: string;
  text: string;
}

@Injectable()
class NotesService {
  private readonly notes: Collection<NoteDocument>;

  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly outbox: MongoOutbox,
  ) {
    this.notes = db.collection('notes');
  }

  /** A note, with a fact to go with it. */
  async create({ text }: CreateNote): Promise<NoteView> {
    try {
      return await mongoTransaction(this.db, async (session) => {
        const id = randomUUID();
        await this.insert({ _id: id, text }, session);
        await orders.hold?.();
        if (orders.fail) throw new Conflict('NOTES_CLOSED', 'Not now.');
        return { id, text };
      });
    } catch (error) {
      if (isDuplicateKey(error, 'uq_notes_text')) throw new Conflict('TEXT_TAKEN', 'The text is taken.');
      throw error;
    }
  }

  /** A note in somebody else's transaction, under an id that the request gives. */
  async createOwn({ text }: CreateNote, scope?: IdempotencyScope): Promise<OwnRecord<NoteView>> {
    const id = scope ? createHash('sha256').update(`${scope.userId} ${scope.key}`).digest('hex') : randomUUID();
    const known = await this.notes.findOne({ _id: id });
    if (known) return { result: { id, text: known.text }, replayed: true };
    await inTransaction(this.db, (session) => this.insert({ _id: id, text }, session));
    return { result: { id, text }, replayed: false };
  }

  async list(): Promise<string[]> {
    return (await this.notes.find({}, { sort: { text: 1 } }).toArray()).map(({ text }) => text);
  }

  async slow(): Promise<number> {
    return this.notes.countDocuments({ $expr: { $function: { body: SLEEP, args: [], lang: 'js' } } });
  }

  private async insert(note: NoteDocument, session: ClientSession): Promise<void> {
    await this.notes.insertOne(note, { session });
    const told = fact(UserDeleted, { id: randomUUID(), deletedAt: new Date().toISOString() });
    await this.outbox.add(session, told);
  }
}

const SLEEP = 'function () { sleep(3000); return true; }';

@Controller('v1/notes')
class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Post()
  @Idempotent()
  create(@Body() body: CreateNote): Promise<NoteView> {
    return this.notes.create(body);
  }

  @Post('own')
  @Idempotent()
  createOwn(@Body() body: CreateNote): Promise<NoteView> {
    return ownRecord((scope) => this.notes.createOwn(body, scope));
  }

  @Post('twice')
  @Idempotent()
  async twice(@Body() body: CreateNote): Promise<void> {
    await this.notes.create(body);
    await this.notes.create(body);
  }

  @Get()
  list(): Promise<string[]> {
    return this.notes.list();
  }

  @Get('public')
  @Public()
  publicList(): Promise<string[]> {
    return this.notes.list();
  }

  @Get('slow')
  slow(): Promise<number> {
    return this.notes.slow();
  }
}

@Module({ controllers: [NotesController], providers: [NotesService] })
class SampleModule {}

/** A service as small as one can be whose database is MongoDB. */
export const mongoSample = defineService({
  name: 'messaging-service',
  description: 'A sample for tests of the kit',
  settings: {},
  module: () => SampleModule,
  mongo: { migrations: [createNotes] },
});
