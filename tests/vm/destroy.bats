#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What may be destroyed, and only then: --recreate, on_conflict, --prune. Never what is in
# use.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_pool 'files 64MiB ext4' 'memory 64MiB devdax' 'plain 16MiB raw' | vm_layout
}
teardown() { vm_teardown; }

@test "--recreate makes anew what conflicts, and nothing else" {
	vm_script <<-'END'
		run 0 ramdax apply
		echo precious | dd of="$(device plain)" conv=notrunc,fsync 2>/dev/null
		echo precious | daxio write "$(device memory)" 0 9
		sed -i '/name = "memory"/,/size/s/64MiB/96MiB/' /etc/ramdax/layout.toml
		run 5 ramdax apply
		run 5 ramdax apply --recreate=plain --yes
		is "'plain' did not conflict" "$(head -c 8 "$(device plain)")" precious
		is "'memory' was not named" "$(device_size "$(device memory)")" 67108864
		run 0 ramdax apply --recreate=memory --yes
		at_least "'memory' was made anew" "$(device_size "$(device memory)")" 100663296
		is "'plain' is as it was" "$(head -c 8 "$(device plain)")" precious
		run 0 ramdax plan --check
		# On a terminal, and what there is to destroy comes to light only once the device is bound.
		sed -i '/name = "plain"/,/size/s/16MiB/32MiB/' /etc/ramdax/layout.toml
		mkdir -p /dev/pts
		mount -t devpts devpts /dev/pts
		for answer in n y; do
			echo e820_pmem >/sys/bus/platform/drivers/ramdax/unbind
			echo $answer | script -qec "ramdax apply --recreate" /tmp/typed
			is "status after $answer" $? $([ $answer = y ] && echo 0 || echo 5)
			says "it is asked" /tmp/typed 'destroys what is in these namespaces'
			[ $answer = y ] || says "it is told" /tmp/typed 'nothing more was done'
			[ $answer = y ] || is "no is no" "$(head -c 8 "$(device plain)")" precious
		done
		is "yes is yes" "$(device_size "$(device plain)")" 33554432
	END
	vm_program script
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "on_conflict = recreate" {
	vm_script <<-'END'
		run 0 ramdax apply
		sed -i '/name = "plain"/a on_conflict = "recreate"' /etc/ramdax/layout.toml
		sed -i '/name = "plain"/,/size/s/16MiB/32MiB/' /etc/ramdax/layout.toml
		run 6 ramdax plan --check
		run 0 ramdax apply
		is "it was made anew" "$(device_size "$(device plain)")" 33554432
		run 0 ramdax plan --check

		# What could not be made again is not destroyed.
		echo precious | dd of="$(device files)" bs=1 seek=65536 conv=notrunc,fsync 2>/dev/null
		sed -i '/name = "files"/,/size/s/64MiB/80MiB/;/name = "files"/a on_conflict = "recreate"' \
			/etc/ramdax/layout.toml
		program=$(command -v mkfs.ext4)
		mv "$program" /mkfs
		run 1 ramdax apply
		says "it says what is missing" /tmp/err 'destroy.*"files".*mkfs.ext4.*e2fsprogs'
		says_not "and tries nothing more" /tmp/err 'create.*"files"'
		is "'files' is there" "$(device_size "$(device files)")" 67108864
		mv /mkfs "$program"

		# $2 has a file system; each is known by its uuid, too
		named() {
			printf 'version = 1\n[[region]]\nname = "pool"\n'
			printf '[[region.namespace]]\nsize = "16MiB"\nname = "%s"\nuuid = "%s"\n' \
				"$1" 11111111-2222-4333-8444-555555555551 \
				"$2" 11111111-2222-4333-8444-555555555552
			echo 'filesystem.type = "ext4"'
		}
		run 0 ramdax wipe --yes
		named one two >/etc/ramdax/layout.toml
		run 0 ramdax apply
		named two one >/etc/ramdax/layout.toml
		run 0 ramdax apply --yes
		head -c 1000000 /dev/zero | dd of="$(device two)" conv=fsync 2>/dev/null
		run 5 ramdax apply
		says "the name of one without a file system hides nothing" /tmp/err '"one".*no file system'
		run 0 ramdax scrub one
		run 0 ramdax apply --yes
		is "scrubbed, it gets one again" "$(blkid -p -s TYPE -o value "$(device two)")" ext4
		run 0 ramdax wipe --yes two
		is "what is wiped is told by its uuid" "$(namespace one mode) $(namespace two mode)" " fsdax"
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "--prune removes what the layout does not name" {
	vm_script <<-'END'
		run 0 ramdax apply
		sed -i 's/"plain"/"other"/' /etc/ramdax/layout.toml
		run 0 ramdax apply
		is "'plain' is left alone" "$(namespace plain mode)" raw
		run 0 ramdax apply --prune --yes
		is "--prune removed it" "$(namespace plain mode)" ""
		is "the rest is there" "$(namespaces)" 3
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "what is in use is never destroyed" {
	vm_script <<-'END'
		run 0 ramdax apply
		mount -t ext4 "$(device files)" /mnt
		echo precious >/mnt/file
		sed -i 's/64MiB/60MiB/;s/16MiB/12MiB/' /etc/ramdax/layout.toml
		sleep 600 <"$(device plain)" &
		sleep 1
		run 5 ramdax apply --recreate --yes
		is "the file is there" "$(cat /mnt/file)" precious
		is "so is what is open" "$(device_size "$(device plain)")" 16777216
		at_least "the other was made anew" 67108863 "$(device_size "$(device memory)")"
		says "the message says who has it" /tmp/err '/mnt'
		kill $!
		umount /mnt
		run 0 ramdax apply --recreate --yes
		at_least "now it is" 67108863 "$(device_size "$(device files)")"
		run 0 ramdax plan --check
	END
	vm_boot --memory 2G --memmap '262272K!4G'
}

@test "interrupted while a region is taken down, what is still there is brought up again" {
	vm_fault
	vm_pool 'n 16MiB fsdax count=24 scrub=false' | vm_layout
	vm_script <<-'END'
		run 0 ramdax apply
		contents() {
			for i in 0 7 16 23; do
				head -n 1 "$(device n-$i)"
			done
		}
		for i in 0 7 16 23; do
			echo "this is $i" >"$(device n-$i)"
		done
		sync
		before=$(contents)
		{ cat /etc/ramdax/layout.toml && echo 'map = "mem"'; } >/tmp/other.toml
		for n in 4 20; do
			run 137 fault kill tool write $n ramdax apply --recreate --yes --layout /tmp/other.toml
			holds "after $n writes there are fewer" test "$(ls /dev/pmem* | wc -l)" -lt 24
			run 0 ramdax apply
			is "all of it is as it was" "$(contents)" "$before"
		done
	END
	vm_boot --memory 2G --memmap '513M!4G'
}
