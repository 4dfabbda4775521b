import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventually } from '@plaza/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { AuthGuard } from '../src/auth/auth.guard.js';
import { CurrentUser } from '../src/auth/decorators.js';
import { Revocations } from '../src/auth/revocations.js';
import { SigningKeys } from '../src/auth/signing-keys.js';
import { type TokenUser } from '../src/auth/token-user.js';
import { TokenVerifier } from '../src/auth/token-verifier.js';
import { ProblemFilter } from '../src/errors/problem.filter.js';
import { Conflict } from '../src/errors/problems.js';
import { Idempotent } from '../src/idempotency/idempotent.js';
import { oneStatement, transaction } from '../src/idempotency/transaction.js';
import { type KitDatabase, kitDatabase } from './kit-database.js';
import { alice, forge, type KeyPair, keyPair } from './tokens.js';

interface Note {
  id: string;
  text: string;
}

/** What the routes below are told to do beyond their work. */
const orders = { fail: false, hold: undefined as Promise<void> | undefined };

@Controller('notes')
class NotesController {
  constructor(private readonly dataSource: DataSource) {}

  @Post()
  @Idempotent()
  async create(@CurrentUser() user: TokenUser, @Body() { text }: Note): Promise<Note> {
    return transaction(this.dataSource, async (manager) => {
      const id = randomUUID();
      await manager.query('INSERT INTO notes VALUES ($1, $2, $3)', [id, user.id, text]);
      await orders.hold;
      if (orders.fail) throw new Conflict('NOTES_CLOSED', 'Not now.');
      return { id, text };
    });
  }

  /** Keeps the id alone and reads the answer afterwards. */
  @Post('by-id/:shelf')
  @Idempotent()
  async createById(@CurrentUser() user: TokenUser, @Param('shelf') shelf: string): Promise<Note | undefined> {
    const id = await transaction(this.dataSource, async (manager) => {
      const made = randomUUID();
      await manager.query('INSERT INTO notes VALUES ($1, $2, $3)', [made, user.id, shelf]);
      return made;
    });
    const [note] = await this.dataSource.query<Note[]>('SELECT id, text FROM notes WHERE id = $1', [id]);
    return note;
  }

  @Post('at-once')
  @Idempotent()
  async createAtOnce(@CurrentUser() user: TokenUser, @Body() { text }: Note): Promise<Note> {
    const insert = {
      name: 'create-note',
      text: `INSERT INTO notes SELECT $1::uuid, $2::uuid, $3::text WHERE $3 <> 'refuse'
             RETURNING id, text`,
      values: [randomUUID(), user.id, text],
    };
    return oneStatement(this.dataSource, insert, ([note]: Note[]) => {
      if (!note) throw new Conflict('NOTES_CLOSED', 'Not now.');
      return { id: note.id, text: note.text };
    });
  }

  @Post('date-at-once')
  @Idempotent()
  async dateAtOnce(): Promise<Array<{ now: Date }>> {
    const now = { name: 'date-at-once', text: 'SELECT now()', values: [] };
    return oneStatement(this.dataSource, now, (rows: Array<{ now: Date }>) => rows);
  }

  /** Tries another way when the first one was rolled back. */
  @Post('second-try')
  @Idempotent()
  async secondTry(@CurrentUser() user: TokenUser): Promise<string> {
    const add = (fail: boolean) =>
      transaction(this.dataSource, async (manager) => {
        const id = randomUUID();
        await manager.query('INSERT INTO notes VALUES ($1, $2, $3)', [id, user.id, 'second']);
        if (fail) throw new Error('taken');
        return id;
      });
    return add(true).catch(() => add(false));
  }

  @Post('two-transactions')
  @Idempotent()
  async twoTransactions(): Promise<void> {
    await transaction(this.dataSource, async () => undefined);
    await transaction(this.dataSource, async () => undefined);
  }

