#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031 # bats makes a subshell of every test
#
# What mounts what the layout declares: units of ramdax-generator, lines of ramdax fstab; and what
# udev's rule is told. tests/mounts/root is a machine, tests/mounts/expected-* is what is made for it,
# with every unit in one file; RAMDAX_BLESS=yes writes them anew.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=${RAMDAX:-$PWD/ramdax}
	units=$BATS_TEST_TMPDIR/units
	root=$BATS_TEST_TMPDIR/root
	layout=$root/etc/ramdax/layout.toml
	cp -a tests/mounts/root "$root"
	mkdir -p "$units" "$BATS_TEST_TMPDIR/bin"
	ln -s "$ramdax" "$BATS_TEST_TMPDIR/bin/ramdax-generator"
}

generate() {
	run --separate-stderr "$BATS_TEST_TMPDIR/bin/ramdax-generator" --root "$root" "$units" \
		"$units.early" "$units.late"
	echo "$output$stderr"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

nothing() {
	find "$units"
	[ -z "$(find "$units" -mindepth 1)" ]
}

# Every file and link below $1, with its contents.
contents() {
	(cd "$1" && find . -type f -printf '%P\n' -o -type l -printf '%P -> %l\n' | LC_ALL=C sort |
		while IFS= read -r file; do
			echo "=== $file"
			[[ $file == *' -> '* ]] || sed "s,$root,,; s,^SourcePath=tests/mounts/root,SourcePath=," "$file"
		done)
}

# expect NAME: standard input is what tests/mounts/NAME has.
expect() {
	if [ "${RAMDAX_BLESS-}" ]; then
		cat >"tests/mounts/$1"
	else
		diff -u "tests/mounts/$1" -
	fi
}

@test "units of the real root" {
	generate
	[ -z "$stderr" ]
	contents "$units" | expect expected-units
}

@test "units of the initramfs: only what says x-initrd.mount, below /sysroot" {
	: >"$root/etc/initrd-release"
	generate
	[ -z "$stderr" ]
	contents "$units" | expect expected-initrd
}

@test "lines for fstab, which its reader understands" {
	"$ramdax" fstab --root "$root" | expect expected-fstab
	"$ramdax" fstab --root "$root" >"$BATS_TEST_TMPDIR/fstab"
	run findmnt --fstab --tab-file "$BATS_TEST_TMPDIR/fstab" -n -r -o TARGET,FSTYPE
	echo "$output"
	[[ $output == *'/var/cache/my\x20cache-1 ext4'* ]]
	[ "${#lines[@]}" -eq 7 ]
}

@test "fstab --check: what is mounted by hand only need not be mounted" {
	cp -a "$BATS_TEST_DIRNAME/machines/four-modes-7.3.4" "$BATS_TEST_TMPDIR/machine"
	printf '%s\n' 'version = 1' '[[region]]' 'name = "main"' '[[region.namespace]]' 'name = "sectors"' \
		'mode = "sector"' 'size = "16MiB"' '[region.namespace.filesystem]' 'type = "ext2"' \
		'mount_point = "/srv/x"' >"$BATS_TEST_TMPDIR/by-hand.toml"
	run -5 "$ramdax" fstab --check --root "$BATS_TEST_TMPDIR/machine" --layout "$BATS_TEST_TMPDIR/by-hand.toml"
	[[ $output == *'mount point "/srv/x": not mounted' ]]
	echo 'mount_options = ["noauto"]' >>"$BATS_TEST_TMPDIR/by-hand.toml"
	run -0 "$ramdax" fstab --check --root "$BATS_TEST_TMPDIR/machine" --layout "$BATS_TEST_TMPDIR/by-hand.toml"
	[ -z "$output" ]
}

@test "units are named as systemd-escape names them" {
	generate
	local n=0
	for unit in "$units"/*.mount; do
		where=$(sed -n 's/^Where=//p' "$unit")
		echo "$where"
		[ "${unit##*/}" = "$(systemd-escape --path --suffix=mount "${where//%%/%}")" ]
		what=$(sed -n 's/^What=//p' "$unit")
		[ -e "$units/$(systemd-escape --path --suffix=device "$what").d/50-ramdax.conf" ]
		n=$((n + 1))
	done
	[ "$n" -eq 6 ]
}

