#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who comes to use a device after it was looked at, and who renumbers devices meanwhile.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib

setup() {
	vm_setup
	"${CC:-cc}" -O2 -Wall -Wextra -static -o "$vm_tree/usr/sbin/hold" "$vm_here/hold.c"
}

teardown() { vm_teardown; }

# regions MAPPED OTHERS GONE [FIRST THIRD]: four of them, with sizes in MiB of what is in the second and
# the fourth, and more for the first and the third.
regions() {
	cat <<-END
		[[region]]
		name = "first"
		size = "64MiB"
		${4-}
		[[region]]
		name = "second"
		size = "558MiB"
		[[region.namespace]]
		name = "half"
		mode = "raw"
		size = "300MiB"
		filesystem.type = "xfs"
		[[region.namespace]]
		name = "mapped"
		size = "$1MiB"
		filesystem.type = "ext4"
		[[region.namespace]]
		name = "char"
		mode = "devdax"
		size = "$2MiB"
		[[region.namespace]]
		name = "free"
		size = "$2MiB"
		[[region]]
		name = "third"
		size = "128MiB"
		${5-}
		[[region]]
		name = "fourth"
		size = "96MiB"
		[[region.namespace]]
		name = "stays"
		mode = "raw"
		count = 2
		size = "16MiB"
		[[region.namespace]]
		name = "gone"
		mode = "raw"
		size = "$3MiB"
		[[region.namespace]]
		name = "last"
		mode = "raw"
		size = "16MiB"
	END
}

@test "what comes into use while apply is at work stays" {
	vm_program xfs_db
	{
		echo 'version = 1'
		regions 64 32 16
	} | vm_layout
	{
		printf '%s\n' 'version = 1' 'defaults.on_conflict = "recreate"'
		regions 80 48 18 \
			'namespace = [{name = "slow", size = "32MiB", filesystem.type = "ext4"}]' \
			'namespace = [{name = "raw", mode = "raw", count = 3, size = "16MiB"}]'
	} | vm_file /etc/ramdax/more.toml
	# The file system of the first region is made by a program that takes its time, until somebody
	# else (it could not mount anything itself) is done with the second.
	vm_file /usr/lib/ramdax/mkfs.ext4 755 <<-'END'
		#!/bin/sh
		PATH=/usr/sbin:/usr/bin:/busybox
		if [ -e /tmp/now ] && [ ! -e /tmp/begun ]; then
			>/tmp/begun
			until [ -e /tmp/done ]; do sleep 0.1; done
		fi
		exec /usr/sbin/mkfs.ext4 "$@"
	END
	vm_file /guest/meanwhile <<-'END'
		. /guest/lib.sh
		until [ -e /tmp/begun ]; do sleep 0.1; done
		# what claims the one has the number of what claimed the other
		holder() { cat "/sys/bus/nd/devices/$(namespace $1 dev)/holder"; }
		mapped=$(namespace mapped dev) free=$(namespace free dev) had=$(holder free)
		has=$(holder mapped)
		ndctl disable-namespace $mapped
		ndctl disable-namespace $free
		# who comes first gets the lower one
		case $(printf '%s\n' $had $has | sort -V | head -n 1) in
		$had) order="$mapped $free" ;;
		*) order="$free $mapped" ;;
		esac
		sleep 0.2
		for namespace in $order; do
			ndctl enable-namespace $namespace
		done
		[ "$(holder mapped)" != "$had" ] || >/tmp/swapped
		mount -t ext4 -o dax=always "$(device mapped)" /mnt
		hold /mnt/file >/tmp/held &
		echo $! >/tmp/file.pid
		char=$(device char)
		hold "$char" >>/tmp/held &
		echo $! >/tmp/char.pid
		until [ "$(grep -c held /tmp/held)" = 2 ]; do :; done
		ndctl create-namespace -r region2 -n theirs -m raw -s 32M || >/tmp/refused
		# all that are left get other numbers
		ndctl destroy-namespace -f "$(namespace gone dev)"
		ndctl disable-region region3
		ndctl enable-region region3
		mkfs.xfs -q -f "$(device half)"
		mkdir /tmp/half
		mount -t xfs "$(device half)" /tmp/half
		echo precious >/tmp/half/file
		umount /tmp/half
		>/tmp/done
	END
	vm_script <<-'END'
		modprobe -a ext4 xfs device_dax
		run 0 ramdax apply
		xfs_db -x -c 'sb 0' -c 'write inprogress 1' "$(device half)" >/dev/null
		mount -t ext4 "$(device mapped)" /mnt
		truncate -s 4M /mnt/file
		umount /mnt
		size() { ndctl list -N | jq -r --arg n $1 '.[] | select(.name == $n) | .size'; }
		mapped=$(size mapped)
		char=$(size char)
		for name in stays-0 stays-1 last; do
			echo precious >"$(device $name)"
		done
		>/tmp/now
		sh /guest/meanwhile >/tmp/meanwhile 2>&1 &
		run 5 ramdax apply --yes --layout /etc/ramdax/more.toml
		sleep 1
		is "mapped is as it was" "$(size mapped)" "$mapped"
		is "char is as it was" "$(size char)" "$char"
		at_least "what nobody uses was made anew" "$(size free)" $((48 << 20))
		holds "its holder has had another's number" test -e /tmp/swapped
		mount -t xfs "$(device half)" /tmp/half
		is "a file system that somebody finished is theirs" "$(cat /tmp/half/file)" precious
		umount /tmp/half
		holds "who uses it is said" grep -E 'mapped.*in use \(mounted on /mnt' /tmp/err
		holds "the mappings are alive" kill -0 $(cat /tmp/file.pid /tmp/char.pid)
		holds "it is mounted" grep " /mnt " /proc/mounts
		holds "nothing comes into a region that is being filled" test -e /tmp/refused
		for name in stays-0 stays-1 last; do
			is "$name is there, whatever number it has" "$(head -c 8 "$(device $name)")" precious
		done
		is "what was to be made anew is" "$(size gone)" $((18 << 20))
		for name in slow raw-0 raw-1 raw-2; do
			holds "$name is made" test -b "$(device $name)"
		done
		fails "no oops" eval 'dmesg | grep -E "BUG:|Oops|general protection|shutdown"'

		# While the first is zeroed, the second comes into use.
		kill $(cat /tmp/file.pid /tmp/char.pid)
		sleep 0.5
		umount /mnt
		(until grep -qs ramdax /sys/bus/nd/devices/namespace*/alt_name; do :; done
			mount -t ext4 -o dax=always "$(device mapped)" /mnt && hold /mnt/file) >/tmp/hold 2>&1 &
		run 5 strace -f -o /dev/null -e trace=pwrite64 -e inject=pwrite64:delay_enter=3000000:when=1 \
			ramdax scrub --yes free mapped
		is "it was mounted meanwhile" "$(cat /tmp/hold)" held
		holds "scrub says who uses it" grep -E 'mapped.*in use \(' /tmp/err
		holds "it is mounted still" grep " /mnt " /proc/mounts
		fails "no oops" eval 'dmesg | grep -E "BUG:|Oops|general protection|shutdown"'
	END
	vm_boot --memory 4G --memmap '66M!4G,560M!5G,130M!6G,98M!0x190000000'
}
