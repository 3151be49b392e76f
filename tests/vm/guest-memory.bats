#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A VM host: a devdax namespace is the memory of a guest, which an unprivileged QEMU runs, and which
# goes on where it was after a kexec of the host. The recipe of doc/vm-host.md.
#
# shellcheck disable=SC2154,SC2016 # variables of lib.bash; single quotes are for the guest

load lib
setup() {
	vm_setup
	vm_file /vmlinuz <"$("$vm_here/fetch-kernel")/vmlinuz"
	vm_program qemu-system-x86_64
	module=$(echo /usr/lib/*/qemu/accel-tcg-x86_64.so)
	vm_file "$module" <"$module"
	for file in seabios/bios-256k.bin qemu/kvmvapic.bin; do
		vm_file /usr/share/qemu/"${file##*/}" </usr/share/"$file"
	done
	as --32 -o "$vm_dir/sector.o" "$vm_here/boot-sector.s"
	objcopy -O binary -j .text "$vm_dir/sector.o" "$vm_dir/sector"
	vm_file /guest/disk < <(head -c 1440K < <(cat "$vm_dir/sector" /dev/zero))
}
teardown() { vm_teardown; }

@test "a guest's memory is a devdax namespace, and outlives a kexec of the host" {
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "guests"
		[[region.namespace]]
		name = "vm1"
		mode = "devdax"
		size = "64MiB"
		owner = "1000"
		group = "1000"
		access = "0600"
		[[region.namespace]]
		name = "state"
		size = "32MiB"
		filesystem.type = "ext4"
		filesystem.options = ["-E", "root_owner=1000:1000"]
	END
	vm_script <<-'END'
		# guest [OPTION]...: runs it as nobody in particular, with commands for its monitor
		guest() {
			setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs \
				qemu-system-x86_64 -accel tcg -nodefaults -display none -monitor stdio \
				-machine pc,memory-backend=ram -m 64M \
				-object "memory-backend-file,id=ram,size=64M,align=2M,mem-path=$(device vm1),share=on" \
				-drive file=/guest/disk,format=raw,if=floppy,readonly=on "$@"
		}
		counted() {
			daxio read "$(device vm1)" $((0x90000 + $1)) 4 | od -A n -t d4 | tr -d ' '
		}
		wait_for_count() {
			for _ in $(seq 60); do
				[ "$(counted 4)" -le "$1" ] || return 0
				sleep 1
			done
			cat /tmp/qemu
			return 1
		}
		run 0 ramdax apply --boot
		mount -t ext4 -o dax=always "$(device state)" /mnt
		chown 1000:1000 "$(device vm1)"
		mkfifo -m 666 /tmp/monitor
		exec 5<>/tmp/monitor
		if [ ! -e /second ]; then
			is "it was made in this boot" "$(reported vm1)" created
			guest </tmp/monitor >/tmp/qemu 2>&1 &
			holds "the guest runs" wait_for_count 20
			is "it was started once" "$(counted 0)" 1
			fails "somebody else cannot open its memory" \
				setpriv --reuid 1001 --regid 1001 --clear-groups dd if="$(device vm1)" count=0
			echo 'migrate_set_capability x-ignore-shared on' >&5
			echo 'migrate "exec:cat >/mnt/vm1"' >&5
			echo quit >&5
			wait $!
			at_least "its state is a file, without the memory" "$(stat -c %s /mnt/vm1)" 1000
			at_least "a small one" $((16 << 20)) "$(stat -c %s /mnt/vm1)"
			umount /mnt
			[ $failures -gt 0 ] || {
				counted 4 >/counted
				: >/second
				(cd / && find . -xdev | cpio -o -H newc) >/run/initrd 2>/dev/null
				kexec /vmlinuz /run/initrd "$(cat /proc/cmdline)"
			}
		else
			is "this is a kexec boot" "$(report .boot_kind)" kexec
			is "it was found" "$(reported vm1)" adopted
			is "as it was" "$(counted 4)" "$(cat /counted)"
			guest -incoming defer </tmp/monitor >/tmp/qemu 2>&1 &
			echo 'migrate_set_capability x-ignore-shared on' >&5
			echo 'migrate_incoming "exec:cat /mnt/vm1"' >&5
			holds "the guest goes on" wait_for_count $(($(cat /counted) + 20))
			is "and was not started again" "$(counted 0)" 1
			echo quit >&5
			wait $!
		fi
	END
	vm_boot --memory 3G --below 2G --memmap '262272K!4G'
}
