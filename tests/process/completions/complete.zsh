# complete.zsh FOLDER LINE: what zsh offers behind LINE, a line each. The completion system works in its line editor only,
# so that an inner shell with a terminal is asked.
zmodload zsh/zpty
export COMPLETE_LINE=$2 COMPLETE_FOLDER=$1 COMPLETE_OUT=$(mktemp) COMPLETE_CACHE=$(mktemp)
zpty inner zsh -f -i
zpty -w inner 'source '${0:A:h}/inner.zsh
zpty -w inner $'\C-t'
while zpty -r inner line; do
  [[ $line == *COMPLETED* ]] && break
done
zpty -d inner
cat $COMPLETE_OUT
rm -f $COMPLETE_OUT $COMPLETE_CACHE
