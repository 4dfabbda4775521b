import { Post } from './post.entity.js';

const NOW = new Date('2026-11-25T12:00:00.000Z');

const post = (fields: Partial<Post> = {}) =>
  Object.assign(new Post(), { content: 'before', privacy: 'PUBLIC', editedAt: null, ...fields });

it('is edited when its words change', () => {
  const edited = post();
  expect(edited.edit({ content: 'after' }, NOW)).toBe(true);
  expect(edited).toMatchObject({ content: 'after', privacy: 'PUBLIC', editedAt: NOW });
});

it('is not called edited when only its privacy changes', () => {
  const edited = post();
  expect(edited.edit({ content: 'before', privacy: 'FRIENDS' }, NOW)).toBe(true);
  expect(edited).toMatchObject({ content: 'before', privacy: 'FRIENDS', editedAt: null });
});

it.each([{}, { content: 'before' }, { privacy: 'PUBLIC' as const }])('does not change by %j', (changes) => {
  expect(post().edit(changes, NOW)).toBe(false);
});

it('has edits a moment apart even when the clock stands still or goes back', () => {
  const edited = post();
  const times = ['one', 'two', 'three'].map((content) => {
    edited.edit({ content }, NOW);
    return edited.editedAt?.toISOString();
  });
  expect(times).toEqual(['2026-11-25T12:00:00.000Z', '2026-11-25T12:00:00.001Z', '2026-11-25T12:00:00.002Z']);
});

it('cannot be edited where it is a share without words', () => {
  expect(() => post({ content: null }).edit({ content: 'words' }, NOW)).toThrow(
    expect.objectContaining({ code: 'SHARE_NOT_EDITABLE' }),
  );
});