@test "systemd has no complaint about them" {
	generate
	sed 's,/usr/sbin/ramdax,/bin/true,' systemd/ramdax-mounts.service >"$units/ramdax-mounts.service"
	sed 's,/usr/sbin/ramdax,/bin/true,' systemd/ramdax.service >"$units/ramdax.service"
	SYSTEMD_UNIT_PATH=$units: run systemd-analyze --man=no verify "$units"/*.mount
	echo "$output"
	[ "$status" -eq 0 ]
	run -1 grep -F "$units" <<<"$output"
}

@test "a file system that is not required does not hold up the boot, a required one does" {
	generate
	[ -L "$units/local-fs.target.requires/srv-images.mount" ]
	grep -qx 'Before=local-fs.target' "$units/srv-images.mount"
	[ -L "$units/local-fs.target.wants/opt-early.mount" ]
	run -1 grep 'Before=local-fs.target' "$units/opt-early.mount"
	[ -z "$(find "$units"/local-fs.target.* -name "mnt-by*")" ]
	rm -r "${units:?}"/*
	echo 'quiet emergency' >"$root/proc/cmdline"
	generate
	[ ! -e "$units/local-fs.target.requires" ]
	[ -L "$units/local-fs.target.wants/srv-images.mount" ]
}

@test "nothing where ramdax is off, only looks, is in a container or in a crash kernel" {
	for word in rd.ramdax=0 rd.ramdax=no rd.ramdax=off rd.ramdax=check elfcorehdr=0x1000; do
		echo "$word"
		echo "quiet $word" >"$root/proc/cmdline"
		generate
		nothing
	done
	echo quiet >"$root/proc/cmdline"
	mkdir -p "$root/run/systemd"
	echo lxc >"$root/run/systemd/container"
	generate
	nothing
	rm "$root/run/systemd/container"
	generate
	[ -e "$units/srv-images.mount" ]
}

@test "nothing of an invalid layout, which is said; nothing without one; never a failure" {
	echo 'nonsense = 1' >>"$layout"
	generate
	nothing
	[[ $stderr == *nonsense* ]]
	[[ $stderr == *'the layout cannot be used: nothing of it is mounted'* ]]
	rm "$layout"
	generate
	nothing
	[ -z "$stderr" ]
}

@test "a path too long for a unit is said, and the rest made" {
	long=$(printf 'x%.0s' {1..260})
	sed -i "s,/var/cache/my cache,/$long," "$layout"
	generate
	[[ $stderr == *'too long for a unit, name it in /etc/fstab'* ]]
	[ -e "$units/srv-images.mount" ]
	[ "$(find "$units" -name '*.mount' -type f | wc -l)" -eq 4 ]
}

@test "the generator takes a directory; without one its usage" {
	run -2 "$BATS_TEST_TMPDIR/bin/ramdax-generator" --root "$root"
	[[ $output == *'usage: ramdax-generator NORMAL [EARLY LATE]'* ]]
}

@test "fstab --check: says what is not mounted" {
	run -5 "$ramdax" fstab --check --root "$root"
	[[ $output == *'namespace "images", mount point "/srv/images": its namespace is not there'* ]]
	[ "${#lines[@]}" -eq 7 ]
}

# ---- udev ---------------------------------------------------------------------------------------

# ask PATH: what the helper says of a device of a captured machine.
ask() {
	run "$ramdax" udev --root tests/machines/four-modes-7.3.4 --layout "$BATS_TEST_TMPDIR/udev.toml" \
		"/devices/platform/e820_pmem/ndbus0/region0/$1"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "udev: names, owner, group and access of what is declared" {
	cat >"$BATS_TEST_TMPDIR/udev.toml" <<-'END'
		version = 1
		[[region]]
		name = "main"
		[[region.namespace]]
		name = "memory"
		mode = "devdax"
		size = "32MiB"
		owner = "qemu"
		group = 36
		access = "0660"
		[[region.namespace]]
		name = "sectors"
		mode = "sector"
		size = "32MiB"
		group = "disk"
	END
	ask dax0.0/dax0.1
	[ "$output" = $'RAMDAX_NAME=memory\nRAMDAX_DECLARED=1\nRAMDAX_OWNER=qemu\nRAMDAX_GROUP=36\nRAMDAX_MODE=0660' ]
	ask btt0.0/block/pmem0.2s
	[ "$output" = $'RAMDAX_NAME=sectors\nRAMDAX_DECLARED=1\nRAMDAX_GROUP=disk\nRAMDAX_MODE=0600' ]
	ask namespace0.3/block/pmem0.3
	[ "$output" = RAMDAX_NAME=plain ]
}

@test "udev: what is in a foreign carveout has no name of the layout, and no owner" {
	cat >"$BATS_TEST_TMPDIR/udev.toml" <<-'END'
		version = 1
		[[region]]
		name = "theirs"
		foreign = true
		address = "0x100000000"
		[[region]]
		name = "main"
		[[region.namespace]]
		name = "plain"
		mode = "raw"
		size = "16MiB"
		owner = "qemu"
	END
	ask namespace0.3/block/pmem0.3
	[ -z "$output" ]
	ask dax0.0/dax0.1
	[ "$output" = RAMDAX_NAME=memory ]
}

@test "udev: nothing of unfinished namespaces, of other devices and of other drivers" {
	machine=$BATS_TEST_TMPDIR/machine
	cp -a tests/machines/four-modes-7.3.4 "$machine"
	device=/devices/platform/e820_pmem/ndbus0/region0/namespace0.3/block/pmem0.3
	run "$ramdax" udev --root "$machine" $device
	[ "$output" = RAMDAX_NAME=plain ]
	echo .ramdax-2f62bc6e-b3ce-5422-ae6e-0bda41420139 >"$machine/sys/bus/nd/devices/namespace0.3/alt_name"
	run -0 "$ramdax" udev --root "$machine" $device
	[ -z "$output" ]
	echo 'a b\c%é' >"$machine/sys/bus/nd/devices/namespace0.3/alt_name"
	run -0 "$ramdax" udev --root "$machine" $device
	[ "$output" = 'RAMDAX_NAME=a\x20b\x5cc\x25é' ]
	for other in /devices/pci0000:00/0000:00:04.0/virtio1/block/vda /devices/x/ndbus0/region0 '' \
		/devices/platform/e820_pmem/ndbus0/region0/namespace9.9/block/pmem9; do
		run -0 "$ramdax" udev --root "$machine" "$other"
		[ -z "$output" ]
	done
	chmod u+w "$machine"/sys/bus/nd/devices/ndbus0/provider
	echo e820 >"$machine/sys/bus/nd/devices/ndbus0/provider"
	run -0 "$ramdax" udev --root "$machine" $device
	[ -z "$output" ]
	run -2 "$ramdax" udev
}

@test "udev has no complaint about the rule" {
	command -v udevadm
	if udevadm verify --help >/dev/null 2>&1; then
		udevadm verify udev/61-ramdax.rules
	else # before systemd 254: it reads the file when asked of any device
		[ "$(grep -c '^LABEL="ramdax_end"' udev/61-ramdax.rules)" -eq 1 ]
	fi
}