  @Post('with-date')
  @Idempotent()
  async withDate(): Promise<{ at: Date }> {
    return transaction(this.dataSource, async () => ({ at: new Date() }));
  }

  @Post('without-transaction')
  @Idempotent()
  async withoutTransaction(): Promise<void> {}

  @Get()
  async count(): Promise<number> {
    return count(this.dataSource);
  }
}

async function count(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<Array<{ count: string }>>('SELECT count(*) FROM notes');
  return Number(row?.count);
}

describe('Idempotency-Key', () => {
  let database: KitDatabase;
  let dataSource: DataSource;
  let app: NestFastifyApplication;
  let key: KeyPair;

  beforeAll(async () => {
    database = await kitDatabase();
    dataSource = database.dataSource;
    await dataSource.query('CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid NOT NULL, text text NOT NULL)');
    key = await keyPair();
    app = await applicationOn(dataSource, key);
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  beforeEach(async () => {
    orders.fail = false;
    orders.hold = undefined;
    await dataSource.query('TRUNCATE notes, idempotency_keys');
  });

  async function post(idempotencyKey?: string, o: { path?: string; text?: string; user?: string } = {}) {
    const token = await forge(key, { sub: o.user ?? alice.id, ...fresh() });
    return app.inject({
      method: 'POST',
      url: o.path ?? '/notes',
      headers: {
        authorization: `Bearer ${token}`,
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      payload: { text: o.text ?? 'hello' },
    });
  }

  function fresh(): { iat: number; exp: number } {
    const iat = Math.floor(Date.now() / 1_000);
    return { iat, exp: iat + 600 };
  }

  it('changes nothing where none is sent', async () => {
    const answers = [await post(), await post()];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(await count(dataSource)).toBe(2);
  });

  it('gives the first answer again, and says so', async () => {
    const [first, second] = [await post('k1'), await post('k1')];
    expect([second.statusCode, second.json()]).toEqual([201, first.json()]);
    expect([first, second].map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
    expect(await count(dataSource)).toBe(1);
  });

  it('has one effect for 20 requests at once; the others get its answer or are told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('k2')));
    expect(await count(dataSource)).toBe(1);
    const statuses = new Set(answers.map(({ statusCode }) => statusCode));
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    const made = answers.filter(({ statusCode }) => statusCode === 201);
    expect(new Set(made.map(({ body }) => body)).size).toBe(1);
    expect(made.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect((await post('k2')).json()).toEqual(made[0]?.json());
  });

  it('tells who comes while the first is at work to come again', async () => {
    let release: () => void = () => undefined;
    orders.hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = post('k3');
    const locked = () =>
      dataSource.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`);
    await eventually(async () => expect(await locked()).not.toEqual([]));
    const second = await post('k3');
    expect([second.statusCode, second.json().code, second.headers['retry-after']]).toEqual([
      409,
      'IDEMPOTENCY_BUSY',
      '1',
    ]);
    release();
    expect((await first).statusCode).toBe(201);
    expect((await post('k3')).json()).toEqual((await first).json());
  });

  it('refuses the same key for another body, and for another address of the same route', async () => {
    await post('k4');
    const other = await post('k4', { text: 'something else' });
    expect([other.statusCode, other.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    await post('k5', { path: '/notes/by-id/one' });
    const elsewhere = await post('k5', { path: '/notes/by-id/two' });
    expect([elsewhere.statusCode, elsewhere.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await count(dataSource)).toBe(2);
  });

  it('belongs to one user and one route', async () => {
    const bob = '01890000-0000-7000-8000-00000000000b';
    const answers = [await post('k6'), await post('k6', { user: bob }), await post('k6', { path: '/notes/by-id/one' })];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
    expect(await count(dataSource)).toBe(3);
  });

  it('records nothing of a request that failed', async () => {
    orders.fail = true;
    expect((await post('k7')).json().code).toBe('NOTES_CLOSED');
    orders.fail = false;
    const again = await post('k7');
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(await count(dataSource)).toBe(1);
  });

  it('rebuilds the answer from the id where only that was kept', async () => {
    const path = '/notes/by-id/shelf';
    const first = await post('k8', { path });
    await dataSource.query(`UPDATE notes SET text = 'edited since'`);
    expect((await post('k8', { path })).json()).toEqual({ id: first.json().id, text: 'edited since' });
    const [record] = await dataSource.query('SELECT result FROM idempotency_keys');
    expect(record).toEqual({ result: { value: first.json().id } });
  });

  it('is forgotten after 24 hours', async () => {
    await post('k9');
    await dataSource.query(`UPDATE idempotency_keys SET created_at = now() - interval '24 hours'`);
    const later = await post('k9', { text: 'another day' });
    expect([later.statusCode, later.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect((await post('k9', { text: 'another day' })).headers['idempotency-replayed']).toBe('true');
    expect(await count(dataSource)).toBe(2);
  });

  it.each(['', 'with space', 'x'.repeat(256), 'ü'])('can not be %p', async (bad) => {
    const answer = await post(bad);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'IDEMPOTENCY_KEY_INVALID']);
  });

  it('belongs to the transaction that was committed, where another was rolled back before', async () => {
    const answers = [
      await post('k10', { path: '/notes/second-try' }),
      await post('k10', { path: '/notes/second-try' }),
    ];
    expect(answers[1]?.body).toBe(answers[0]?.body);
    expect(await count(dataSource)).toBe(1);
  });

  describe('of a change that is one statement', () => {
    const path = '/notes/at-once';

    it('changes nothing where none is sent', async () => {
      const answers = [await post(undefined, { path }), await post(undefined, { path })];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
      expect(await count(dataSource)).toBe(2);
      expect(await dataSource.query('SELECT FROM idempotency_keys')).toEqual([]);
    });

    it('has one effect for 20 requests at once, and refuses another body', async () => {
      await Promise.all(Array.from({ length: 20 }, () => post('k12', { path })));
      expect(await count(dataSource)).toBe(1);
      const [again, other] = [await post('k12', { path }), await post('k12', { path, text: 'something else' })];
      expect([again.statusCode, again.headers['idempotency-replayed'], again.json().text]).toEqual([
        201,
        'true',
        'hello',
      ]);
      expect([other.statusCode, other.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    });

    it('records nothing where the statement changed nothing', async () => {
      expect((await post('k13', { path, text: 'refuse' })).json().code).toBe('NOTES_CLOSED');
      expect((await post(undefined, { path, text: 'refuse' })).json().code).toBe('NOTES_CLOSED');
      expect(await dataSource.query('SELECT FROM idempotency_keys')).toEqual([]);
    });
  });

  it('finds mistakes of a route, with or without a key', async () => {
    expect((await post(undefined, { path: '/notes/two-transactions' })).statusCode).toBe(500);
    expect((await post(undefined, { path: '/notes/with-date' })).statusCode).toBe(500);
    expect((await post(undefined, { path: '/notes/without-transaction' })).statusCode).toBe(500);
    expect((await post(undefined, { path: '/notes/date-at-once' })).statusCode).toBe(500);
    expect((await post('k11', { path: '/notes/date-at-once' })).statusCode).toBe(500);
  });
});

async function applicationOn(dataSource: DataSource, key: KeyPair): Promise<NestFastifyApplication> {
  const keys = new SigningKeys();
  await keys.put(key.published);
  @Module({
    controllers: [NotesController],
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: TokenVerifier, useValue: new TokenVerifier(keys, new Revocations()) },
      { provide: APP_GUARD, useClass: AuthGuard },
    ],
  })
  class NotesModule {}
  const app = await NestFactory.create<NestFastifyApplication>(NotesModule, new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new ProblemFilter(pino({ level: 'silent' })));
  return app.init();
}
