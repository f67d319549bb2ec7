# shellcheck shell=bash
# Harbor's database: the container's through its socket, one's own through a password file. Sourced.
# shellcheck source=remote.sh
. "$LIB_DIR/remote.sh"

DATABASE=$(wanted '.database.name // "registry"')
PGHOST=$(wanted .database.host)
if [ -n "$PGHOST" ]; then
  export PGHOST PGPORT PGUSER PGSSLMODE PGPASSFILE=$RUN_DIR/pgpass PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt
  read -r PGPORT PGUSER PGSSLMODE < <(wanted '.database | "\(.port) \(.username) \(.sslmode)"')
  printf '*:*:*:*:%s\n' "$(secret .databasePassword | sed 's/[\\:]/\\&/g')" >"$PGPASSFILE"
fi
COUNTS="SELECT to_json(c) FROM (SELECT (SELECT count(*) FROM project) project, (SELECT count(*) FROM harbor_user) harbor_user, \
(SELECT count(*) FROM robot) robot, (SELECT count(*) FROM artifact) artifact, version, dirty FROM schema_migrations) c"

in_database() { if [ -n "$PGHOST" ]; then "$@"; else docker exec -i harbor-db "$@"; fi; }

psql_in() { in_database psql -XAtq -v ON_ERROR_STOP=1 -d "$@"; } # DATABASE [options]

say_to() { psql_in "$1" -c "$2" </dev/null; } # DATABASE SQL

database_up() { # the database alone, as the installed version has it
  [ -n "$PGHOST" ] || compose "$(installed)" up -d postgresql
  for _ in $(seq 60); do
    # Over TCP: while the container first sets its folder up, only the socket answers.
    ! in_database pg_isready -q -h "${PGHOST:-localhost}" </dev/null || return 0
    sleep "${PAUSE:-2}"
  done
  return 1
}

dump_database() { # FILE; prints the counts of the very snapshot that was dumped
  local snapshot counted
  coproc HELD { psql_in "$DATABASE"; }
  local end=${HELD[1]} pid=$HELD_PID
  echo "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot(); $COUNTS;" >&"$end"
  read -r snapshot <&"${HELD[0]}" && read -r counted <&"${HELD[0]}" &&
    in_database pg_dump -Fc --snapshot="$snapshot" -d "$DATABASE" </dev/null >"$1" || return 1
  exec {end}>&-
  wait "$pid" && echo "$counted"
}

load_database() { # FOLDER NAME: a fetched backup into a new database of that name; the rows have to be the manifest's
  drop_database "$2" && say_to postgres "CREATE DATABASE \"$2\" TEMPLATE template0" &&
    in_database pg_restore --no-owner --no-privileges --exit-on-error --single-transaction -d "$2" <"$1/database.dump" &&
    [ "$(say_to "$2" "$COUNTS")" = "$(jq -c .counts "$1/manifest.json")" ]
}

drop_database() { say_to postgres "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" >>"$LOG_FILE" 2>&1; }

switch_database() { # NEW KEPT: in one transaction, Harbor's database becomes KEPT and NEW becomes Harbor's
  psql_in postgres -1 -f - >>"$LOG_FILE" <<<"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$DATABASE';
SELECT 'ALTER DATABASE \"$DATABASE\" RENAME TO \"$2\"' FROM pg_database WHERE datname = '$DATABASE' \\gexec
ALTER DATABASE \"$1\" RENAME TO \"$DATABASE\";"
}
