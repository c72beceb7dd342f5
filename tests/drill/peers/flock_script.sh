#!/bin/sh
# From the crontab: * * * * * flock -n /srv/shop/shared/keep.lock /srv/shop/keep
# flock(1) shows the pattern, delayed_job's README the commands.
export RAILS_ENV=production
cd /srv/shop/current || exit
ids='@IDS@'
for id in $ids; do
  bin/delayed_job "--identifier=$id" status >/dev/null 2>&1 || bin/delayed_job "--identifier=$id" start
done
