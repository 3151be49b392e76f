#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the rules about file systems in layouts claim of mkfs, asked of mkfs itself: which options
# take a value, the smallest sizes, what labels may be.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	ramdax=$PWD/ramdax
	cd "$BATS_TEST_TMPDIR" || exit
}

# layout: one whose namespaces are the lines of standard input, the first in line 4 of the file.
layout() {
	printf 'version = 1\nregion = [{ name = "r", namespace = [\n\n'
	cat
	echo ']}]'
}

# refused TEXT: the lines of standard input in the layout of which TEXT is said, counted from 1.
refused() {
	layout >layout.toml
	"$ramdax" check --layout layout.toml 2>&1 >out |
		sed -n "s/^layout.toml:\([0-9]*\):.*$1.*/\1/p" | while read -r line; do
			echo $((line - 3))
		done
}

# namespace N TYPE SIZE KEYS...
namespace() {
	echo "{ name = \"n$1\", mode = \"raw\", size = $3, filesystem = { type = \"$2\"${4:+, $4} } },"
}

@test "options that take a value are known, of every mkfs" {
	for type in ext4 ext2 xfs btrfs vfat; do
		: >namespaces
		: >expected
		n=0
		for letter in {a..z} {A..Z}; do
			namespace $((++n)) $type '"1GiB"' "options = [\"-$letter\"]" >>namespaces
			if "mkfs.$type" "-$letter" 2>&1 </dev/null | grep -q 'requires an argument'; then
				echo $n >>expected
			fi
		done
		[ "$(wc -l <expected)" -gt 5 ]
		# btrfs-progs drops options over time: an older one's is still known.
		[ $type != btrfs ] || mkfs.btrfs -A 2>&1 | grep -q 'requires an argument' ||
			{ echo 27 && cat expected; } | sort -nu -o expected
		refused 'takes a value' <namespaces >found
		diff expected found
	done
}

# smallest TYPE BYTES COMMAND...: BYTES are enough for COMMAND FILE, 4 KiB less are not; the
# layout says the same.
smallest() {
	local type=$1 bytes=$2
	shift 2
	rm -f image
	truncate -s "$bytes" image
	"$@" image
	rm -f image
	truncate -s $((bytes - 4096)) image
	if "$@" image; then
		return 1
	fi
	[ "$({ namespace 1 "$type" "$bytes"; namespace 2 "$type" $((bytes - 4096)); } |
		refused 'needs at least')" = 2 ]
}

ext4_with_journal() {
	mkfs.ext4 -q -F -b 4096 "$1" && dumpe2fs -h "$1" | grep -q has_journal
}

@test "sizes below which mkfs fails are refused, and no others" {
	smallest ext4 8388608 ext4_with_journal
	smallest ext2 229376 mkfs.ext2 -q -F -b 4096
	smallest xfs 314572800 mkfs.xfs -q -f
	smallest btrfs 114294784 mkfs.btrfs -q -f
	smallest vfat 53248 mkfs.vfat
}

@test "labels are refused exactly where mkfs would not set them" {
	truncate -s 400M image
	while IFS='|' read -r type label; do
		status=0 expected=''
		case $type in
		ext4 | ext2) "mkfs.$type" -q -F -L "$label" image ;;
		xfs | btrfs) "mkfs.$type" -q -f -L "$label" image ;;
		vfat) LC_ALL=C mkfs.vfat -n "$label" image ;;
		esac || status=$?
		# ext cuts a label that is too long, with a warning. (btrfs-progs 6.2 cuts the last of
		# the 255 bytes that the file system has room for: no label here is as long.)
		[ $status -eq 0 ] && [ "$(blkid -p -o value -s LABEL image)" = "$label" ] || expected=1
		echo "$type '$label': ${expected:+refused}"
		[ "$(namespace 1 "$type" '"400MiB"' "label = '$label'" | refused label)" = "$expected" ]
	done <<-E
		ext4|sixteen--sixteen
		ext4|seventeen-bytes--
		ext2|größe / \\
		xfs|twelve-bytes
		xfs|thirteen-byte
		xfs|a b/c
		btrfs|with spaces, and more
		btrfs|$(printf 'é%.0s' {1..127})
		btrfs|$(printf 'é%.0s' {1..128})
		vfat|ELEVEN-BYTE
		vfat|lower case
		vfat|TWELVE-BYTES
		vfat|A.B
		vfat|A+B
		vfat|A&B~!@#\$%^
		vfat|(_)-{}
		vfat|ÄÖ
		vfat| A
	E
}
