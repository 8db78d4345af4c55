#!/bin/sh
# What the lexicon does, in a home of its own: run by `make demo`.
set -eu

show() {
    printf '\n$ lexicon'
    for word in "$@"; do
        case $word in
            *' '*) printf ' "%s"' "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    lexicon "$@"
}

show init
show search water --from en --to fr -k 3
show search friend --from en --to hi -k 3
show search water --from en --to kn -k 3
show search नदी --from hi --to kn -k 3
show search ಮಳೆ --from kn --to fr -k 3
show search bank --from en --to fr --pos noun -k 4
show search waterproofing --from en --to kn -k 3
show similarity water ನೀರು --from en --to kn
show search paani --from hi --to en -k 2

# Words of one's own: a dictionary of pairs, twice.
pairs=$(mktemp)
trap 'rm -f "$pairs"' EXIT
printf 'rickshaw\tರಿಕ್ಷಾ\nverandah\tಜಗುಲಿ\n' >"$pairs"
show words import "$pairs" --from en --to kn --source demo
show words import "$pairs" --from en --to kn --source demo
show words remove --source demo --yes
show report --pair en-kn --pair kn-hi
show nli classify "Le chien dort." "Le chien ne dort pas."

cat <<TEXT

Next, with this demo's words:

  export LEXICON_HOME=$LEXICON_HOME PATH=${PATH%%:*}:\$PATH
  lexicon search light --from en --to hi --pos adj
  lexicon words export | head
  lexicon status
  lexicon serve        then http://127.0.0.1:8000/ (API: /docs)
TEXT
