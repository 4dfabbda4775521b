import { hash } from '@node-rs/argon2';
import { PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher({ hashingQueue: 10 });

  it('knows the password again, and no other', async () => {
    const hashed = await hasher.hash('home', 'correct horse');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await expect(hasher.matches('home', 'correct horse', hashed)).resolves.toBe(true);
    await expect(hasher.matches('home', 'battery staple', hashed)).resolves.toBe(false);
  });

  it('takes an accented letter for the same, however it was typed', async () => {
    const hashed = await hasher.hash('home', 'caf\u00e9 au lait');
    await expect(hasher.matches('home', 'cafe\u0301 au lait', hashed)).resolves.toBe(true);
  });

  it('lets nobody in where there is no hash', async () => {
    await expect(hasher.matches('home', 'correct horse', null)).resolves.toBe(false);
  });

  it('asks to hash again what was hashed with other parameters', async () => {
    expect(hasher.isOutdated(await hash('correct horse', { memoryCost: 8_192, timeCost: 1 }))).toBe(true);
    expect(hasher.isOutdated(await hasher.hash('home', 'correct horse'))).toBe(false);
  });

  it('refuses what does not fit into the queue', async () => {
    const narrow = new PasswordHasher({ hashingQueue: 1 });
    const [first, second] = [narrow.hash('home', 'one'), narrow.hash('home', 'two')];
    expect(() => narrow.refuseWhenBusy('home')).toThrow(/PASSWORD_CHECKS_BUSY/);
    await expect(narrow.hash('home', 'three')).rejects.toMatchObject({ code: 'PASSWORD_CHECKS_BUSY', status: 429 });
    await expect(Promise.all([first, second])).resolves.toHaveLength(2);
    expect(() => narrow.refuseWhenBusy('home')).not.toThrow();
  });
});
