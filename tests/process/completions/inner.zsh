# What complete.zsh runs inside: completes COMPLETE_LINE, and writes what is offered to COMPLETE_OUT.
PS1= PS2=
fpath=($COMPLETE_FOLDER/zsh $fpath)
autoload -Uz compinit
compinit -u -d $COMPLETE_CACHE
compadd() {
  # What another call only wants to know is none of ours.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a offered
  builtin compadd -A offered "$@"
  builtin compadd "$@"
  print -rl -- $offered >>$COMPLETE_OUT
}
collect() {
  BUFFER=$COMPLETE_LINE
  CURSOR=$#BUFFER
  zle complete-word
  print COMPLETED
  BUFFER=
}
zle -C complete-word complete-word _main_complete
zle -N collect
bindkey '^T' collect
