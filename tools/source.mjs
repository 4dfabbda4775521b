// Lets Node run the workspace's TypeScript as it stands, for tools that work before anything is built: Node strips the
// types itself, this finds `x.ts` behind the `./x.js` that our imports name. Only for packages without decorators.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !context.parentURL?.endsWith('.ts'))
      return nextResolve(specifier, context);
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    return existsSync(fileURLToPath(source)) ? nextResolve(source.href, context) : nextResolve(specifier, context);
  },
});
