import { readInput } from './line.js';

describe('a typed line', () => {
  it.each([
    ['  Hello there ', { do: 'say', text: 'Hello there' }],
    ['//etc is a folder', { do: 'say', text: '/etc is a folder' }],
    ['', { do: 'nothing' }],
    ['/list', { do: 'list' }],
    ['/with @bob', { do: 'with', username: 'bob' }],
    ['/open 3', { do: 'open', place: 3 }],
    ['/group friends bob  @carol', { do: 'group', name: 'friends', usernames: ['bob', 'carol'] }],
    ['/react #12 like', { do: 'react', seq: 12, emotion: 'LIKE' }],
    ['/edit 12 two  words', { do: 'edit', seq: 12, text: 'two  words' }],
    ['/delete 12', { do: 'delete', seq: 12 }],
  ])('%j is understood', (typed, input) => {
    expect(readInput(typed)).toEqual(input);
  });

  it.each([
    '/with',
    '/with bob carol',
    '/open bob',
    '/open 0',
    '/group friends',
    '/react 1 HUNGER',
    '/edit 12',
    '/delete',
  ])('%j is told how it should be', (typed) => {
    expect(readInput(typed)).toEqual({ do: 'wrong', why: expect.stringMatching(/^It is \//) });
  });

  it.each(['/nothing', '/constructor', '/', '/ hello'])('%j is no command', (typed) => {
    expect(readInput(typed)).toEqual({ do: 'wrong', why: expect.stringMatching(/^There is no \//) });
  });
});
