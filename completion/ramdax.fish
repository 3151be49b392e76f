# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion for ramdax in fish. Commands, options and what is said of them are those of --help, which
# a test compares.

# Whether the command is that one; without an argument, whether there is none yet.
function __ramdax_is
    set -l words (commandline -opc)
    set -l command
    set -l value no
    string match -q '*ramdax-gen-cmdline' -- $words[1]; and set command gen-cmdline
    string match -q '*ramdax-update-bootloader' -- $words[1]; and set command update-bootloader
    set -e words[1]
    for word in $words
        if test $value = yes
            set value no
        else if contains -- $word --layout --root
            set value yes
        else if not string match -q -- '-*' $word; and test -z "$command"
            set command $word
        end
    end
    test "$command" = "$argv"
end

# Whether the command, if there is one, has a report.
function __ramdax_reports
    for command in export update-bootloader cat resolve fstab udev
        __ramdax_is $command; and return 1
    end
    return 0
end

# The regions and namespaces of the layout.
function __ramdax_names
    set -l words (commandline -opc)
    set -l where
    for i in (seq 2 (count $words))
        switch $words[$i]
            case '--layout=*' '--root=*'
                set -a where $words[$i]
            case --layout --root
                set -a where $words[$i] (string replace -r '^~' $HOME -- $words[(math $i + 1)])
        end
    end
    $words[1] $where resolve 2>/dev/null | string replace -rf '^name = "([^\\\\]*)"$' '$1'
end

for program in ramdax ramdax-gen-cmdline ramdax-update-bootloader
    complete -c $program -f
    complete -c $program -l layout -rF -d 'the layout (default /etc/ramdax/layout.toml, below --root)'
    complete -c $program -l root -xa '(__fish_complete_directories)' -d 'look at /sys, /proc and /etc below DIR, not at this machine'
    complete -c $program -n __ramdax_reports -l json -d 'report as JSON'
    complete -c $program -s v -l verbose -d 'say more'
    complete -c $program -s q -l quiet -d 'say errors and warnings only'
    complete -c $program -s h -l help -d 'show this'
    complete -c $program -s V -l version -d 'show the version'
    complete -c $program -n '__ramdax_is gen-cmdline' -l fresh -d 'choose anew, and give up what is in running carveouts'
    complete -c $program -n '__ramdax_is gen-cmdline' -l store -d 'also store the line below /var/lib/ramdax, for installers'
    complete -c $program -n '__ramdax_is gen-cmdline' -l stored -d 'print the stored line, if it is this machine\'s'
    complete -c $program -n '__ramdax_is gen-cmdline' -l kexec -d 'print what a kexec command line must repeat'
    complete -c $program -n '__ramdax_is update-bootloader' -l dry-run -d 'show what would change, change nothing'
    complete -c $program -n '__ramdax_is update-bootloader' -l fresh -d 'choose anew, and give up what is in running carveouts'
    complete -c $program -n '__ramdax_is update-bootloader' -l trial -d 'with GRUB: for the next boot only, unless it completes'
    complete -c $program -n '__ramdax_is update-bootloader' -l confirm -d 'decide about a trial, at the end of a boot'
    complete -c $program -n '__ramdax_is update-bootloader' -l remove -d 'take the argument away, and keep it away'
end

complete -c ramdax -n __ramdax_is -a check -d 'say everything that is wrong with the layout'
complete -c ramdax -n __ramdax_is -a plan -d 'show what apply would do, and why; changes nothing'
complete -c ramdax -n __ramdax_is -a apply -d 'make the machine as the layout says'
complete -c ramdax -n __ramdax_is -a status -d 'show what is there now'
complete -c ramdax -n __ramdax_is -a wipe -d 'destroy namespaces of the layout: signatures, info blocks, labels'
complete -c ramdax -n __ramdax_is -a scrub -d 'zero the contents of namespaces, between two tenants'
complete -c ramdax -n __ramdax_is -a export -d 'print a layout that describes the machine as it is'
complete -c ramdax -n __ramdax_is -a gen-cmdline -d 'print the memmap= argument that makes the carveouts'
complete -c ramdax -n __ramdax_is -a update-bootloader -d 'put that argument into the boot loader\'s entries'
complete -c ramdax -n __ramdax_is -a needs -d 'list the kernel modules and programs that the layout needs'
complete -c ramdax -n __ramdax_is -a cat -d 'print the layout with its drop-ins, and where each line is from'
complete -c ramdax -n __ramdax_is -a resolve -d 'print the layout with everything derived or inherited made explicit'
complete -c ramdax -n __ramdax_is -a fstab -d 'print lines for fstab, or check what is mounted'
complete -c ramdax -n __ramdax_is -a udev -d 'name the namespace behind a device, for udev\'s rule'
complete -c ramdax -n '__ramdax_is check' -l machine -d 'also check whether this machine can carry the layout'
complete -c ramdax -n '__ramdax_is plan' -l check -d 'status 6 if there is anything to do, 5 if there is a conflict'
complete -c ramdax -n '__ramdax_is plan' -l no-format -d 'make and expect no file systems'
complete -c ramdax -n '__ramdax_is plan' -l recreate -a '(__ramdax_names)' -d 'make anew what differs (a namespace, a region, or all)'
complete -c ramdax -n '__ramdax_is plan' -l prune -d 'remove what the layout does not name'
complete -c ramdax -n '__ramdax_is plan' -l repair-labels -d 'make lost labels anew, around the data'
complete -c ramdax -n '__ramdax_is apply' -l boot -d 'as the boot does: kernel log, report, status 0 unless required'
complete -c ramdax -n '__ramdax_is apply' -l no-format -d 'make no file systems'
complete -c ramdax -n '__ramdax_is apply' -l recreate -a '(__ramdax_names)' -d 'make anew what differs (a namespace, a region, or all)'
complete -c ramdax -n '__ramdax_is apply' -l prune -d 'remove what the layout does not name'
complete -c ramdax -n '__ramdax_is apply' -l repair-labels -d 'make lost labels anew, around the data'
complete -c ramdax -n '__ramdax_is apply' -l yes -d 'do not ask before something is destroyed'
complete -c ramdax -n '__ramdax_is wipe' -l zero -d 'zero the contents, too'
complete -c ramdax -n '__ramdax_is wipe' -l yes -d 'do not ask'
complete -c ramdax -n '__ramdax_is wipe' -a '(__ramdax_names)'
complete -c ramdax -n '__ramdax_is scrub' -l yes -d 'do not ask'
complete -c ramdax -n '__ramdax_is scrub' -a '(__ramdax_names)'
complete -c ramdax -n '__ramdax_is needs' -l modules -d 'kernel modules only'
complete -c ramdax -n '__ramdax_is needs' -l programs -d 'programs only'
complete -c ramdax -n '__ramdax_is fstab' -l check -d 'say what is not mounted as declared, status 5 if anything'

complete -c ramdax-verify -f
complete -c ramdax-verify -l layout -rF -d 'the layout (default /etc/ramdax/layout.toml)'
complete -c ramdax-verify -l json -d 'report as JSON'
complete -c ramdax-verify -l nagios -d 'report as a Nagios plugin does, exit status included'
complete -c ramdax-verify -l openmetrics -d 'report as OpenMetrics, for Prometheus\' node_exporter'
complete -c ramdax-verify -s h -l help -d 'show this'
complete -c ramdax-verify -s V -l version -d 'show the version'
