#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# "ramdax check" on a machine, what it warns of: kernels that may boot next, their images, kdump.
# A captured machine that satisfies its layout is given such things.

bats_require_minimum_version 1.5.0

setup() {
	here=$BATS_TEST_DIRNAME
	ramdax=${RAMDAX:-$here/../ramdax}
	root=$BATS_TEST_TMPDIR/root
	cp -a "$here/machines/two-ranges-7.3.4" "$root"
	mkdir -p "$root/etc/ramdax"
	running=$(cat "$root/proc/sys/kernel/osrelease")
	cp "$here/cases/06-two-ranges/layout.toml" "$root/etc/ramdax/layout.toml"
	touch -d '2026-05-01 12:00' "$root/etc/ramdax/layout.toml"
}

# kernel RELEASE [MODULE-FILE]: an installed kernel, with or without the driver.
kernel() {
	mkdir -p "$root/${place:-lib}/modules/$1"
	printf 'kernel/fs/ext4/ext4.ko:\n%s' "${2:+kernel/drivers/nvdimm/$2:$'\n'}" \
		>"$root/${place:-lib}/modules/$1/modules.dep"
}

# image PATH DATE
image() {
	mkdir -p "$(dirname "$root/$1")"
	: >"$root/$1"
	touch -d "$2 12:00" "$root/$1"
}

program() {
	mkdir -p "$root/usr/sbin"
	: >"$root/usr/sbin/$1"
}

# check: the machine's layout is fine as it is; $output has the warnings.
check() {
	run -0 "$ramdax" check --root "$root"
	echo "$output"
}

# warns TEXT: as one of the lines.
warns() {
	grep -qxF "ramdax: warning: $1" <<<"$output"
}

@test "nothing to say where nothing will go wrong" {
	image "boot/initrd.img-$running" 2026-05-02
	check
	[ -z "$output" ]
}

@test "kernels without the driver; compressed and built in counts" {
	kernel 6.1 && kernel 6.19-xz ramdax.ko.xz && kernel 6.20-zst ramdax.ko.zst
	kernel 6.21-gz ramdax.ko.gz && kernel 6.22-plain ramdax.ko && kernel 6.23-builtin
	echo kernel/drivers/nvdimm/ramdax.ko >"$root/lib/modules/6.23-builtin/modules.builtin"
	kernel 6.24-other ramdaxed.ko
	place=usr/lib kernel 6.2
	mkdir "$root/lib/modules/5.0-left-by-dkms"
	check
	[ "${#lines[@]}" -eq 3 ]
	for release in 6.1 6.2 6.24-other; do
		warns "kernel \"$release\" has no ramdax driver: nothing of the layout will exist when it boots; install a kernel 6.19 or later with CONFIG_RAMDAX"
	done
}

@test "a kernel that is in both places is told once" {
	kernel 6.1
	mkdir "$root/usr"
	ln -s ../lib "$root/usr/lib"
	check
	[ "${#lines[@]}" -eq 1 ]
}

@test "images older than the layout, and what makes them again" {
	program update-initramfs
	image "boot/initrd.img-$running" 2026-04-30
	kernel 7.0 ramdax.ko.zst
	image boot/initrd.img-7.0 2026-05-02
	image boot/initrd.img-6.0-removed 2026-01-01
	check
	[ "${#lines[@]}" -eq 1 ]
	warns "image \"/boot/initrd.img-$running\" is older than the layout: run \"update-initramfs -u -k all\""
}

@test "images of dracut, Fedora's, SUSE's and Arch's names; not those for rescue and kdump" {
	image "boot/initramfs-$running.img" 2026-04-30
	image "boot/initramfs-${running}kdump.img" 2026-04-30
	image boot/initramfs-0-rescue-0123.img 2026-04-30
	kernel 7.0-default ramdax.ko.zst
	image boot/initrd-7.0-default 2026-04-30
	place=usr/lib kernel 7.1-arch ramdax.ko.zst
	echo linux >"$root/usr/lib/modules/7.1-arch/pkgbase"
	image boot/initramfs-linux.img 2026-04-30
	check
	[ "${#lines[@]}" -eq 3 ]
	for name in "initramfs-$running.img" initrd-7.0-default initramfs-linux.img; do
		warns "image \"/boot/$name\" is older than the layout: run \"dracut --force --regenerate-all\""
	done
}

@test "images of kernel-install, also unified ones" {
	for path in boot/0123/$running/initrd efi/0123/$running/initrd.img-$running \
		"boot/efi/EFI/Linux/0123-$running.efi"; do
		image "$path" 2026-04-30
	done
	image "efi/EFI/Linux/0123-9.9.efi" 2026-04-30
	check
	[ "${#lines[@]}" -eq 3 ]
	for path in boot/0123/$running/initrd efi/0123/$running/initrd.img-$running \
		"boot/efi/EFI/Linux/0123-$running.efi"; do
		warns "image \"/$path\" is older than the layout: run \"kernel-install add $running /usr/lib/modules/$running/vmlinuz\""
	done
}

@test "images of a kernel without the driver are not told of as well" {
	kernel 6.1
	image boot/initrd.img-6.1 2026-04-30
	check
	[ "${#lines[@]}" -eq 1 ]
}

