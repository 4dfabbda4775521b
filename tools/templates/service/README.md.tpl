# {{name}}

{{description}}

| | |
|---|---|
| owns | nothing yet but its copy of the users, `user_cache` |
| prefixes | {{prefixes}} |
| publishes | nothing yet |
| consumes | `user.created`, `user.updated`, `user.deleted` (`{{name}}.replica`) into `user_cache` |
| settings | those of the platform: [docs/settings.md](../../docs/settings.md) |
