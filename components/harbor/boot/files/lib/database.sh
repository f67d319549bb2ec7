# shellcheck shell=bash
# Harbor's database: the container's through its socket, one's own through a password file. Sourced after remote.sh.

DATABASE=$(wanted .database.name)
EXTERNAL=$(wanted .database.host)
DATABASE=${DATABASE:-registry}
if [ -n "$EXTERNAL" ]; then
  export PGHOST=$EXTERNAL PGPASSFILE=$RUN_DIR/pgpass PGCONNECT_TIMEOUT=15 \
    PGSSLROOTCERT=${PGSSLROOTCERT:-/etc/ssl/certs/ca-certificates.crt}
  PGPORT=$(wanted .database.port) PGUSER=$(wanted .database.username) PGSSLMODE=$(wanted .database.sslmode)
  export PGPORT PGUSER PGSSLMODE
  printf '*:*:*:*:%s\n' "$(secret .databasePassword | sed 's/[\\:]/\\&/g')" >"$PGPASSFILE"
fi
COUNTS="SELECT json_build_object('project', (SELECT count(*) FROM project), 'harbor_user', (SELECT count(*) FROM harbor_user),
  'robot', (SELECT count(*) FROM robot), 'artifact', (SELECT count(*) FROM artifact),
  'schema', (SELECT max(version) FROM schema_migrations), 'dirty', (SELECT bool_or(dirty) FROM schema_migrations))"

in_database() { if [ -n "$EXTERNAL" ]; then "$@"; else docker exec -i harbor-db "$@"; fi; }

psql_in() { in_database psql -XAtq -v ON_ERROR_STOP=1 -d "$@"; } # DATABASE [options]

counts() { psql_in "$1" -c "$COUNTS" </dev/null | jq -cS .; }

database_up() { # the database alone, as the installed version has it
  local tries
  [ -n "$EXTERNAL" ] || compose "$1" up -d postgresql
  for tries in $(seq 60); do
    # Over TCP: while the container first sets its folder up, only the socket answers.
    ! in_database pg_isready -q -h "${PGHOST:-localhost}" </dev/null || return 0
    sleep "${PAUSE:-2}"
  done
  say "the database did not answer after $tries tries"
  return 1
}

dump_database() { # FILE; prints the counts of the very snapshot that was dumped
  local snapshot counted
  coproc HELD { psql_in "$DATABASE"; }
  local end=${HELD[1]} pid=$HELD_PID
  printf 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot(); %s;\n' "${COUNTS//$'\n'/ }" >&"$end"
  read -r snapshot <&"${HELD[0]}" && read -r counted <&"${HELD[0]}" &&
    in_database pg_dump -Fc --snapshot="$snapshot" -d "$DATABASE" </dev/null >"$1" || return 1
  exec {end}>&-
  wait "$pid" && jq -cS . <<<"$counted"
}

load_database() { # FILE NAME: into a new database of that name
  drop_database "$2" && psql_in postgres -c "CREATE DATABASE \"$2\" TEMPLATE template0 ENCODING 'UTF8'" </dev/null &&
    in_database pg_restore --no-owner --no-privileges --exit-on-error --single-transaction -d "$2" <"$1"
}

drop_database() { psql_in postgres -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" </dev/null; }

switch_database() { # NEW KEPT: in one transaction, Harbor's database becomes KEPT and NEW becomes Harbor's
  psql_in postgres -1 </dev/null \
    -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$DATABASE'" \
    -c "DO \$\$ BEGIN IF EXISTS (SELECT FROM pg_database WHERE datname = '$DATABASE') THEN ALTER DATABASE \"$DATABASE\" RENAME TO \"$2\"; END IF; END \$\$" \
    -c "ALTER DATABASE \"$1\" RENAME TO \"$DATABASE\"" >/dev/null
}
