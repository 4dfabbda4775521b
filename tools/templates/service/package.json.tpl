{
  "name": "@plaza/{{name}}",
  "version": "0.1.0",
  "private": true,
  "type": "module",
  "exports": { ".": { "@plaza/source": "./src/index.ts", "default": "./dist/index.js" } },
  "scripts": {
    "build": "swc src --out-dir dist --strip-leading-paths --config-file ../../.swcrc",
    "test": "node ../../tools/jest.mjs"
  },
  "dependencies": {
    "@nestjs/common": "{{version:@nestjs/common}}",
    "@nestjs/swagger": "{{version:@nestjs/swagger}}",
    "@nestjs/typeorm": "{{version:@nestjs/typeorm}}",
    "@plaza/contracts": "*",
    "@plaza/kafka": "*",
    "@plaza/service-kit": "*",
    "@plaza/user-cache": "*",
    "class-validator": "{{version:class-validator}}",
    "typeorm": "{{version:typeorm}}"
  },
  "nx": { "name": "{{name}}" }
}
