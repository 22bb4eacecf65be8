#!/bin/sh
# Runs once, when PostgreSQL starts on an empty volume: a database for each service, owned by a role
# that can get into no other one. The passwords come from the environment, not the command line.
set -eu

for service in vault recorder issuer exchange; do
  variable="$(echo "$service" | tr '[:lower:]' '[:upper:]')_DB_PASSWORD"
  SERVICE_PASSWORD="$(printenv "$variable")" \
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -v service="$service" \
    --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password SERVICE_PASSWORD
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke all on database :"service" from public;
SQL
done
