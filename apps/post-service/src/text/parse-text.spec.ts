import { parseText } from './parse-text.js';

describe('hashtags', () => {
  it.each([
    ['a post about #TypeScript and #nestjs', ['typescript', 'nestjs']],
    ['#Größe #привет #日本語 #हिन्दी #Ünïcode', ['größe', 'привет', '日本語', 'हिन्दी', 'ünïcode']],
    ['the same twice: #Rust #rust', ['rust']],
    ['the same in two spellings: #caf\u00e9 #cafe\u0301', ['caf\u00e9']],
    ['punctuation ends it: (#one), #two! #three-four', ['one', 'two', 'three']],
    ['#snake_case #2026', ['snake_case', '2026']],
    ['not in a word a#b, nor ##double, nor C# alone, nor &#39;', []],
    ['not in a link https://example.org/#top, nor example.org/#top', []],
    [`one that is too long: #${'a'.repeat(101)}`, []],
    [`one that is just short enough: #${'a'.repeat(100)}`, ['a'.repeat(100)]],
    ['nothing #', []],
  ])('%s', (text, hashtags) => {
    expect(parseText(text).hashtags).toEqual(hashtags);
  });
});

describe('usernames', () => {
  it.each([
    ['hello @Bob and @alice.b_2', ['bob', 'alice.b_2']],
    ['the same twice: @bob @BOB', ['bob']],
    ['@bob. @carol, (@dave) “@erin”: .@frank', ['bob', 'carol', 'dave', 'erin', 'frank']],
    ["@bob's", ['bob']],
    ['not an e-mail address bob@example.org, nor one elsewhere: @bob@example.org', []],
    ['not in a word a@bob, nor @@bob, nor @bobé, nor @bo.\u0438', []],
    ['not in a link https://example.org/@bob, nor example.org/@bob', []],
    [`too short: @bo, too long: @${'b'.repeat(51)}`, []],
    [`just long enough: @${'b'.repeat(50)}`, ['b'.repeat(50)]],
    ['letters that only look alike: @\u212Aelvin', []],
    ['@ nobody', []],
  ])('%s', (text, usernames) => {
    expect(parseText(text).usernames).toEqual(usernames);
  });
});

it('finds nothing in a share without words', () => {
  expect(parseText(null)).toEqual({ hashtags: [], usernames: [] });
});
