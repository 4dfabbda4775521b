import { wordsOf } from './search-stages.js';

it.each([
  ['coffee', '"coffee"'],
  ['coffee  cake', '"coffee" "cake"'],
  ['"a phrase"', '"a" "phrase"'],
  ['-secret --sauce well-known', '"secret" "sauce" "well-known"'],
  ['a\\"b', '"a" "b"'],
  ['ÄÖ 7', '"ÄÖ" "7"'],
  ['!? …', ''],
])('asks for all words of %p', (question, words) => {
  expect(wordsOf(question)).toBe(words);
});