@test "a layout without regions: nothing to warn of" {
	echo 'version = 1' >"$root/etc/ramdax/layout.toml"
	kernel 6.1
	image "boot/initrd.img-$running" 2020-01-01
	run "$ramdax" check --root "$root"
	[[ $output != *warning* ]]
}

@test "warnings are in the JSON, and do not change the status" {
	kernel 6.1
	run -0 --separate-stderr "$ramdax" check --root "$root" --json
	[ "$(jq -r '.status, (.messages[] | .level)' <<<"$output")" = $'0\nwarning' ]
}

@test "another command line: an error that says what to run" {
	sed -i 's/514M!/512M!/' "$root/proc/cmdline"
	grep -v Persistent "$root/proc/iomem" >"$BATS_TEST_TMPDIR/iomem"
	cp "$BATS_TEST_TMPDIR/iomem" "$root/proc/iomem"
	run -4 "$ramdax" check --root "$root"
	echo "$output"
	[[ $output == *'"ramdax gen-cmdline" prints memmap='*'; run "ramdax update-bootloader" and reboot'* ]]
}

@test "a memory map from which no line would be made: a warning" {
	mkdir "$root/sys/firmware/memmap/99"
	printf '0x100000000\n' >"$root/sys/firmware/memmap/99/start"
	printf '0x1000fffff\n' >"$root/sys/firmware/memmap/99/end"
	printf 'Reserved\n' >"$root/sys/firmware/memmap/99/type"
	check
	[[ $output == *'gen-cmdline would print nothing: entries '*overlap* ]]
}

# ---- crash kernels ------------------------------------------------------------------------------

# kdump FILE: standard input becomes those settings; memory is reserved for a crash kernel.
kdump() {
	mkdir -p "$root/etc/default" "$root/etc/sysconfig"
	cat >"$root/etc/$1"
	echo "$(cat "$root/proc/cmdline") crashkernel=256M" >"$BATS_TEST_TMPDIR/cmdline"
	cp "$BATS_TEST_TMPDIR/cmdline" "$root/proc/cmdline"
}

crash_warning='crash kernels get the carveouts of this one, which their memory does not suffice for:'

@test "kdump-tools as it is installed takes the running command line" {
	printf '%s\n' 'USE_KDUMP=1' '#KDUMP_CMDLINE=""' 'KDUMP_CMDLINE_APPEND="nr_cpus=1"' |
		kdump default/kdump-tools
	check
	warns "$crash_warning set KDUMP_CMDLINE in \"/etc/default/kdump-tools\" to a line without memmap=, then run \"kdump-config reload\""
}

@test "kdump-tools with the line of the manual: nothing to warn of" {
	grep '^KDUMP_CMDLINE=' "$here/../man/ramdax.8" | sed 's/\\(aq/'\''/g' >"$BATS_TEST_TMPDIR/line"
	kdump default/kdump-tools <"$BATS_TEST_TMPDIR/line"
	check
	[ -z "$output" ]
	# And it is what it is said to be.
	sed "s,/proc/cmdline,$BATS_TEST_TMPDIR/running," "$BATS_TEST_TMPDIR/line" >"$BATS_TEST_TMPDIR/sourced"
	echo 'root=/dev/vda1 memmap=8G!4G,1G!0x300000000 crashkernel=256M quiet' >"$BATS_TEST_TMPDIR/running"
	[ "$(dash -c ". $BATS_TEST_TMPDIR/sourced; echo \"\$KDUMP_CMDLINE\"")" = 'root=/dev/vda1 quiet modprobe.blacklist=nd_e820' ]
}

@test "kdump-tools: a line of its own, with and without; switched off" {
	kdump default/kdump-tools <<<'KDUMP_CMDLINE="root=/dev/vda1 memmap=8G!4G"'
	check
	warns "$crash_warning set KDUMP_CMDLINE in \"/etc/default/kdump-tools\" to a line without memmap=, then run \"kdump-config reload\""
	echo 'KDUMP_CMDLINE="root=/dev/vda1"' >>"$root/etc/default/kdump-tools"
	check
	[ -z "$output" ]
	printf 'USE_KDUMP=0\n' >"$root/etc/default/kdump-tools"
	check
	[ -z "$output" ]
}

@test "sysconfig: what is removed, or a line of its own" {
	printf '%s\n' 'KDUMP_COMMANDLINE=""' 'KDUMP_COMMANDLINE_REMOVE="hugepages hugepagesz quiet"' |
		kdump sysconfig/kdump
	check
	warns "$crash_warning add memmap to KDUMP_COMMANDLINE_REMOVE in \"/etc/sysconfig/kdump\", then run \"kdumpctl restart\""
	sed -i 's/hugepagesz quiet/hugepagesz memmap quiet/' "$root/etc/sysconfig/kdump"
	check
	[ -z "$output" ]
	echo 'KDUMP_COMMANDLINE="quiet"' >"$root/etc/sysconfig/kdump"
	check
	[ -z "$output" ]
	: >"$root/etc/sysconfig/kdump"
	check
	warns "$crash_warning set KDUMP_COMMANDLINE in \"/etc/sysconfig/kdump\" to a line without memmap=, then restart kdump"
}

