# shellcheck shell=bash
# The data disk: found, formatted only where it is empty, checked, mounted, grown. Sourced after lib.sh.
#
# cloud-init's own fs_setup formats a disk that has data when its server is replaced, so this is ours. What is neither
# empty nor ours stops everything, with nothing written to it.
LABEL=harbor-data

find_disk() { # prints the device; nothing where it is not there yet
  local root found
  if [ "$DEVICE" != ebs:data ]; then
    [ ! -e "$DEVICE" ] || readlink -f "$DEVICE"
    return 0
  fi
  root=$(lsblk -nrpo MAJ:MIN,PKNAME | awk -v of="$(findmnt -nro MAJ:MIN /)" '$1 == of { print $2; exit }')
  found=$(lsblk -dnrpo NAME,MODEL | awk -v root="$root" 'index($2, "Amazon\\x20Elastic\\x20Block\\x20Store") == 1 && $1 != root { print $1 }')
  [ "$(wc -w <<<"$found")" -le 1 ] ||
    fail disk "several EBS volumes could be the data disk: $(xargs <<<"$found"). Detach those that are not, then it goes on by itself"
  printf '%s' "$found"
}

await_disk() { # sets FOUND: a server is often there before its disk is attached
  local end=$((SECONDS + ${DISK_SECONDS:-60}))
  until find_disk >"$RUN_DIR/device" && [ -s "$RUN_DIR/device" ]; do
    [ $SECONDS -lt "$end" ] || fail disk "the data disk ($DEVICE) is not attached. Attach it, then it goes on by itself"
    sleep 1
  done
  FOUND=$(cat "$RUN_DIR/device")
}

what_is() { # DEVICE: prints `empty`, `ours`, or what else is on it
  local found status=0
  found=$(blkid -p -o export "$1" 2>/dev/null) || status=$?
  case $status in
    0)
      if grep -qx TYPE=ext4 <<<"$found" && grep -qx "LABEL=$LABEL" <<<"$found"; then
        echo ours
      else
        echo "a file system or partitions that are not ours ($(grep -E '^(TYPE|LABEL|PTTYPE)=' <<<"$found" | xargs))"
      fi
      ;;
    2) if cmp -s -n 1048576 "$1" /dev/zero; then echo empty; else echo "data in its first MiB, and no file system"; fi ;;
    *) echo "signatures of more than one kind" ;;
  esac
}

make_ready() { # DEVICE, not mounted
  local what status=0
  what=$(what_is "$1")
  case "$what" in
    ours) ;;
    empty)
      say "disk: $1 is empty, so it becomes the data disk"
      mkfs.ext4 -q -m 1 -L "$LABEL" "$1" </dev/null || fail disk "$1 could not be formatted; see /var/log/syslog"
      ;;
    *) fail disk "$1 holds $what: nothing was written to it. Attach the right disk; or, if nothing on it is needed, empty it: wipefs -a $1 && dd if=/dev/zero of=$1 bs=1M count=1" ;;
  esac
  e2fsck -p "$1" >>"$LOG_FILE" 2>&1 || status=$?
  [ "$status" -lt 4 ] || fail disk "the file system on $1 is damaged (e2fsck: $status). Make a snapshot, then e2fsck -f $1, or restore a snapshot"
}

grow() { # DEVICE, mounted: the file system as big as the volume
  local bytes
  bytes=$(blockdev --getsize64 "$1")
  [ "$(cat "$RUN_DIR/disk-bytes" 2>/dev/null)" != "$bytes" ] || return 0
  resize2fs "$1" >>"$LOG_FILE" 2>&1 || fail disk "the file system on $1 could not be made as big as the volume; see $LOG_FILE"
  echo "$bytes" >"$RUN_DIR/disk-bytes"
}

disk() {
  local FOUND
  if mountpoint -q "$DATA_DIR"; then
    FOUND=$(findmnt -nro SOURCE "$DATA_DIR")
    [ "$(blkid -s LABEL -o value "$FOUND")" = "$LABEL" ] ||
      fail disk "$FOUND is mounted at $DATA_DIR and is not the data disk. Unmount it, then it goes on by itself"
  else
    await_disk
    make_ready "$FOUND"
    mkdir -p "$DATA_DIR"
    grep -q "^LABEL=$LABEL " "${FSTAB:-/etc/fstab}" ||
      echo "LABEL=$LABEL $DATA_DIR ext4 defaults,nofail,x-systemd.device-timeout=30s 0 2" >>"${FSTAB:-/etc/fstab}"
    mount "$FOUND" "$DATA_DIR" || fail disk "$FOUND could not be mounted; see dmesg"
    say "disk: $FOUND is mounted at $DATA_DIR"
  fi
  grow "$FOUND"
  mkdir -p "$TLS_DIR" "$DATA_DIR/installer" "$DATA_DIR/harbor"
  # Harbor's containers, which are not root, pass through these two.
  chmod 0755 "$DATA_DIR" "$DATA_DIR/harbor"
}
