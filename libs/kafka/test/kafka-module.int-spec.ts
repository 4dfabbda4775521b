import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Fact, fact } from '@plaza/contracts';
import { eventually } from '@plaza/testing';
import { IsString } from 'class-validator';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { EphemeralProducer } from '../src/ephemeral-producer.js';
import { KafkaModule } from '../src/kafka.module.js';
import { KafkaLink } from '../src/kafka-link.js';
import { Outbox } from '../src/outbox/outbox.js';
import { Topics } from '../src/topics.js';
import { NoteWritten } from './note.facts.js';
import type { PostgresNotes } from './notes-postgres.js';
import { OutboxBed } from './outbox-bed.js';

/** Somebody is writing a note just now. */
@Fact<NoteTyping>({
  type: 'note-typing',
  topic: 'note-typing',
  kind: 'ephemeral',
  producer: 'post-service',
  key: (it) => it.note,
})
class NoteTyping {
  @IsString() note: string;
}

describe('KafkaModule', () => {
  let bed: OutboxBed<PostgresNotes>;
  let app: INestApplicationContext;

  beforeEach(async () => {
    bed = await OutboxBed.onPostgres();
  });
  afterEach(async () => {
    await app.close();
    await bed.stop();
  });

  async function start(o: { database: boolean }): Promise<void> {
    const background = o.database ? bed.notes.dataSource : undefined;
    const options = { settings: bed.settings, background, logger: pino({ level: 'silent' }), registry: new Registry() };
    app = await NestFactory.createApplicationContext(KafkaModule.forRoot(options), { logger: false });
  }

  it('publishes while the application runs, and frees the lease at its end', async () => {
    await start({ database: true });
    const outbox = app.get(Outbox);
    await bed.notes.dataSource.transaction((manager) =>
      outbox.add(manager, fact(NoteWritten, { note: 'first', number: 1, text: '' })),
    );
    await bed.published();
    expect(app.get(KafkaLink)).toMatchObject({ connected: true, seenOnce: true });
    await app.close();
    const [lease] = await bed.notes.dataSource.query(`SELECT until < clock_timestamp() AS free FROM relay_lease`);
    expect(lease).toEqual({ free: true });
  });

  it('does without an outbox where there is no database, and sends ephemeral facts', async () => {
    await start({ database: false });
    expect(() => app.get(Outbox)).toThrow();
    await app.get(Topics).ensure(['note-typing']);
    await app.get(EphemeralProducer).send(fact(NoteTyping, { note: 'mine' }));
    await eventually(async () => {
      const [record] = await bed.records('note-typing');
      expect(record).toMatchObject({ key: 'mine', fact: { note: 'mine' }, headers: { ce_type: 'note-typing' } });
    });
  });

  it('sends no fact past the outbox that belongs in it', async () => {
    await start({ database: false });
    const note = fact(NoteWritten, { note: 'mine', number: 1, text: '' });
    await expect(app.get(EphemeralProducer).send(note)).rejects.toThrow('belongs in the outbox');
  });
});
