#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel offers the next namespace of a region, its seed, only if the first was bound after it
# had become the seed: with many namespaces it often was before.
#
# shellcheck disable=SC2154 # variables of lib.bash

load lib
setup() {
	vm_setup
	vm_fault
}
teardown() { vm_teardown; }

@test "one more namespace, whatever the kernel's seed is" {
	vm_program nice
	vm_layout <<-'END'
		version = 1
		[[region]]
		name = "pool"
		size = "2GiB"
		[[region.namespace]]
		name = "n"
		mode = "raw"
		size = "4MiB"
		count = 300
		scrub = false
	END
	vm_script <<-'END'
		run 0 ramdax apply
		is_stale() {
			seed=$(cat /sys/bus/nd/devices/region0/namespace_seed)
			[ "$(cat "/sys/bus/nd/devices/$seed/size")" != 0 ]
		}
		# The first is bound by a worker before all are registered, by who is in no hurry.
		for i in $(seq 20); do
			echo region0 >/sys/bus/nd/drivers/nd_region/unbind
			nice -n 19 sh -c 'echo region0 >/sys/bus/nd/drivers/nd_region/bind'
			cat /sys/bus/nd/devices/ndbus*/wait_probe >/dev/null
			! is_stale || break
		done
		holds "the kernel offers one that exists (try $i)" is_stale
		printf '[[region.namespace]]\nname = "more"\nmode = "raw"\nsize = "16MiB"\n' \
			>>/etc/ramdax/layout.toml
		sleep 1000 <"/dev/$(ls /sys/bus/nd/devices/$seed/block)" &
		run 5 ramdax apply
		holds "while somebody uses that one" grep 'in use (open by process .*without which no other' /tmp/err
		kill $!
		sleep 0.5
		# Its unbinding, force_raw, and binding anew, which fails.
		run 1 fault EBUSY tool write 3 ramdax apply
		holds "it did not come up again" grep 'bringing up the seed again: Device or resource busy' /tmp/err
		is "and was brought up by another step" "$(jq '[.regions[].namespaces[] |
			select(.state == "created" and .device)] | length' /run/ramdax/report.json)" 300
		holds "which is so" test -e "/sys/bus/nd/devices/$seed/driver"
		run 0 ramdax apply
		holds "it is there" test -b "$(device more)"
		run 0 ramdax plan --check
	END
	vm_boot --memory 4G --memmap '2050M!4G'
}
