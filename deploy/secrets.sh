#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, in deploy/secrets/. A file that is there is left as it is.
# Only its owner may enter the folder; the files in it are open, since the containers read them as users of their own.
set -eu
umask 022
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"

keep() { # name, value
  [ -s "$folder/$1" ] || printf '%s\n' "$2" >"$folder/$1"
}

keep postgres_password "$(openssl rand -hex 24)"
keep postgres_url "postgres://postgres:$(cat "$folder/postgres_password")@postgres:5432"
keep master_key "$(openssl rand -base64 32)"
keep cursor_key "$(openssl rand -base64 32)"
