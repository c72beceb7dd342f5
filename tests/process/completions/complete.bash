# complete.bash FOLDER LINE: what bash would offer behind LINE, a line each. The words are split as readline does it.
source "$1/bash/bootcheck"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=()
rest=$2
while [[ $rest ]]; do
  case $rest in
    ' '*)
      rest=${rest#"${rest%%[! ]*}"}
      [[ $rest ]] || COMP_WORDS+=('')
      continue
      ;;
    =*) word== ;;
    *) word=${rest%%[ =]*} ;;
  esac
  COMP_WORDS+=("$word")
  rest=${rest#"$word"}
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; } # it is for completions that readline has asked for
function=$(complete -p bootcheck)
function=${function#*-F }
"${function%% *}"
for word in "${COMPREPLY[@]}"; do
  printf '%s\n' "$word"
done
