# place.sh MODE DIRECTORY: runs on the host. MODE place: receives a program, tries it, puts it in place; back: puts the
# previous one back; look: says what lies there. Sent by deploy.ts, which reads the lines that begin with @.
# Until it is told to go, everything is in a file beside the target, which goes whatever ends this. From then on nothing
# that happens at the other end stops it: at its end there is the new program, tried, or the one that was there.
set -u
mode=$1 directory=$2
target=$directory/cutter
previous=$directory/cutter.previous
new= kept= busy=

say() { printf '%s\n' "@$*" 2>/dev/null || :; }
fail() { say failed "$@"; exit 1; }
clean() {
  if [ -n "$new" ]; then rm -f -- "$new"; fi
  if [ -n "$kept" ]; then rm -f -- "$kept"; fi
  if [ -n "$busy" ]; then rm -f -- "$busy"; fi
}
# Whoever asked may be gone, and is then not told; that ends nothing.
trap '' PIPE
trap clean EXIT
trap 'exit 130' HUP INT TERM

digest() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d ' ' -f 1
}

# What a program says of itself: its verdict, or its last lines, each after a bar; and whether it is sound.
tried() {
  said=$("$1" selftest </dev/null 2>&1)
  code=$? lines=8
  if [ $code -eq 0 ]; then lines=1; fi
  printf '%s\n' "$said" | tail -n $lines | while IFS= read -r line; do say "| $line"; done
  return $code
}

# A second name for the program that is there; a copy where the file system has no second names.
keep() {
  kept=$directory/.cutter.deploy.kept.$$
  ln -- "$target" "$kept" 2>/dev/null || cp -pP -- "$target" "$kept" 2>/dev/null || fail unkept "$target"
}

# No step leaves the target without a program, and none removes the one that was there.
restore() {
  if [ -z "$kept" ]; then rm -f -- "$target"; return; fi
  old=$kept kept=
  mv -f -- "$old" "$target" || fail unrestored "$old"
}

keep_as_previous() {
  old=$kept kept=
  mv -f -- "$old" "$previous" || say left "$old"
}

# First whether anything is under way: where nothing is, what is read afterwards changes no more.
look() {
  for name in "$directory"/.cutter.deploy.*; do
    if [ -e "$name" ]; then say left "$name"; fi
  done
  for name in "$target" "$previous"; do
    # One that is taken away meanwhile is not there.
    sum=$(digest "$name" 2>/dev/null)
    if [ -n "$sum" ]; then say there "$sum $name"; fi
  done
}

check_directory() {
  [ -d "$directory" ] || fail absent "$directory"
  [ -w "$directory" ] || fail unwritable "$directory"
  if [ -e "$target" ] && [ ! -f "$target" ]; then fail occupied "$target"; fi
}

receive() {
  read -r size expected || exit 130
  new=$(mktemp "$directory/.cutter.deploy.XXXXXX" 2>&1) || { reason=$new; new=; fail unwritable "$directory: $reason"; }
  reason=$(head -c "$size" 2>&1 > "$new") || fail unwritten "$reason"
  # Of what was cut off on its way, too: it is another one.
  got=$(digest "$new")
  [ "$got" = "$expected" ] || fail digest "$got"
  chmod 755 "$new" || fail unwritten "its mode"
  sync "$new" 2>/dev/null || sync
  say copied "$got"
  tried "$new" || fail selftest "$code before it was put in place"
}

# Nothing is put in place for somebody who is gone.
wait_for_word() {
  say tried
  read -r word || word=
  [ "$word" = go ] || fail interrupted
  trap '' HUP INT TERM
}

# Who looks meanwhile sees by a file that it is not over, where there is no old program to be seen either.
put_in_place() {
  busy=$directory/.cutter.deploy.busy.$$
  : > "$busy" || fail unwritten "$busy"
  if [ -e "$target" ] || [ -L "$target" ]; then keep; fi
  mv -f -- "$1" "$target" || fail unplaced "$target"
  sync "$directory" 2>/dev/null || sync
}

case $mode in
  look) look ;;
  place)
    say host "$(uname -s) $(uname -m)"
    look
    check_directory
    say free "$(df -Pk "$directory" | tail -n 1 | awk '{ print $4 }')"
    receive
    wait_for_word
    put_in_place "$new"
    new=
    tried "$target" || { restore; fail selftest "$code in place; what was there before is back"; }
    if [ -n "$kept" ]; then keep_as_previous; fi
    say placed "$("$target" --version 2>/dev/null)" ;;
  back)
    check_directory
    [ -f "$previous" ] || fail no_previous "$previous"
    [ -f "$target" ] || fail no_previous "$target"
    tried "$previous" || fail selftest "$code before it was put back"
    wait_for_word
    put_in_place "$previous"
    tried "$target" || { mv -f -- "$target" "$previous"; restore; fail selftest "$code in place; it was taken back"; }
    keep_as_previous
    say placed "$("$target" --version 2>/dev/null)" ;;
esac
