# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A Debian system to put memmap= into, for bats: an image with GRUB's real tools, where the stand-in
# ./ramdax chooses the line, and what "make install" puts beside it.
#
#	boot_system_prepare	for a file of tests: makes it, with nothing of ramdax in grub.cfg yet
#	boot_system		for each test: a copy
#	inside COMMAND...	runs there
#	inside_script <<'END'	a shell script runs there
#	update [OPTION]...	runs ramdax-update-bootloader there, as bats' run does
#	normal_entries		the arguments of the entries in grub.cfg; recovery_entries: of others

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
tree=$here/../..

LINE=memmap=256M!0x100000000,512M!0x200000000

boot_system_prepare() {
	image=$BATS_FILE_TMPDIR/image
	mke2fs -q -t ext4 -L system -d "$("$tree/tests/distribution" trixie grub2-common)" "$image" 600M
	tar -C "$tree" -c bootloader grub tests/bootloader/ramdax tests/bootloader/tools |
		inside tar -C /opt -x --no-same-owner
	inside_script <<-END
		chmod 755 /opt/tests/bootloader/tools/*
		mkdir -p /stub /etc/ramdax /etc/default/grub.d /boot/grub /usr/lib/ramdax/bootloader
		cp /opt/bootloader/*.sh /usr/lib/ramdax/bootloader/
		cp /opt/bootloader/ramdax-update-bootloader /opt/tests/bootloader/ramdax /usr/sbin/
		echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"' >/etc/default/grub
		echo 'GRUB_CMDLINE_LINUX="console=ttyS0"' >>/etc/default/grub
		: >/etc/ramdax/layout.toml
		for version in 6.12.1-amd64 7.3.4-amd64; do
			echo kernel >/boot/vmlinuz-\$version
			echo initrd >/boot/initrd.img-\$version
		done
		echo 0 >/stub/status
		: >/stub/images
		echo m1 >/stub/machine
		echo '$LINE' >/stub/line
		cp /opt/grub/42_ramdax /etc/grub.d/
		update-grub
		cp /opt/grub/ramdax.cfg /etc/default/grub.d/
	END
}

boot_system() {
	image=$BATS_TEST_TMPDIR/image
	cp --sparse=always "$BATS_FILE_TMPDIR/image" "$image"
}

# What every file does, unless it defines one of these again.
setup_file() {
	boot_system_prepare
}

setup() {
	cd "$tree" || exit
	boot_system
}

teardown() {
	rm -f "$image"
}

inside() {
	"$here/enter" "$image" "$@"
}

inside_script() {
	inside sh -euc "$(cat)"
}

# shellcheck disable=SC2154 # output is of run
update() {
	run inside ramdax-update-bootloader "$@"
	echo "$output"
}

# Writes a file there from standard input.
inside_file() {
	inside tee "$1" >/dev/null
}

# entries: ID<tab>ARGUMENTS of all entries in grub.cfg.
entries() {
	inside sed -nE "s/.*menuentry '.*id_option '([^']*)'.*/\1/p
		s/^[[:space:]]*linux[[:space:]]+[^ ]+ /\t/p" /boot/grub/grub.cfg |
		awk '/^gnulinux-advanced/ { next } /^\t/ { print id $0; next } { id = $0 }'
}

# normal_entries, recovery_entries: their arguments.
normal_entries() {
	entries | grep '^gnulinux' | grep -v recovery | cut -f 2
}

recovery_entries() {
	entries | grep recovery | cut -f 2
}

# trial_entry: its arguments, if there is one.
trial_entry() {
	entries | sed -n 's/^ramdax-trial\t//p'
}

# next_boot CMDLINE IOMEM COMMAND...: runs the command as if the machine had booted again, with
# that command line and those carveouts (START-END, none, ...).
next_boot() {
	local range
	echo next | inside_file /stub/boot_id
	echo "BOOT_IMAGE=/vmlinuz $1" | inside_file /stub/cmdline
	for range in $2; do
		echo "$range : Persistent Memory (legacy)"
	done | inside_file /stub/iomem
	shift 2
	inside sh -c 'mount --bind /stub/boot_id /proc/sys/kernel/random/boot_id
		mount --bind /stub/cmdline /proc/cmdline
		mount --bind /stub/iomem /proc/iomem
		exec "$@"' sh "$@"
}

# all_have TEXT: each line of standard input has that word, and there is more than one line.
all_have() {
	local line n=0
	while read -r line; do
		echo "$line"
		[[ " $line " == *" $1 "* ]] || return
		n=$((n + 1))
	done
	((n > 1))
}

none_has() {
	local lines
	lines=$(cat)
	[[ $lines && $lines != *"$1"* ]] || {
		echo "$lines"
		return 1
	}
}
