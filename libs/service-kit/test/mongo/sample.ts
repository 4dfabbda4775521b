import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Inject, Injectable, Module, Post } from '@nestjs/common';
import { fact, UserDeleted } from '@plaza/contracts';
import { ensureCollection, fields, type MongoMigration, MongoOutbox } from '@plaza/kafka';
import { IsString, Length } from 'class-validator';
import type { Db } from 'mongodb';
import { Conflict, defineService, isDuplicateKey, MONGO, mongoTransaction, Public } from '../../src/index.js';

export interface NoteDocument {
  _id: string;
  text: string;
}

export const createNotes: MongoMigration = {
  name: '20261125T1200-create-notes',
  async up(db) {
    await ensureCollection(db, 'notes', { validator: fields({ _id: 'string', text: 'string' }) });
    await db.collection('notes').createIndex({ text: 1 }, { name: 'uq_notes_text', unique: true });
  },
  async down(db) {
    await db.dropCollection('notes');
  },
};

class CreateNote {
  @IsString() @Length(1, 200) text: string;
}

@Injectable()
export class NotesService {
  private readonly notes;

  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly outbox: MongoOutbox,
  ) {
    this.notes = db.collection<NoteDocument>('notes');
  }

  /** A note, with a fact to go with it. */
  async create({ text }: CreateNote): Promise<{ id: string }> {
    try {
      return await mongoTransaction(this.db, async (session) => {
        const id = randomUUID();
        await this.notes.insertOne({ _id: id, text }, { session });
        await this.outbox.add(session, fact(UserDeleted, { id, deletedAt: new Date().toISOString() }));
        return { id };
      });
    } catch (error) {
      if (isDuplicateKey(error, 'uq_notes_text')) throw new Conflict('TEXT_TAKEN', 'The text is taken.');
      throw error;
    }
  }

  async list(): Promise<string[]> {
    return (await this.notes.find({}, { sort: { text: 1 } }).toArray()).map(({ text }) => text);
  }
}

@Controller('v1/notes')
@Public()
class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Post()
  create(@Body() body: CreateNote): Promise<{ id: string }> {
    return this.notes.create(body);
  }

  @Get()
  list(): Promise<string[]> {
    return this.notes.list();
  }
}

@Module({ controllers: [NotesController], providers: [NotesService], exports: [NotesService] })
class SampleModule {}

/** A service as small as one can be whose database is MongoDB. */
export const mongoSample = defineService({
  name: 'messaging-service',
  description: 'A sample for tests of the kit',
  settings: {},
  module: () => SampleModule,
  mongo: { migrations: [createNotes] },
});
