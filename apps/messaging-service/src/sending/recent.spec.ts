import { Recent } from './recent.js';

it('has the last ones', () => {
  const recent = new Recent(2);
  for (const text of ['a', 'b', 'a', 'c']) recent.add(text);
  expect(['a', 'b', 'c'].filter((text) => recent.has(text))).toEqual(['a', 'c']);
});
