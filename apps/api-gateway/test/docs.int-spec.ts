import { Parser } from '@asyncapi/parser';
import { Front } from './front.js';
import type { Dispatch } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];

describe.each(DISPATCHERS)('documentation (%s)', (dispatch) => {
  let front: Front;
  beforeAll(async () => {
    front = await Front.start(dispatch);
  });
  afterAll(() => front?.stop());

  it('is one document of all services that answer, and names the others', async () => {
    const { status, json } = await front.get('/openapi.json');
    expect(status).toBe(200);
    expect(json.openapi).toBe('3.1.0');
    expect(Object.keys(json.paths)).toEqual(['/v1/users/seen', '/v1/social/seen', '/v1/unread']);
    expect(json['x-plaza-missing']).toEqual(['post-service']);
  });

  it('keeps apart what two services call the same', async () => {
    const { components, paths } = (await front.get('/openapi.json')).json;
    expect(components.schemas).toMatchObject({ Thing: { title: '/v1/users' }, SocialThing: { title: '/v1/social' } });
    expect(JSON.stringify(paths['/v1/social/seen'])).toContain('#/components/schemas/SocialThing');
    expect(JSON.stringify(paths['/v1/users/seen'])).toContain('#/components/schemas/Thing');
  });

  it('is asked of the services once in a while, not for every reader', async () => {
    await front.get('/openapi.json');
    const before = front.targets.user?.requests;
    await Promise.all([1, 2, 3].map(() => front.get('/openapi.json')));
    expect(front.targets.user?.requests).toBe(before);
  });

  it('tells the facts and the stream, in a document that the reference parser accepts', async () => {
    const { status, json } = await front.get('/asyncapi.json');
    expect(status).toBe(200);
    const { document, diagnostics } = await new Parser().parse(json);
    expect(diagnostics.filter((it) => it.severity <= 1)).toEqual([]);
    expect(document?.version()).toMatch(/^3\./);
    const channels = document?.channels().all();
    expect(channels?.map((it) => it.address())).toEqual(expect.arrayContaining(['user.created', '/v1/stream']));
    expect(json.channels.stream['x-close-codes']).toHaveProperty('4401');
  });

  it('has a page, with all that it needs from here', async () => {
    expect(await front.get('/docs')).toMatchObject({ status: 302, headers: { location: '/docs/' } });
    const page = await front.get('/docs/');
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['strict-transport-security']).toBe('max-age=15552000');
    expect(page.headers['x-frame-options']).toBe('DENY');
    expect(page.text).not.toMatch(/https?:\/\//);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files).toHaveLength(4);
    for (const file of files) expect((await front.get(file)).status).toBe(200);
  });

  it.each(['/docs/package.json', '/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/index.html'])(
    'shows no other file: %s',
    async (path) => expect([400, 404]).toContain((await front.get(path)).status),
  );

  it('is waited for as little as the services are: the health says who is there', async () => {
    const { json } = await front.get('/health');
    expect(json.parts).toMatchObject({
      'user-service': { up: true },
      'social-service': { up: true },
      'post-service': { up: false },
    });
    expect((await front.get('/health/ready')).status).toBe(200);
    expect((await front.get('/health/startup')).status).toBe(503);
  });
});
