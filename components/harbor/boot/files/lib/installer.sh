# shellcheck shell=bash
# Harbor's installer: downloaded, its checksum and its signature verified, and only then unpacked. Sourced after lib.sh.

download() { # URL SHA256 FILE WHAT: FILE has that sum, or is not there
  local found
  [ "$(digest "$3")" != "$2" ] || return 0
  rm -f "$3"
  curl -fsSL --connect-timeout 20 --retry 3 --retry-all-errors -o "$3.partial" "$1" 2>>"$LOG_FILE" ||
    fail installer "$4 could not be downloaded from $1: $(tail -n1 "$LOG_FILE")"
  found=$(digest "$3.partial")
  if [ "$found" != "$2" ]; then
    rm -f "$3.partial"
    fail installer "$4 from $1 has SHA-256 $found, and $2 is expected: it was deleted, and nothing was unpacked. Compare with the release's page; if that is the new sum, set sha256"
  fi
  mv "$3.partial" "$3"
}

verify() { # FILE: signed by the release's own workflow
  local cosign bundle=$1.sigstore.json
  cosign=$DATA_DIR/installer/cosign-$(wanted .cosign.version)
  download "$(wanted .cosign.url)" "$(wanted .cosign.sha256)" "$cosign" cosign
  chmod 0700 "$cosign"
  curl -fsSL --connect-timeout 20 --retry 3 --retry-all-errors -o "$bundle" "$(wanted .installer.bundleUrl)" 2>>"$LOG_FILE" ||
    fail installer "the installer's signature could not be downloaded from $(wanted .installer.bundleUrl)"
  if ! "$cosign" verify-blob --bundle "$bundle" --certificate-identity "$(wanted .installer.identity)" \
    --certificate-oidc-issuer "$(wanted .installer.issuer)" "$1" >>"$LOG_FILE" 2>&1; then
    rm -f "$1" "$bundle"
    fail installer "the installer is not signed by $(wanted .installer.identity): it was deleted, and nothing was unpacked. See the log; never install it by hand"
  fi
  rm -f "$bundle"
}

installer() { # the wanted version lies unpacked in its place
  local version place archive
  version=$(wanted .version)
  place=$DATA_DIR/installer/$version archive=$DATA_DIR/installer/harbor-$version.tgz
  [ ! -d "$place" ] || return 0
  download "$(wanted .installer.url)" "$(wanted .installer.sha256)" "$archive" "the installer of $version"
  [ -z "$(wanted .installer.bundleUrl)" ] || verify "$archive"
  rm -rf "$place.partial"
  mkdir "$place.partial"
  (umask 022 && tar -xzf "$archive" --no-same-owner -C "$place.partial" 2>>"$LOG_FILE") ||
    fail installer "the installer of $version could not be unpacked: $(tail -n1 "$LOG_FILE")"
  [ -x "$place.partial/harbor/install.sh" ] || fail installer "$(wanted .installer.url) has no harbor/install.sh: it is no installer of Harbor"
  sync -f "$place.partial"
  mv "$place.partial" "$place"
  rm -f "$archive"
}

tidy() { # VERSION: no other version is kept once this one is healthy
  find "$DATA_DIR/installer" -mindepth 1 -maxdepth 1 ! -name "$1" ! -name 'cosign-*' -exec rm -rf {} +
}