@test "settings without memory for a crash kernel: nothing to warn of" {
	mkdir -p "$root/etc/default"
	echo 'USE_KDUMP=1' >"$root/etc/default/kdump-tools"
	check
	[ -z "$output" ]
}

@test "an owner whom the root does not know: an error, since no image could store the layout" {
	local layout=$root/etc/ramdax/layout.toml
	sed -i '0,/^name = "a"$/s//&\nowner = "cache"\ngroup = "disk"/' "$layout"
	grep -q '^owner' "$layout"
	check # a captured machine has no database of users
	[ -z "$output" ]
	echo 'cache:x:77:77::/:' >"$root/etc/passwd"
	echo 'dask:x:6:' >"$root/etc/group"
	run -3 "$ramdax" check --root "$root"
	[ "$output" = "$layout:$(grep -n -B 1 -x 'name = "a"' "$layout" | sed 's/-.*//;q'):1: unknown group \"disk\"" ]
	run -3 "$ramdax" resolve --root "$root"
	echo 'disk:x:6:' >"$root/etc/group"
	check
	[ -z "$output" ]
}

# ---- the script behind a command ----------------------------------------------------------------

@test "update-bootloader is the script beside the program, with its options" {
	mkdir "$BATS_TEST_TMPDIR/sbin"
	cp "$ramdax" "$BATS_TEST_TMPDIR/sbin/ramdax"
	cat >"$BATS_TEST_TMPDIR/sbin/ramdax-update-bootloader" <<-'END'
		#!/bin/sh
		echo "$RAMDAX"
		printf '<%s>' "$@"
		exit 5
	END
	chmod 755 "$BATS_TEST_TMPDIR/sbin/ramdax-update-bootloader"
	run -5 "$BATS_TEST_TMPDIR/sbin/ramdax" --root 'a b' update-bootloader --trial -v --dry-run --layout "x'y"
	[ "$output" = "$BATS_TEST_TMPDIR/sbin/ramdax
<--dry-run><--trial><--verbose><--layout><x'y><--root><a b>" ]
	run -5 "$BATS_TEST_TMPDIR/sbin/ramdax" -q update-bootloader
	[[ $output == *'<--quiet>' ]]
	run -2 "$BATS_TEST_TMPDIR/sbin/ramdax" update-bootloader --unknown
	run -2 "$BATS_TEST_TMPDIR/sbin/ramdax" update-bootloader word
}

@test "update-bootloader has the script's options, and no other" {
	local script=$here/../bootloader/ramdax-update-bootloader
	"$script" --help | grep -oE -- '^ +(-., )?--[a-z-]+' | sort >"$BATS_TEST_TMPDIR/script"
	"$ramdax" update-bootloader --help | grep -oE -- '^ +(-., )?--[a-z-]+' |
		sort | diff "$BATS_TEST_TMPDIR/script" -
	[ "$(RAMDAX=$ramdax "$script" --layout=x -V)" = "$("$ramdax" --version)" ]
	run -2 "$script" --layout=
	[[ $output == *$'\nramdax: try "ramdax-update-bootloader --help"' ]]
}

# ran_in_initramfs LAYOUT: what the run in it reported, with that layout in the image.
ran_in_initramfs() {
	mkdir -p "$root/run/ramdax"
	: >"$root/etc/initrd-release"
	"$ramdax" status --json --root "$root" --layout "$1" >"$root/run/ramdax/report.json"
	rm "$root/etc/initrd-release"
}

# outdated: what status says of the image of this boot.
outdated() {
	run -0 --separate-stderr "$ramdax" status --json --root "$root"
	echo "$stderr"
	jq -c '[.image.program == .program, .image.outdated]' <<<"$output"
}

@test "a boot whose initramfs had another layout is told by what it did, not by its text" {
	local layout=$root/etc/ramdax/layout.toml
	image "boot/initrd.img-$running" 2026-05-02
	program update-initramfs
	[ "$(outdated)" = $'\n[false,null]' ]
	"$ramdax" resolve --layout "$layout" >"$root/stored"
	ran_in_initramfs "$root/stored"
	[ "$(outdated)" = $'\n[true,false]' ]
	echo '# a comment' >>"$layout"
	[ "$(outdated)" = $'\n[true,false]' ]
	sed -i 's/^version = 1/&\nboot_timeout = 59/' "$layout"
	[ "$(outdated)" = "ramdax: warning: the initramfs of this boot holds another layout than \
\"$layout\", and so will that of the next: run \"update-initramfs -u -k all\"
[true,true]" ]
	run -0 "$ramdax" apply --boot --root "$root"
	[[ $output == *'this boot holds another layout'*'update-initramfs -u -k all'* ]]
	touch "$root/boot/initrd.img-$running"
	[ "$(outdated)" = $'\n[true,true]' ]
	echo 'version = 2' >"$root/stored"
	ran_in_initramfs "$root/stored"
	rm "$root/boot/initrd.img-$running"
	[[ $(outdated) == *': make the image again'*'[true,true]' ]]
}
