# fish completion for bootcheck(1): commands, options, and the workers of the application that the line is about.

set -l commands run status restart stop start why logs config init doctor crontab recover

# The options of the line so far that say which application it is about, and its workers.
function __bootcheck_workers
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l program $words[1]
    set -l context
    for at in (seq 2 (count $words))
        switch $words[$at]
            case -c -C -n -i -e --config --root --workers --identifier --environment
                set -a context $words[$at] (string replace --regex '^~/' "$HOME/" -- $words[(math $at + 1)])
            case '--config=*' '--root=*' '--workers=*' '--identifier=*' '--environment=*'
                set -a context $words[$at]
        end
    end
    command $program $context config --json 2>/dev/null | string replace --regex --filter '^(?: {6}| {10})"name": "(.*)",$' '$1'
end

complete -c bootcheck -f
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a run -d 'One pass, for cron'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a status -d 'What each worker is doing'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a restart -d 'Roll every worker onto the present code'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a stop -d 'Hold workers down'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a start -d 'Release the hold'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a why -d 'The evidence and the decision for a worker'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a logs -d 'What workers have printed'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a config -d 'Check and print the configuration'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a init -d 'Write a first configuration'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'What would keep workers from coming up under cron'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a crontab -d 'Print the crontab line'
complete -c bootcheck -n "not __fish_seen_subcommand_from $commands" -a recover -d 'Hand back the jobs of a host that is gone for good'
complete -c bootcheck -n '__fish_seen_subcommand_from run status restart stop start why logs' -a '(__bootcheck_workers)' -d Worker

complete -c bootcheck -s c -l config -r -F -d 'Configuration, or a folder of them'
complete -c bootcheck -s C -l root -x -a '(__fish_complete_directories)' -d 'The application'
complete -c bootcheck -s n -l workers -x -d 'That many delayed_job workers'
complete -c bootcheck -s i -l identifier -x -d 'This delayed_job worker'
complete -c bootcheck -s e -l environment -x -a 'production staging development' -d 'RAILS_ENV and RACK_ENV'
complete -c bootcheck -l dry-run -d 'Print the plan; signal, start and write nothing'
complete -c bootcheck -l lock-wait -x -a '30s 5m 1h' -d 'Wait for the lock'
complete -c bootcheck -l json -d 'One JSON document'
complete -c bootcheck -s v -l verbose -d 'Say more'
complete -c bootcheck -s q -l quiet -d 'Only problems'
complete -c bootcheck -s h -l help -d Help
complete -c bootcheck -l version -d Version
complete -c bootcheck -n '__fish_seen_subcommand_from run' -l stay -x -d 'Go on for that long: a pass whenever a worker exits'
complete -c bootcheck -n '__fish_seen_subcommand_from restart' -l surge -d 'Start each successor at once, beside the old worker'
complete -c bootcheck -n '__fish_seen_subcommand_from restart stop' -l wait -d 'Stay until it is done'
complete -c bootcheck -n '__fish_seen_subcommand_from stop' -l for -x -a '1h 1d' -d 'End the hold by itself'
complete -c bootcheck -n '__fish_seen_subcommand_from stop' -l reason -x -d 'Shown by status'
complete -c bootcheck -n '__fish_seen_subcommand_from logs' -s f -l follow -d 'Go on with what is added'
complete -c bootcheck -n '__fish_seen_subcommand_from logs' -l lines -x -a '20 100 1000' -d 'That many lines of each file'
complete -c bootcheck -n '__fish_seen_subcommand_from crontab' -l install -d 'Put it into the crontab'
complete -c bootcheck -n '__fish_seen_subcommand_from recover' -l host -x -d 'The host, as it stands in locked_by'
complete -c bootcheck -n '__fish_seen_subcommand_from recover' -l yes -d 'Do not ask'
