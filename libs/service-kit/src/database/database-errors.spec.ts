import { MongoNetworkError, MongoOperationTimeoutError, MongoServerError } from 'mongodb';
import { QueryFailedError } from 'typeorm';
import { Conflict } from '../errors/problems.js';
import { toProblem } from '../errors/to-problem.js';
import { databaseTrouble, isUniqueViolation, sqlState } from './database-errors.js';

const failed = (fields: object, message = 'failed') =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error(message), fields));

describe('trouble with the database', () => {
  it.each(['57P01', '57P03', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'])('is seen in %s', (code) => {
    expect(databaseTrouble(failed({ code }))).toBe('away');
  });

  it.each(['57014', '55P03', '40001', '40P01'])('may be that it is busy: %s', (code) => {
    expect(databaseTrouble(failed({ code }))).toBe('busy');
  });

  it.each(['timeout exceeded when trying to connect', 'Connection terminated unexpectedly', 'Query read timeout'])(
    'is seen where pg has only words: %s',
    (message) => {
      expect(databaseTrouble(new Error(message))).toBe('away');
    },
  );

  it('is seen when every address of a host refuses', () => {
    const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    expect(databaseTrouble(new AggregateError([refused, refused]))).toBe('away');
  });

  it.each(['23505', '22P02', '42P01', '23503'])('is not what a wrong statement has: %s', (code) => {
    expect(databaseTrouble(failed({ code }))).toBeUndefined();
  });

  it.each([
    ['away', new MongoNetworkError('connection 1 to 127.0.0.1:27017 closed')],
    ['away', new MongoServerError({ message: 'not primary', code: 10_107 })],
    ['busy', new MongoOperationTimeoutError('Timed out during socket read')],
    ['busy', new MongoServerError({ message: 'WriteConflict', code: 112 })],
    [undefined, new MongoServerError({ message: 'E11000 duplicate key error', code: 11_000 })],
    [undefined, new MongoServerError({ message: 'Document failed validation', code: 121 })],
  ])('is %s in what MongoDB says: %s', (trouble, error) => {
    expect(databaseTrouble(error)).toBe(trouble);
  });

  it('is not in errors of our own', () => {
    expect(databaseTrouble(new TypeError('undefined is not a function'))).toBeUndefined();
    expect(databaseTrouble('ECONNREFUSED')).toBeUndefined();
  });

  it('becomes a 503 that says when to come back', () => {
    expect(toProblem(failed({ code: '57P01' }))).toMatchObject({
      status: 503,
      code: 'DEPENDENCY_UNAVAILABLE',
      retryAfter: 2,
    });
  });
});

it('tells which unique constraint was violated', () => {
  const error = failed({ code: '23505', constraint: 'uq_users_email' });
  expect(sqlState(error)).toEqual({ code: '23505', constraint: 'uq_users_email' });
  expect(isUniqueViolation(error, 'uq_users_email')).toBe(true);
  expect(isUniqueViolation(error, 'uq_users_username')).toBe(false);
  expect(isUniqueViolation(failed({ code: '23503' }))).toBe(false);
});

it('leaves a unique violation that no service caught unforeseen: only the service knows what it means', () => {
  expect(toProblem(failed({ code: '23505', constraint: 'uq_users_email' }))).toBeUndefined();
});

it('answers what a service threw, whatever caused it', () => {
  const problem = new Conflict('EMAIL_TAKEN', 'Taken.');
  expect(toProblem(problem)).toBe(problem);
});
