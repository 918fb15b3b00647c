# What the scripts that make and show the figures share; source it behind lib.sh. `out` is the folder of the figures.

# names: the order of the page: the names in examples/order.txt, then the others by the alphabet.
names=()
listed=$([[ ! -f examples/order.txt ]] || grep -vE '^[[:space:]]*(#|$)' examples/order.txt || true)
for name in $listed $(find examples -mindepth 2 -maxdepth 2 -name '*.cpp' -printf '%h\n' | sed 's|.*/||' | sort -u); do
  [[ " ${names[*]-} " == *" $name "* ]] && continue
  [[ -d examples/$name ]] || die "examples/order.txt names $name, and there is no such folder"
  names+=("$name")
done
(( ${#names[@]} )) || die "there is no example in examples/"

# owned <name> <ending>: the files of an example, <name>.* and <name>_*.*, without those of an example with a longer name.
owned() {
  local file base other mine
  for file in "$out/$1.$2" "$out/$1"_*."$2"; do
    [[ -f $file ]] || continue
    base=${file##*/}
    mine=yes
    for other in "${names[@]}"; do
      if [[ $other == "$1"_* && ( $base == "$other".* || $base == "$other"_* ) ]]; then mine=no; fi
    done
    [[ $mine == no ]] || printf '%s\n' "$file"
  done
}
