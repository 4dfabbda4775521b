import { MongoClientClosedError, MongoOperationTimeoutError, MongoServerError } from 'mongodb';
import { QueryFailedError } from 'typeorm';
import { backoff, isDependencyFailure, pause, whileDependenciesFail } from './retry.js';

function withCode(code: string, message = 'failed'): Error {
  return Object.assign(new Error(message), { code });
}

test.each(['40001', '40P01', '57P01', '57014', '55P03', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'])(
  'takes %s for the failure of a dependency, also behind a wrapper',
  (code) => {
    expect(isDependencyFailure(withCode(code))).toBe(true);
    expect(isDependencyFailure(new QueryFailedError('SELECT 1', [], withCode(code)))).toBe(true);
    expect(isDependencyFailure(new Error('outer', { cause: withCode(code) }))).toBe(true);
    expect(isDependencyFailure(new AggregateError([new Error('x'), withCode(code)]))).toBe(true);
  },
);

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Query read timeout',
])('takes what pg says by its words only: %s', (message) => {
  expect(isDependencyFailure(new Error(message))).toBe(true);
});

test.each([
  ['a primary that is none any more', new MongoServerError({ message: 'not primary', code: 10107 })],
  ['an operation that took too long', new MongoServerError({ message: 'operation exceeded time limit', code: 50 })],
  ['a write conflict', new MongoServerError({ message: 'WriteConflict', code: 112 })],
  ['a commit of which nobody knows', new MongoServerError({ errorLabels: ['UnknownTransactionCommitResult'] })],
  ['the time that was set for an operation', new MongoOperationTimeoutError('timed out')],
  ['the same of a bulk write', new MongoServerError(new MongoOperationTimeoutError('timed out'))],
  ['a client that was closed', new MongoClientClosedError()],
])('takes %s in MongoDB for the failure of a dependency', (_, error) => {
  expect(isDependencyFailure(error)).toBe(true);
});

test.each([
  ['a duplicate key in MongoDB', new MongoServerError({ message: 'E11000 duplicate key error', code: 11000 })],
  ['a document that MongoDB refuses', new MongoServerError({ message: 'Document failed validation', code: 121 })],
  ['a unique violation', withCode('23505')],
  ['a syntax error in SQL', withCode('42601')],
  ['a value too long', withCode('22001')],
  ['an aborted transaction', withCode('25P02')],
  ['a bug', new TypeError('x is not a function')],
  ['something else that is thrown', 'ECONNREFUSED'],
])('does not take %s for one', (_, error) => {
  expect(isDependencyFailure(error)).toBe(false);
});

test('waits longer with each failure, at most 2 s, and never twice as long as another', () => {
  const longest = [1, 2, 3, 4, 5, 6, 20].map((failures) => backoff(failures, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
  expect(backoff(1, () => 0)).toBe(50);
});

test('runs again until a dependency is back, and not after another error', async () => {
  const { signal } = new AbortController();
  const failures: number[] = [];
  const onFailure = (_: unknown, count: number) => failures.push(count);
  let tries = 0;
  const run = async () => {
    if (++tries < 3) throw withCode('40001');
    return 'done';
  };
  await expect(whileDependenciesFail(run, { signal, onFailure })).resolves.toBe('done');
  expect(failures).toEqual([1, 2]);
  const bug = async () => Promise.reject(new TypeError('bug'));
  await expect(whileDependenciesFail(bug, { signal, onFailure })).rejects.toThrow('bug');
});

test('does not run again what took too long, where that is limited', async () => {
  const { signal } = new AbortController();
  let tries = 0;
  const run = async () => {
    tries++;
    await pause(20, signal);
    throw withCode('40001');
  };
  const o = { signal, onFailure: () => undefined, longest: 10 };
  await expect(whileDependenciesFail(run, o)).rejects.toThrow('failed');
  expect(tries).toBe(1);
});

test('stops waiting when it is told to', async () => {
  const controller = new AbortController();
  const waiting = pause(60_000, controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
